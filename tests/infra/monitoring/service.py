"""A dispatcher's life in simulated time, told by the real metrics, health, offsets and lookout. Nothing is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from pipelines.dispatcher.health import Health, OutageKind
from pipelines.dispatcher.lookout import Check, Lookout
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.offsets import PartitionOffsets
from pipelines.dispatcher.order import Tally

TENANTS = ("aurelle", "northpeak", "orchard")
TICK_S = 30.0
START = 1_800_000_000.0


@dataclass
class Load:
    """The orders of one tenant: how many come with each tick, and how each of them goes."""

    arrivals: float = 0.5
    waited_s: float = 45.0
    made: int = 6
    failed: int = 0
    usd: Decimal = Decimal("0.05")


@dataclass
class Service:
    """One dispatcher that takes `load` and finishes `capacity` orders with each tick, unless something is away.

    `away` has what the lookout finds away, `hangs` stops the rounds, `admission_s` is how long an admission takes.
    """

    instance: str = "dispatcher-0"
    now: float = START
    load: dict[str, Load] = field(default_factory=lambda: {tenant: Load() for tenant in TENANTS})
    capacity: int = 20
    away: dict[tuple[OutageKind, str], str] = field(default_factory=dict)
    hangs: bool = False
    running: bool = True
    admission_s: float = 0.3
    ticks: int = 0

    def __post_init__(self) -> None:
        self.offset = 0
        self.waiting: list[tuple[float, str, int]] = []
        self.due: dict[str, float] = dict.fromkeys(self.load, 0.0)
        self.start()

    def start(self) -> None:
        """A new process: its counters begin again at zero, and its group is rebalanced."""
        self.health = Health(joined=True, clock=lambda: self.now)
        self.metrics = Metrics(self.health)
        self.metrics.know_tenants(self.load)
        self.lookout = Lookout(self.health, self.metrics, self._checks)
        self.rebalances = 0
        self.offsets = PartitionOffsets()
        self.offsets.mark = self.offsets.committed = self.offset
        self.waiting.clear()
        self.rebalance()

    def rebalance(self) -> None:
        self.rebalances += 1
        self.metrics.count_rebalances(self.rebalances)

    def _checks(self) -> list[Check]:
        kinds: list[tuple[OutageKind, str]] = [("broker", ""), ("folders", ""), ("store", "")]
        kinds += [("tenant_store", tenant) for tenant in self.load]
        return [Check(kind, tenant, self._ask(kind, tenant)) for kind, tenant in kinds]

    def _ask(self, kind: OutageKind, tenant: str) -> Callable[[], None]:
        def act() -> None:
            if reason := self.away.get((kind, tenant)):
                raise OSError(reason)

        return act

    def tick(self) -> None:
        """Let half a minute pass."""
        self.now += TICK_S
        self.ticks += 1
        if not self.running:
            return
        self.lookout.look()
        self.health.beat()
        if not self.away.get(("broker", "")) and self.health.admitting and self.health.admission_since is None:
            self._receive()
        if not self.hangs and not any(outage.kind != "tenant_store" for outage in self.health.outages):
            self._make()
        self._tell()

    def _receive(self) -> None:
        for tenant, load in self.load.items():
            self.due[tenant] += load.arrivals
            while self.due[tenant] >= 1.0:
                self.due[tenant] -= 1.0
                self.offsets.take(self.offset)
                self.waiting.append((self.now, tenant, self.offset))
                self.offset += 1
                self.metrics.admission_seconds.observe(self.admission_s)

    def _make(self) -> None:
        """Finish the oldest orders, except those of tenants whose bucket is away."""
        absent = {tenant for kind, tenant in self.away if kind == "tenant_store"}
        ready = [order for order in self.waiting if order[0] < self.now and order[1] not in absent]
        for sent, tenant, offset in ready[: self.capacity]:
            load = self.load[tenant]
            self.waiting.remove((sent, tenant, offset))
            tally = Tally(made=load.made - load.failed, failed=load.failed, shots_drawn=2, money=load.usd, seconds=9.0)
            self.metrics.count_order(tenant, "finished", tally, max(load.waited_s, self.now - sent))
            self.offsets.settle(offset)
        if ready:
            self.metrics.round_seconds.observe(12.0)

    def refuse(self, tenant: str, stage: str = "admit", code: str = "refused_input") -> None:
        """A record that is read and refused at once."""
        self.offsets.take(self.offset)
        self.offsets.settle(self.offset)
        self.offset += 1
        self.metrics.count_dead(stage, code, tenant)
        self.metrics.count_end(tenant, "refused")

    def _tell(self) -> None:
        oldest: dict[str, float] = {}
        for sent, tenant, _ in self.waiting:
            oldest[tenant] = min(sent, oldest.get(tenant, sent))
        self.health.waiting_since = oldest
        if self.offsets.due is not None:
            self.offsets.committed = self.offsets.mark
            self.metrics.commits.labels("done").inc()
        at_hand = {tenant: sum(order[1] == tenant for order in self.waiting) for tenant in oldest}
        ends: Any = SimpleNamespace(highwater=lambda part: self.offset)
        self.metrics.update_gauges([(("campaign.briefs", 0), self.offsets)], at_hand, ends)
