"""Several plans in one run: each gets what it would have got alone, and what they share is made once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import build, build_all
from pipelines.planning.admission import Admitted
from tests.support.briefs import BRIEF, WIDE_COPY, a_tenant, admitted, not_tried
from tests.support.fakes import PaintingHandler
from tests.support.stored import objects

pytestmark = pytest.mark.campaign


@pytest.fixture(autouse=True)
def _forget() -> None:
    PaintingHandler.forget()


def together(orders: list[Admitted], root: Path, **refusing: str) -> dict[str, Any]:
    found = [(each.plan, each.inputs) for each in orders]
    return dict(build_all(found, LocalStore(root), generator=PaintingHandler(**refusing)))


def of_two_tenants(folder: Path) -> list[Admitted]:
    return [
        admitted(folder),
        admitted(folder, owner=a_tenant("northpeak"), tenant="northpeak", placements=["google/half-page"]),
    ]


def test_two_tenants_in_one_run_get_what_each_would_have_got_alone(tmp_path: Path) -> None:
    orders = of_two_tenants(tmp_path)
    outcomes = together(orders, tmp_path / "together")
    assert [outcomes[each.plan.digest].rows for each in orders] == [6, 2]
    for each in orders:
        build(each.plan, each.inputs, LocalStore(tmp_path / "alone"), generator=PaintingHandler())
    assert objects(tmp_path / "together") == objects(tmp_path / "alone")


def test_a_shot_that_two_plans_of_a_tenant_share_is_drawn_once(tmp_path: Path) -> None:
    other = {"campaign": {"id": "other", "name": "Other"}, "messages": {"en-US": {"headline": "Another line"}}}
    orders = [admitted(tmp_path), admitted(tmp_path, **other)]
    outcomes = together(orders, tmp_path / "store")
    assert [outcomes[each.plan.digest].rows for each in orders] == [6, 3]
    assert PaintingHandler.pictures == orders[0].plan.shot_count == orders[1].plan.shot_count


def test_dead_letters_reach_only_the_plan_that_they_belong_to(tmp_path: Path) -> None:
    orders = [admitted(tmp_path), not_tried(tmp_path, campaign={"id": "wide", "name": "Wide"}, **WIDE_COPY)]
    outcomes = together(orders, tmp_path / "store")
    good, bad = (outcomes[each.plan.digest] for each in orders)
    assert good.letters == ()
    assert {letter.code for letter in bad.letters} == {"copy_does_not_fit"}
    assert {letter.brief for letter in bad.letters} == {orders[1].plan.digest}


def test_a_refused_shot_of_one_tenant_leaves_the_other_whole(tmp_path: Path) -> None:
    orders = of_two_tenants(tmp_path)
    buckets = [{shot.bucket for shot in each.plan.shots()} for each in orders]
    only_first = min(buckets[0] - buckets[1])
    outcomes = together(orders, tmp_path / "store", refuse=only_first)
    assert outcomes[orders[0].plan.digest].letters
    assert outcomes[orders[1].plan.digest].letters == ()
    assert outcomes[orders[1].plan.digest].rows == len(BRIEF["messages"])
