"""Outages are waited out and then given up with a sentence; what is the order's own fault is not waited for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundry.retrying import RetryPolicy
from pipelines.bus.producing import NotSent
from pipelines.dispatcher.making import RoundMaker
from pipelines.dispatcher.order import Order
from pipelines.dispatcher.outage_budget import GivenUp, OutageBudget
from tests.pipelines.dispatcher.test_order_book import an_order
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler


class Telling:
    """Keeps what it is asked to tell; refuses the first few times."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals, self.told = refusals, list[str]()

    def campaign(self, order: Order, store: Any) -> int:
        if self.refusals:
            self.refusals -= 1
            raise NotSent("assets.finished", order.key, "no leader")
        self.told.append(order.key)
        return 1


def impatient(seconds: float) -> OutageBudget:
    """Return a budget whose pauses begin at ten milliseconds."""
    return OutageBudget(seconds, pauses=RetryPolicy(first_pause_s=0.01, longest_pause_s=15.0))


def a_maker(root: Path, telling: Telling, seconds: float = 30.0, **changes: Any) -> RoundMaker:
    told = {"generator": PaintingHandler(), "reports": False} | changes
    return RoundMaker(str(root), telling, impatient(seconds), lambda order: True, **told)  # type: ignore[arg-type]


def test_a_broker_that_comes_back_is_waited_for(tmp_path: Path) -> None:
    telling, order = Telling(refusals=2), an_order(admitted(tmp_path), 1)
    assert a_maker(tmp_path / "store", telling).make([order]) == []
    assert telling.told == [order.key]
    assert (order.tally.made, order.tally.failed) == (6, 0)


def test_a_broker_that_stays_away_is_given_up(tmp_path: Path) -> None:
    order = an_order(admitted(tmp_path), 1)
    with pytest.raises(GivenUp, match=r"the broker did not work .* No offset of unfinished work is committed"):
        a_maker(tmp_path / "store", Telling(refusals=99), seconds=1.0).make([order])


def test_a_store_that_cannot_be_written_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    order = an_order(admitted(tmp_path), 1)
    with pytest.raises(GivenUp, match="the store"):
        a_maker(tmp_path / "store", Telling(), seconds=1.0).make([order])


def test_another_dispatchers_order_is_made_and_not_told_of(tmp_path: Path) -> None:
    telling, order = Telling(), an_order(admitted(tmp_path), 1)
    busy = a_maker(tmp_path / "store", telling)
    busy.is_ours = lambda order: False
    assert busy.make([order]) == []
    assert telling.told == []


def test_what_exists_is_not_made_again_and_is_told_again(tmp_path: Path) -> None:
    telling = Telling()
    busy = a_maker(tmp_path / "store", telling)
    busy.make([an_order(admitted(tmp_path), 1)])
    PaintingHandler.forget()
    again = an_order(admitted(tmp_path), 2)
    busy.make([again])
    assert PaintingHandler.calls == 0
    assert (again.tally.made, again.tally.reused) == (0, 6)
    assert len(telling.told) == 2


def test_draining_ends_the_waiting_at_the_next_failure() -> None:
    patience, calls = impatient(60.0), list[int]()

    def fails() -> None:
        calls.append(1)
        if len(calls) == 2:
            patience.draining.set()
        raise NotSent("t", "k", "away")

    with pytest.raises(GivenUp, match="away"):
        patience.insist("the broker", fails)
    assert len(calls) == 2


def test_what_is_no_outage_rises_at_once() -> None:
    with pytest.raises(ZeroDivisionError):
        OutageBudget(60.0).insist("the broker", lambda: 1 // 0)


def test_a_refused_letter_counts_as_failed(tmp_path: Path) -> None:
    order = an_order(admitted(tmp_path), 1)
    a_maker(tmp_path / "store", Telling(), generator=PaintingHandler(refuse="story")).make([order])
    assert (order.tally.made, order.tally.failed) == (4, 2)
    assert order.tally.failed_ids
    assert order.progress("finished", "r", {}).failed == 2
