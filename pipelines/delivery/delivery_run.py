"""What a run of deliveries did, in numbers, and what of it needs somebody's eye."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.target.errors import TargetAway, TargetRefused
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Delivered, State
from pipelines.delivery.attempts import newest

Seen = Callable[[Delivered], None]
"""Is told the record of each slot as a run leaves it, one at a time."""
MOST_NOTICES = 100
EYES = (State.SET_ASIDE, State.CONFLICT, State.OPEN)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A file that needs somebody's eye: where it lies or would lie, and why."""

    slot: str
    path: str
    state: State
    code: str
    why: str


@dataclass(frozen=True, kw_only=True)
class DeliveryRun:
    """What a run did for one scope at one target.

    states: of all slots of the scope that the target's filter lets pass, as the run left them. sent: files that were
    sent and proved now; versions: those of them that became a new version of an asset. expired: taken out of use now.
    removed: slots at the target that the scope no longer has, and that were left as they are. proofs: of the files
    sent now, by grade. size_bytes: sent now. notices: the first 100 files that were set aside, changed by others, or
    left open. lost: campaigns of a catalog whose manifest is not there, so that their files were left as they are.
    next_day: ISO 8601, the first day on which another run has work by itself; "" for none. away: the sentence of the
    target for which the run ended early, "" for none; refused: it will not answer otherwise by itself; after_s:
    seconds for which it asked to be left alone. stopped: the run was asked to stop.
    """

    tenant: str
    target: str
    scope: str
    states: Mapping[State, int] = field(default_factory=dict)
    sent: int = 0
    versions: int = 0
    expired: int = 0
    removed: int = 0
    proofs: Mapping[Proof, int] = field(default_factory=dict)
    size_bytes: int = 0
    seconds: float = 0.0
    notices: tuple[Notice, ...] = ()
    lost: tuple[str, ...] = ()
    next_day: str = ""
    away: str = ""
    refused: bool = False
    after_s: float = 0.0
    stopped: bool = False

    @property
    def whole(self) -> bool:
        """True if nothing is left to be done that could be done today."""
        left = any(self.states.get(state, 0) for state in EYES) or self.notices
        return not (left or self.lost or self.away or self.stopped)


class Tally:
    """The numbers of a run while it goes on; threads share it, and `seen` is told one record at a time."""

    def __init__(self, seen: Seen | None) -> None:
        self._seen, self._lock = seen, threading.Lock()
        self.states, self.proofs = Counter[State](), Counter[Proof]()
        self.sent = self.versions = self.expired = self.removed = self.size_bytes = 0
        self.notices: list[Notice] = []
        self.next_day = ""

    def restart(self) -> None:
        """Count states anew, for a scope that is walked again from its beginning; what was sent stays counted."""
        self.states.clear()
        self.notices.clear()
        self.removed = 0

    def left(self, before: Delivered, after: Delivered) -> None:
        """Count a slot as the run leaves it."""
        with self._lock:
            self.states[after.state] += 1
            receipt = newest(after)
            if receipt and receipt != newest(before) and after.state is State.DELIVERED:
                self.sent += 1
                self.versions += newest(before) is not None
                self.proofs[receipt.proof] += 1
                self.size_bytes += receipt.size_bytes
            if after.state is State.EXPIRED and before.state is not State.EXPIRED and receipt:
                self.expired += 1
            self._note(after)
            if self._seen:
                self._seen(after)

    def keep(self, record: Delivered) -> None:
        """Count a slot that the scope no longer has, and that stays at the target."""
        with self._lock:
            self.removed += 1
            if self._seen:
                self._seen(record)

    def at_day(self, day: str) -> None:
        """Remember a day on which there is work."""
        if day and (not self.next_day or day < self.next_day):
            self.next_day = day

    def _note(self, record: Delivered) -> None:
        if record.state in EYES and record.why:
            attempt, receipt = record.attempt, newest(record)
            path = attempt.path if attempt else receipt.path if receipt else ""
            self.note(Notice(slot=record.slot.id, path=path, state=record.state, code=record.code, why=record.why))

    def note(self, notice: Notice) -> None:
        """Keep a notice, while there are few."""
        if len(self.notices) < MOST_NOTICES:
            self.notices.append(notice)

    def run(
        self, tenant: str, target: str, scope: str, *, away: TargetAway | TargetRefused | None, seconds: float
    ) -> DeliveryRun:
        """Return the run in numbers."""
        return DeliveryRun(
            tenant=tenant,
            target=target,
            scope=scope,
            states=dict(self.states),
            sent=self.sent,
            versions=self.versions,
            expired=self.expired,
            removed=self.removed,
            proofs=dict(self.proofs),
            size_bytes=self.size_bytes,
            seconds=seconds,
            notices=tuple(self.notices),
            next_day=self.next_day,
            away=str(away) if away else "",
            refused=isinstance(away, TargetRefused),
            after_s=away.after_s if isinstance(away, TargetAway) else 0.0,
        )
