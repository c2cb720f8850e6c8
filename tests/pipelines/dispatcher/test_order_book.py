"""One current order a campaign: joined, superseded, cancelled, given up with its partition."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.bus.messages import BriefRequest
from pipelines.dispatcher.order import Order, RecordPosition, TakenRecord, new_order
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.scheduler import Limits
from pipelines.planning.admission import Admitted
from tests.support.briefs import admitted

SCENES = [{"id": f"s{number}", "prompt": f"Plaster wall, light {number}"} for number in range(3)]


@pytest.fixture
def plans(tmp_path: Path) -> list[Admitted]:
    """Two revisions of one campaign."""
    return [admitted(tmp_path, scenes=SCENES, metadata={"revision": number}) for number in (1, 2)]


def an_order(each: Admitted, offset: int, most: int = 10_000, **record: Any) -> Order:
    told = SimpleNamespace(timestamp=0, key=b"", value=b"", headers=(), **record)
    wish = BriefRequest(f"r{offset}", each.plan.tenant.id, each.plan.brief.campaign.id, {})
    return new_order(each, TakenRecord(RecordPosition("campaign.briefs", 0, offset, 1), told), wish, most)


def test_the_same_plan_joins_and_keeps_both_requests(plans: list[Admitted]) -> None:
    desk = OrderBook(Limits())
    first, ended = desk.take(an_order(plans[0], 1))
    joined, also = desk.take(an_order(plans[0], 2))
    assert joined is first
    assert ended is also is None
    assert first.requests == ["r1", "r2"]
    assert [taken.place.offset for taken in first.taken] == [1, 2]
    assert desk.waiting == 1


def test_a_waiting_revision_ends_at_once_and_a_running_one_after_its_part(plans: list[Admitted]) -> None:
    desk = OrderBook(Limits(cost=20, jobs=1))
    old, _ = desk.take(an_order(plans[0], 1))
    new, ended = desk.take(an_order(plans[1], 2, most=20))
    assert (ended, old.stopped) == (old, "superseded")
    assert desk.round() == [new]
    newest, ended = desk.take(an_order(plans[0], 3))
    assert ended is None
    left = len(new.parts)
    assert list(desk.finish_round()) == [new]
    assert (new.stopped, len(new.parts)) == ("superseded", left - 1)
    assert desk.round() == [newest]


def test_parts_come_back_until_all_are_made(plans: list[Admitted]) -> None:
    desk = OrderBook(Limits(cost=20))
    order, _ = desk.take(an_order(plans[0], 1, most=20))
    rounds = len(order.parts)
    assert rounds > 1
    ended: list[Order] = []
    for _ in range(rounds):
        assert not ended
        assert desk.round() == [order]
        ended = list(desk.finish_round())
    assert ended == [order]
    assert desk.round() == []
    assert desk.by_tenant() == {}


def test_cancelling_nothing_is_nothing(plans: list[Admitted]) -> None:
    desk = OrderBook(Limits())
    assert desk.cancel("aurelle/unknown") is None
    order, _ = desk.take(an_order(plans[0], 1))
    assert desk.cancel(order.key) is order
    assert desk.round() == []


def test_orders_of_a_lost_partition_are_forgotten_unless_another_asked_too(plans: list[Admitted]) -> None:
    desk = OrderBook(Limits())
    order, _ = desk.take(an_order(plans[0], 1))
    desk.take(an_order(plans[0], 2))
    assert desk.release(lambda place: place.offset == 2) == []
    assert len(order.taken) == 1
    assert desk.release(lambda place: False) == [order]
    assert desk.waiting == 0


def test_a_near_embargo_goes_first(tmp_path: Path) -> None:
    desk = OrderBook(Limits(jobs=1))
    plain = an_order(admitted(tmp_path, campaign={"id": "plain", "name": "Plain"}), 1)
    near = an_order(admitted(tmp_path, embargo="1970-01-10"), 2)
    desk.take(plain)
    desk.take(near)
    assert desk.round() == [near]


def test_progress_counts_what_the_running_part_has_made(plans: list[Admitted]) -> None:
    order = an_order(plans[0], 1)
    total = order.plan.variant_count
    order.tally.making, order.tally.reused = total - 2, 2
    told = order.progress("running", "r1", {"variants": 3, "shots": 1})
    assert (told.total, told.done, told.reused, told.running) == (total, 3, 2, total - 5)
    assert told.shots_done == 1
