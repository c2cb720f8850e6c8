"""One current order a campaign: joined, superseded, cancelled, given up with its partition."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.dispatcher.order import Order
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.scheduler import Limits
from pipelines.planning.admission import Admitted
from tests.pipelines.dispatcher.orders import SCENES, an_order
from tests.support.briefs import admitted


@pytest.fixture
def plans(tmp_path: Path) -> list[Admitted]:
    """Two revisions of one campaign."""
    return [admitted(tmp_path, scenes=SCENES, metadata={"revision": number}) for number in (1, 2)]


def test_the_same_plan_joins_and_keeps_both_requests(plans: list[Admitted]) -> None:
    book = OrderBook(Limits())
    first, ended = book.add(an_order(plans[0], 1))
    joined, also = book.add(an_order(plans[0], 2))
    assert joined is first
    assert ended is also is None
    assert first.request_ids == ["r1", "r2"]
    assert [taken.position.offset for taken in first.records] == [1, 2]
    assert book.waiting == 1


def test_a_waiting_revision_ends_at_once_and_a_running_one_after_its_part(plans: list[Admitted]) -> None:
    book = OrderBook(Limits(cost=20, jobs=1))
    old, _ = book.add(an_order(plans[0], 1))
    new, ended = book.add(an_order(plans[1], 2, most=20))
    assert (ended, old.stopped) == (old, "superseded")
    assert book.next_round() == [new]
    newest, ended = book.add(an_order(plans[0], 3))
    assert ended is None
    left = len(new.parts)
    assert list(book.finish_round()) == [new]
    assert (new.stopped, len(new.parts)) == ("superseded", left - 1)
    assert book.next_round() == [newest]


def test_parts_come_back_until_all_are_made(plans: list[Admitted]) -> None:
    book = OrderBook(Limits(cost=20))
    order, _ = book.add(an_order(plans[0], 1, most=20))
    rounds = len(order.parts)
    assert rounds > 1
    ended: list[Order] = []
    for _ in range(rounds):
        assert not ended
        assert book.next_round() == [order]
        ended = list(book.finish_round())
    assert ended == [order]
    assert book.next_round() == []
    assert book.count_by_tenant() == {}


def test_cancelling_nothing_is_nothing(plans: list[Admitted]) -> None:
    book = OrderBook(Limits())
    assert book.cancel("aurelle/unknown") is None
    order, _ = book.add(an_order(plans[0], 1))
    assert book.cancel(order.key) is order
    assert book.next_round() == []


def test_orders_of_a_lost_partition_are_forgotten_unless_another_asked_too(plans: list[Admitted]) -> None:
    book = OrderBook(Limits())
    order, _ = book.add(an_order(plans[0], 1))
    book.add(an_order(plans[0], 2))
    assert book.release(lambda place: place.offset == 2) == []
    assert len(order.records) == 1
    assert book.release(lambda place: False) == [order]
    assert book.waiting == 0


def test_a_near_embargo_goes_first(tmp_path: Path) -> None:
    book = OrderBook(Limits(jobs=1))
    plain = an_order(admitted(tmp_path, campaign={"id": "plain", "name": "Plain"}), 1)
    near = an_order(admitted(tmp_path, embargo="1970-01-10"), 2)
    book.add(plain)
    book.add(near)
    assert book.next_round() == [near]
