"""Whose campaign is made next: fair queueing between tenants by cost, priorities and deadlines within a tenant.

Start-time fair queueing (Goyal, Vin, Cheng 1996): each tenant has a virtual time that grows by cost over weight with
what is made for it; the tenant that is furthest behind goes next; one that comes back from idling starts at the
present virtual time, so it neither collects credit nor pays for it. Pure: no clock, no thread, no Kafka.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

AGEING = 8
"""After so many turns of its tenant a waiting job counts as one priority higher: nothing waits for ever."""


@dataclass(frozen=True)
class Limits:
    """How much one round may take: cost in files, jobs, and jobs of one tenant while another waits or is in it."""

    cost: int = 400
    jobs: int = 32
    tenant_jobs: int = 8


@dataclass
class WorkItem:
    """Work of one tenant that is done part by part; `costs` are those of the parts that are left, in files."""

    key: str
    tenant: str
    costs: list[int]
    priority: int = 5
    due: int = 0
    """Day by which it should be ready, or was put at for want of one; earlier days go first at equal priority."""
    number: int = field(default=0, compare=False)
    since: int = field(default=0, compare=False)
    made: int = field(default=0, compare=False)


@dataclass
class _Lane:
    """One tenant: its virtual time, how often it had a turn, and its waiting jobs."""

    time: float = 0.0
    turns: int = 0
    waiting: dict[str, WorkItem] = field(default_factory=dict)

    def first(self) -> WorkItem:
        return min(self.waiting.values(), key=self._rank)

    def _rank(self, job: WorkItem) -> tuple[int, int, int, int]:
        aged = job.priority + (self.turns - job.since) // AGEING
        return (-aged, job.due, job.made, job.number)


class FairScheduler:
    """Jobs in, rounds of parts out. `weights` are tenants' shares; 1 for those that are not named."""

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        self._weights = dict(weights or {})
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)
        self._now, self._count = 0.0, 0

    def add(self, job: WorkItem) -> None:
        """Let a job wait; one with no parts left, or whose key is waiting, is an error of the caller."""
        lane = self._lanes[job.tenant]
        if not job.costs or job.key in lane.waiting:
            raise ValueError(f"job {job.key} has no parts or waits already")
        if not lane.waiting:
            lane.time = max(lane.time, self._now)
        self._count += 1
        job.number, job.since = self._count, lane.turns
        lane.waiting[job.key] = job

    def drop(self, job: WorkItem) -> None:
        """Forget a job; one that does not wait is no error."""
        self._lanes[job.tenant].waiting.pop(job.key, None)

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return sum(len(lane.waiting) for lane in self._lanes.values())

    def round(self, limits: Limits) -> list[WorkItem]:
        """The jobs whose next part is to be made now, at least one if any waits; they wait no more.

        Each counts with `costs[0]`. Give a job back with `again` once its part is made, if parts are left.
        """
        chosen: list[WorkItem] = []
        busy: defaultdict[str, int] = defaultdict(int)
        spent = 0
        while len(chosen) < limits.jobs:
            alone = len(busy) <= 1 and not self._others_wait(busy)
            found = self._next(busy, limits.jobs if alone else limits.tenant_jobs)
            if found is None or (chosen and spent + found.costs[0] > limits.cost):
                break
            self._charge(found)
            chosen.append(found)
            busy[found.tenant] += 1
            spent += found.costs[0]
        return chosen

    def _others_wait(self, busy: Mapping[str, int]) -> bool:
        return any(lane.waiting for tenant, lane in self._lanes.items() if tenant not in busy)

    def _next(self, busy: Mapping[str, int], most: int) -> WorkItem | None:
        free = [
            (lane.time, tenant)
            for tenant, lane in self._lanes.items()
            if lane.waiting and busy.get(tenant, 0) < most
        ]  # fmt: skip
        return self._lanes[min(free)[1]].first() if free else None

    def _charge(self, job: WorkItem) -> None:
        """The tenant's virtual time grows: less for a weightier tenant or a job of high priority."""
        lane = self._lanes[job.tenant]
        self._now = max(self._now, lane.time)
        lane.time += job.costs[0] / (self._weights.get(job.tenant, 1.0) * (1 + job.priority))
        lane.turns += 1
        del lane.waiting[job.key]

    def again(self, job: WorkItem) -> None:
        """Let a job wait for its next part, behind those of its rank that had fewer; its age goes on."""
        job.made += 1
        self._lanes[job.tenant].waiting[job.key] = job
