"""Quotas of orders in the dispatcher: one campaign over the quota is refused, and the rest of its round is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundry.quota import Amounts
from foundry.store.object_store import LocalStore
from foundry.tenant import Quota
from pipelines.dispatcher.order import Order
from pipelines.planning.quota_ledger import QuotaLedger, QuotaLeft
from tests.pipelines.dispatcher.orders import RecordingAnnouncer, a_maker, an_order
from tests.support.briefs import a_tenant, admitted
from tests.support.fakes import PaintingHandler


def of(folder: Path, campaign: str, offset: int, most: int = 10_000, **changes: Any) -> Order:
    """An order of a campaign with a scene of its own: two shots and six files for each alternative."""
    quota = changes.pop("quota", {})
    owner = a_tenant().model_copy(update={"quota": Quota(**quota)})
    scenes = [{"id": "wall", "prompt": f"Plaster wall of {campaign}"}]
    named = {"id": campaign, "name": campaign}
    return an_order(admitted(folder, owner=owner, campaign=named, scenes=scenes, **changes), offset, most)


def left(folder: Path) -> QuotaLeft:
    return QuotaLedger(LocalStore(folder / "store")).quota_left("aurelle")


def test_of_two_campaigns_in_a_round_the_one_over_the_quota_is_refused(tmp_path: Path) -> None:
    announcer, quota = RecordingAnnouncer(), {"shots": 2}
    first, second = of(tmp_path, "first", 1, quota=quota), of(tmp_path, "second", 2, quota=quota)
    ((order, error),) = a_maker(tmp_path / "store", announcer).make([first, second]).failed
    assert order is second
    assert "quota.shots of tenant aurelle: of 2 in " in str(error)
    assert announcer.announced == [first.key]
    assert (left(tmp_path).spent.shots, left(tmp_path).held) == (2, Amounts())


def test_parts_are_settled_one_by_one_and_the_rest_stays_held(tmp_path: Path) -> None:
    order = of(tmp_path, "first", 1, most=40, alternatives=4)
    maker = a_maker(tmp_path / "store", RecordingAnnouncer())
    shots, seen = order.plan.shot_count, []
    while order.parts:
        assert maker.make([order]).failed == []
        state = left(tmp_path)
        seen.append((state.spent.shots, state.held.shots))
        order.work.parts_made += 1
        del order.parts[0]
    assert len(seen) > 1
    assert all(spent + held == shots for spent, held in seen)
    assert seen[-1] == (shots, 0)
    assert left(tmp_path).spent.money == order.tally.money


class Failing(PaintingHandler):
    """Cannot load its model."""

    def load_model(self) -> Any:
        """Fail."""
        raise ZeroDivisionError("no model")


def test_an_order_that_cannot_be_made_releases_its_quota(tmp_path: Path) -> None:
    order = of(tmp_path, "first", 1)
    ((failed, _),) = a_maker(tmp_path / "store", RecordingAnnouncer(), generator=Failing()).make([order]).failed
    assert failed is order
    assert left(tmp_path).held == Amounts()


def test_a_finished_campaign_that_is_sent_again_costs_nothing(tmp_path: Path) -> None:
    maker, quota = a_maker(tmp_path / "store", RecordingAnnouncer()), {"shots": 2}
    maker.make([of(tmp_path, "first", 1, quota=quota)])
    before = left(tmp_path).spent
    again = of(tmp_path, "first", 2, quota=quota)
    assert maker.make([again]).failed == []
    assert (left(tmp_path).spent, again.tally.reused) == (before, 6)


@pytest.mark.parametrize("bucket", ["story", "nothing"])
def test_refused_shots_are_counted_as_refused_and_not_as_drawn(tmp_path: Path, bucket: str) -> None:
    order = of(tmp_path, "first", 1)
    a_maker(tmp_path / "store", RecordingAnnouncer(), generator=PaintingHandler(refuse=bucket)).make([order])
    refused = int(bucket == "story")
    assert (order.tally.shots_drawn, order.tally.shots_refused) == (2 - refused, refused)
    assert left(tmp_path).spent.shots == 2 - refused
