"""The limits that a run is held to before it does anything."""

from __future__ import annotations

from decimal import Decimal

import pytest

from foundry.catalog.catalog import Gate
from foundry.catalog.rows import Tally
from pipelines.catalog.gate import Shift, find_gates, passed_over, stopping

GOOD = Tally(rows=100, usable=100)


def stops(gate: Gate, tally: Tally = GOOD, **shift: float) -> list[str]:
    return [finding.gate for finding in stopping(find_gates(gate, tally, Shift(**shift)))]


def test_a_feed_like_the_last_one_passes_every_gate() -> None:
    still = {"fewer_rows": 0.0, "withdrawn": 0.0, "moved_prices": 0.0, "changed": 100.0}
    assert stops(Gate(), **still) == []


@pytest.mark.parametrize(
    ("gate", "limit"), [("fewer_rows", 30.0), ("withdrawn", 30.0), ("moved_prices", 10.0), ("changed", 20.0)]
)
def test_each_limit_stops_what_exceeds_it_and_nothing_below(gate: str, limit: float) -> None:
    own = Gate(changed=Decimal(20))
    assert stops(own, **{gate: limit}) == []
    assert stops(own, **{gate: limit + 0.01}) == [gate]


def test_rows_that_are_set_aside_stop_a_run_beyond_the_limit() -> None:
    assert stops(Gate(), Tally(rows=100, usable=95, set_aside=5)) == []
    assert stops(Gate(), Tally(rows=100, usable=94, set_aside=6)) == ["bad_rows"]
    assert stops(Gate(bad_rows=None), Tally(rows=100, usable=1, set_aside=99)) == []


def test_a_feed_of_which_no_row_can_be_used_always_stops() -> None:
    assert stops(Gate(bad_rows=None), Tally(rows=3, set_aside=3)) == ["usable_rows"]
    assert stops(Gate(), Tally()) == ["usable_rows"]


def test_the_finding_says_what_was_measured_the_limit_and_the_way_out() -> None:
    (finding,) = stopping(find_gates(Gate(), GOOD, Shift(withdrawn=41.5)))
    assert finding.measured == "41.50 %"
    assert "41.50 % of the products would be withdrawn; the limit is 30 %" in finding.what
    assert "gate.withdrawn" in finding.what


def test_a_run_that_is_told_to_go_on_keeps_the_findings_and_is_stopped_by_none() -> None:
    found = passed_over(find_gates(Gate(), GOOD, Shift(withdrawn=41.5)))
    assert stopping(found) == ()
    assert any("it was told to go on" in finding.what for finding in found)


def test_no_run_goes_on_with_a_feed_of_which_no_row_can_be_used() -> None:
    found = passed_over(find_gates(Gate(), Tally(rows=3, set_aside=3), Shift(withdrawn=100.0)))
    assert [finding.gate for finding in stopping(found)] == ["usable_rows"]
