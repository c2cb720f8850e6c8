"""The records that wait for admission: fair between tenants by the seconds that their admissions took.

Start-time fair queueing, as in `scheduler`, over lanes. A lane is a guess at the tenant from the record's topic or key,
made without reading its value, and decides nothing but the order of admission. A record's cost is known only after its
admission, so each lane has at most one record in admission and is charged for it afterwards. That also keeps the order
of a lane's records. The module has no clock, no thread, no Kafka.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipelines.dispatcher.admission_work import Away
from pipelines.dispatcher.order import TakenRecord

LEAST_COST_S = 0.001
"""Charged for any record, so that a flood of records that are refused at once also counts."""


@dataclass(eq=False)
class WaitingRecord:
    """A record that waits for admission, in a lane.

    tries: failed tries that counted against it. pauses: tries that did
    not. not_before: the time of its next try, on the caller's clock. began: the beginning of its last try, in seconds
    since 1970. away: what it waits for, with the tenant whose outage that is.
    """

    taken: TakenRecord
    lane: str
    tries: int = 0
    pauses: int = 0
    not_before: float = 0.0
    began: float = 0.0
    away: Away | None = None


@dataclass
class _Lane:
    time_s: float = 0.0
    busy: bool = False
    waiting: deque[WaitingRecord] = field(default_factory=deque)


class AdmissionQueue:
    """Gives the next record to admit. For use under one lock."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}
        self._now_s = 0.0

    def add(self, record: WaitingRecord) -> None:
        """Queue a record behind the others of its lane."""
        self._awake(record.lane).waiting.append(record)

    def put_back(self, record: WaitingRecord) -> None:
        """Queue a record before the others of its lane, to be tried again."""
        self._awake(record.lane).waiting.appendleft(record)

    def _awake(self, name: str) -> _Lane:
        lane = self._lanes.setdefault(name, _Lane())
        if not lane.waiting and not lane.busy:
            lane.time_s = max(lane.time_s, self._now_s)
        return lane

    def take(self, now: float) -> WaitingRecord | None:
        """Return the record to admit next, and keep its lane busy until `release`; None if none may be tried at `now`.

        The first of a lane is tried before the others, so a lane waits as long as its first record does.
        """
        free = [
            (lane.time_s, name)
            for name, lane in self._lanes.items()
            if lane.waiting and not lane.busy and lane.waiting[0].not_before <= now
        ]
        if not free:
            return None
        lane = self._lanes[min(free)[1]]
        lane.busy, self._now_s = True, max(self._now_s, lane.time_s)
        return lane.waiting.popleft()

    def release(self, name: str, seconds: float) -> None:
        """Charge a lane for an admission that took so long, and let its next record be taken."""
        lane = self._lanes[name]
        lane.busy = False
        lane.time_s += max(seconds, LEAST_COST_S)

    def prune(self) -> None:
        """Forget the idle lanes that have no debt, so that there are never more than there are busy tenants."""
        for name, lane in list(self._lanes.items()):
            if not lane.waiting and not lane.busy and lane.time_s <= self._now_s:
                del self._lanes[name]

    def next_try(self) -> float | None:
        """Return the earliest time at which a record may be tried; None if no lane has one that could be."""
        return min(
            (lane.waiting[0].not_before for lane in self._lanes.values() if lane.waiting and not lane.busy),
            default=None,
        )

    def drop(self, unwanted: Callable[[WaitingRecord], bool]) -> int:
        """Remove waiting records; return their number."""
        dropped = 0
        for lane in self._lanes.values():
            kept = deque(record for record in lane.waiting if not unwanted(record))
            dropped += len(lane.waiting) - len(kept)
            lane.waiting = kept
        return dropped

    def waits_in(self, name: str) -> bool:
        """Return whether a lane has waiting records, or one in admission."""
        lane = self._lanes.get(name)
        return lane is not None and bool(lane.waiting or lane.busy)

    def __iter__(self) -> Iterator[WaitingRecord]:
        for lane in self._lanes.values():
            yield from lane.waiting

    def __len__(self) -> int:
        return sum(len(lane.waiting) for lane in self._lanes.values())
