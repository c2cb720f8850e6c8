"""The state of a dispatcher: membership, admission, outages, waiting briefs. Probes and gauges come from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

OutageKind = Literal["broker", "store", "tenant_store", "engine", "admission", "folders"]
OUTAGE_KINDS: tuple[OutageKind, ...] = get_args(OutageKind)
OF_ONE_TENANT: frozenset[OutageKind] = frozenset({"tenant_store"})
"""The outages that belong to one tenant. The dispatcher stays ready, because the others' briefs are made."""


class Outage(NamedTuple):
    """Something that does not work: its kind, whose it is ("" if everybody needs it), since when, and the reason."""

    kind: OutageKind
    tenant: str
    since: float
    """Seconds since the epoch."""
    why: str


@dataclass
class Health:
    """The state that /live, /ready and the gauges report. Any thread may write it.

    stuck_s: one pass of the loop may take this long. clock: seconds since the epoch.

    Whoever notices an outage begins it and ends it, in its own name: `begin_outage(kind, tenant, why, by="round")`. An
    outage that several have noticed lasts until each of them has ended it.
    """

    stuck_s: float = 120.0
    joined: bool = False
    """True while the consumer group counts this process among its members."""
    draining: bool = False
    admitting: bool = True
    """True while admission lives: what is read from the topics will be admitted or refused."""
    waiting_since: Mapping[str, float] = field(default_factory=dict)
    """By tenant, the time at which the oldest brief that has not ended was sent, in seconds since the epoch."""
    admission_since: float | None = None
    """The time at which the admission that has been running for longest began; None while none runs."""
    clock: Callable[[], float] = time.time
    _last_beat: float = field(default_factory=time.monotonic)
    _outages: dict[tuple[OutageKind, str, str], Outage] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def beat(self) -> None:
        """Note that the loop made a pass."""
        self._last_beat = time.monotonic()

    @property
    def alive(self) -> bool:
        """True while the last pass of the loop is at most `stuck_s` ago."""
        return time.monotonic() - self._last_beat < self.stuck_s

    def begin_outage(self, kind: OutageKind, tenant: str = "", why: str = "", *, by: str = "loop") -> None:
        """Note an outage. One that has begun keeps its beginning and takes the new reason."""
        with self._lock:
            key = (kind, tenant, by)
            begun = self._outages.get(key)
            self._outages[key] = Outage(kind, tenant, begun.since if begun else self.clock(), why)

    def end_outage(self, kind: OutageKind, tenant: str = "", *, by: str = "loop") -> None:
        """Note the end of an outage, if this one has begun."""
        with self._lock:
            self._outages.pop((kind, tenant, by), None)

    @property
    def outages(self) -> tuple[Outage, ...]:
        """The present outages by kind and tenant, each with the earliest beginning that was noticed."""
        with self._lock:
            noticed = sorted(self._outages.values(), key=lambda outage: outage.since)
        found: dict[tuple[OutageKind, str], Outage] = {}
        for outage in noticed:
            found.setdefault((outage.kind, outage.tenant), outage)
        return tuple(found[key] for key in sorted(found))

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons why a brief that came now would not be taken and finished; empty if it would."""
        states = (
            ("draining", self.draining),
            ("not joined yet", not self.joined),
            ("the loop is stuck", not self.alive),
            ("admission does not live", not self.admitting),
        )
        return (
            *(reason for reason, holds in states if holds),
            *(_sentence(outage) for outage in self.outages if not (outage.tenant or outage.kind in OF_ONE_TENANT)),
        )

    @property
    def ready(self) -> bool:
        """True if a brief that came now would be taken and finished."""
        return not self.reasons


def _sentence(outage: Outage) -> str:
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(outage.since))
    return f"outage of {outage.kind} since {since}" + (f": {outage.why}" if outage.why else "")
