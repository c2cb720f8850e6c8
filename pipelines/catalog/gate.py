"""The gate of a run: limits that are held before anything is made, published or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from foundry.catalog.catalog import Gate
from foundry.catalog.rows import Tally
from foundry.catalog.runs import GateFinding

ROWS, FEWER, WITHDRAWN, PRICES, CHANGED, USABLE = (
    "bad_rows", "fewer_rows", "withdrawn", "moved_prices", "changed", "usable_rows",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What a feed differs in from the one before, per cent: None where there is nothing to compare with."""

    fewer_rows: float | None = None
    withdrawn: float | None = None
    moved_prices: float | None = None
    changed: float | None = None


def find_gates(gate: Gate, tally: Tally, shift: Shift) -> tuple[GateFinding, ...]:
    """Return one finding for each limit of a catalog that is switched on and could be measured."""
    return (*feed_gates(gate, tally), *_shift_gates(gate, shift))


def feed_gates(gate: Gate, tally: Tally) -> Iterator[GateFinding]:
    """Yield the findings that a feed alone decides."""
    if not tally.usable:
        what = f"none of the feed's {tally.rows} rows can be used; look at the codes of the rows, and at the feed"
        yield GateFinding(gate=USABLE, measured="0", limit="1", stops=True, what=what)
    if tally.rows:
        yield from _held(ROWS, tally.bad_percent, gate.bad_rows, "of the rows are set aside", "mend the feed")


def _shift_gates(gate: Gate, shift: Shift) -> Iterator[GateFinding]:
    said = (
        (
            FEWER,
            shift.fewer_rows,
            gate.fewer_rows,
            "fewer rows can be used than last time",
            "look if the feed is whole",
        ),
        (WITHDRAWN, shift.withdrawn, gate.withdrawn, "of the products would be withdrawn", "look what the feed lacks"),
        (PRICES, shift.moved_prices, gate.moved_prices, "of the prices moved by half or more", "look at the prices"),
        (CHANGED, shift.changed, gate.changed, "of the products would be made anew", "look at what changed"),
    )
    for name, measured, limit, what, remedy in said:
        if measured is not None:
            yield from _held(name, measured, limit, what, remedy)


def _held(gate: str, measured: float, limit: Decimal | None, what: str, remedy: str) -> Iterator[GateFinding]:
    """Yield the finding of one limit; none where it is switched off."""
    if limit is None:
        return
    stops = measured > float(limit)
    said = f"{measured:.2f} % {what}; the limit is {limit:f} %"
    way_out = f", so {remedy}, raise gate.{gate}, or let this one run go on past its gates" if stops else ""
    yield GateFinding(gate=gate, measured=f"{measured:.2f} %", limit=f"{limit:f} %", stops=stops, what=said + way_out)


def stopping(findings: Iterable[GateFinding]) -> tuple[GateFinding, ...]:
    """Return the findings that stop a run."""
    return tuple(finding for finding in findings if finding.stops)


def passed_over(findings: Iterable[GateFinding]) -> tuple[GateFinding, ...]:
    """Return the findings of a run that was told to go on past its gates: none stops it, and each says so.

    A feed without one usable row stops it all the same: it would withdraw everything.
    """
    return tuple(
        replace(finding, stops=False, what=f"{finding.what}; it was told to go on")
        if finding.stops and finding.gate != USABLE
        else finding
        for finding in findings
    )
