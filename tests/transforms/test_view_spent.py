"""The cost of views: each once, for the campaign that had it made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from foundry.inputs.picture import VIEW, view_record_name
from foundry.manifest import ViewRecord, as_json
from foundry.plan.plan import Plan
from foundry.plan.shot_plan import Subject
from foundry.spent import NOTHING_SPENT, Spent
from foundry.store.object_store import LocalStore
from tests.support.briefs import admitted
from transforms.view_spent import spent_on_views

KEYS = [f"{VIEW}{letter * 32}" for letter in "abc"]


def showing(plan: Plan, *pictures: str) -> Plan:
    """The plan with subjects of these pictures."""
    changed = replace(plan)
    changed.__dict__["subjects"] = tuple(Subject(picture, "", (0,)) for picture in pictures)
    return changed


def test_views_cost_the_campaign_that_had_them_made(tmp_path: Path) -> None:
    plan = admitted(tmp_path).plan
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    for key, campaign in zip(KEYS, (plan.brief.campaign.id, "another"), strict=False):
        record = ViewRecord(key=key, product_model="f" * 64, spent=Spent(bytes_written=7), made_for=campaign)
        own.put_once(view_record_name(key), as_json(record).encode())
    assert spent_on_views(showing(plan, *KEYS, KEYS[0]), own).bytes_written == 7
    assert spent_on_views(plan, own) == NOTHING_SPENT
