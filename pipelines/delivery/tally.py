"""What a target's records say together, counted in one pass, with the first or newest few of each state."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Delivered, State

MOST_KEYS = 200
"""Scopes, days and reasons that are counted one by one; the others are counted together, under `OTHERS`."""
OTHERS = ""


@dataclass
class Bounded:
    """Counts by a text, of at most MOST_KEYS different texts."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, key: str, number: int = 1) -> None:
        """Count a text."""
        known = key in self.counts or len(self.counts) < MOST_KEYS
        self.counts[key if known else OTHERS] += number

    def ordered(self) -> list[tuple[str, int]]:
        """Return the counts, the largest first."""
        return sorted(self.counts.items(), key=lambda pair: (-pair[1], pair[0]))


@dataclass
class Tally:
    """The counts of one target.

    proofs, size_bytes: of the files that are delivered. days: those that wait, by the day on which their embargo ends.
    reasons: files that are set aside or in conflict, by code. scopes: files by campaign or catalog. shown: by state,
    the first few, and of the delivered ones the newest few. newest: the moment of the last receipt.
    """

    states: Counter[State] = field(default_factory=Counter)
    proofs: Counter[Proof] = field(default_factory=Counter)
    size_bytes: int = 0
    versions: int = 0
    days: Bounded = field(default_factory=Bounded)
    reasons: Bounded = field(default_factory=Bounded)
    scopes: Bounded = field(default_factory=Bounded)
    shown: dict[State, list[Delivered]] = field(default_factory=dict)
    newest: str = ""

    @property
    def files(self) -> int:
        """The number of all records."""
        return self.states.total()

    def left_out(self, state: State) -> int:
        """Return how many files of a state are not among the shown ones."""
        return self.states[state] - len(self.shown.get(state, ()))

    def _count(self, record: Delivered) -> None:
        self.states[record.state] += 1
        self.scopes.add(record.slot.scope)
        if record.receipts:
            self.newest = max(self.newest, record.receipts[0].delivered_at)
        if record.state is State.DELIVERED and record.receipts:
            self.proofs[record.receipts[0].proof] += 1
            self.size_bytes += record.receipts[0].size_bytes
            self.versions += len(record.receipts) > 1
        elif record.state is State.WAITING:
            self.days.add(record.until)
        elif record.state in (State.SET_ASIDE, State.CONFLICT):
            self.reasons.add(record.code)


def tally_of(records: Iterable[Delivered], states: Collection[State], most: int) -> Tally:
    """Count records, and keep at most so many of each of these states. A few are in memory at a time."""
    tally = Tally()
    newest: list[tuple[str, str, Delivered]] = []
    for record in records:
        tally._count(record)  # noqa: SLF001 - of this module
        if record.state not in states:
            continue
        if record.state is State.DELIVERED:
            moment = record.receipts[0].delivered_at if record.receipts else ""
            entry = (moment, record.slot.id, record)
            (heapq.heappush if len(newest) < most else heapq.heappushpop)(newest, entry)
        elif len(kept := tally.shown.setdefault(record.state, [])) < most:
            kept.append(record)
    if newest:
        ordered = sorted(newest, key=lambda each: each[:2], reverse=True)
        tally.shown[State.DELIVERED] = [record for *_, record in ordered]
    return tally
