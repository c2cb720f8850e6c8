"""Outages are waited out and then given up with a sentence; what is the order's own fault is not waited for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.bus.producing import NotSent
from pipelines.dispatcher.making import RoundResult
from pipelines.dispatcher.outage_budget import GivenUp
from tests.pipelines.dispatcher.orders import RecordingAnnouncer, a_maker, an_order, impatient
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler


def test_a_broker_that_comes_back_is_waited_for(tmp_path: Path) -> None:
    announcer, order = RecordingAnnouncer(refusals=2), an_order(admitted(tmp_path), 1)
    assert a_maker(tmp_path / "store", announcer).make([order]) == RoundResult()
    assert announcer.announced == [order.key]
    assert (order.tally.made, order.tally.failed) == (6, 0)


def test_a_broker_that_stays_away_is_given_up(tmp_path: Path) -> None:
    order = an_order(admitted(tmp_path), 1)
    with pytest.raises(GivenUp, match=r"the broker did not work .* No offset of unfinished work is committed"):
        a_maker(tmp_path / "store", RecordingAnnouncer(refusals=99), seconds=1.0).make([order])


def test_an_order_waits_while_its_store_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    order = an_order(admitted(tmp_path), 1)
    result = a_maker(tmp_path / "store", RecordingAnnouncer()).make([order])
    assert ([away.order for away in result.away], result.failed, order.attempts) == ([order], [], 0)


def test_another_dispatchers_order_is_made_and_not_told_of(tmp_path: Path) -> None:
    announcer, order = RecordingAnnouncer(), an_order(admitted(tmp_path), 1)
    busy = a_maker(tmp_path / "store", announcer)
    busy.is_ours = lambda order: False
    assert busy.make([order]) == RoundResult()
    assert announcer.announced == []


def test_what_exists_is_not_made_again_and_is_told_again(tmp_path: Path) -> None:
    announcer = RecordingAnnouncer()
    busy = a_maker(tmp_path / "store", announcer)
    busy.make([an_order(admitted(tmp_path), 1)])
    PaintingHandler.forget()
    again = an_order(admitted(tmp_path), 2)
    busy.make([again])
    assert PaintingHandler.calls == 0
    assert (again.tally.made, again.tally.reused) == (0, 6)
    assert len(announcer.announced) == 2


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
        impatient(60.0).insist("the broker", lambda: 1 // 0)


def test_a_refused_letter_counts_as_failed(tmp_path: Path) -> None:
    order = an_order(admitted(tmp_path), 1)
    a_maker(tmp_path / "store", RecordingAnnouncer(), generator=PaintingHandler(refuse="story")).make([order])
    assert (order.tally.made, order.tally.failed) == (4, 2)
    assert order.tally.failed_ids
    assert order.progress("finished", "r", {}).failed == 2
