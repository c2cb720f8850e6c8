"""The choice of the campaigns to make next: fair by cost between tenants, by priority and date within a tenant.

Start-time fair queueing (Goyal, Vin, Cheng 1996). Each tenant has a virtual time that grows, with everything made for
it, by cost divided by weight. The tenant with the smallest virtual time is next. A tenant that comes back from idling
starts at the current virtual time, so it has neither credit nor debt. The module has no clock, no thread, no Kafka.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

AGEING = 8
"""A waiting item gains one priority each time that its tenant had this many turns, so that none waits for ever."""


@dataclass(frozen=True)
class Limits:
    """The limits of one round.

    cost: in files. jobs: campaigns. tenant_jobs: campaigns of one tenant, while other tenants wait or are in the round.
    """

    cost: int = 400
    jobs: int = 32
    tenant_jobs: int = 8


class WorkPart(NamedTuple):
    """A part of a plan: its shots from `first` up to, not including, `stop`, and what they cost, in files."""

    first: int
    stop: int
    cost: int


@dataclass(kw_only=True)
class WorkItem:
    """The work of one campaign, done part by part; `parts` are those that are left.

    due: the day by which it should be ready, counted from 1970-01-01; of equal priorities, earlier days come first.
    """

    key: str
    tenant: str
    parts: list[WorkPart]
    priority: int = 5
    due: int = 0
    number: int = field(default=0, compare=False)
    """Its place in the order in which items were added."""
    added_at_turn: int = field(default=0, compare=False)
    parts_made: int = field(default=0, compare=False)

    @property
    def next_cost(self) -> int:
        """The cost of the next part, in files."""
        return self.parts[0].cost


@dataclass
class _Lane:
    """One tenant: its virtual time, the number of its turns, and its waiting items."""

    time: float = 0.0
    turns: int = 0
    waiting: dict[str, WorkItem] = field(default_factory=dict)

    def first(self) -> WorkItem:
        return min(self.waiting.values(), key=self._rank)

    def _rank(self, item: WorkItem) -> tuple[int, int, int, int]:
        aged = item.priority + (self.turns - item.added_at_turn) // AGEING
        return (-aged, item.due, item.parts_made, item.number)


class FairScheduler:
    """Takes items and gives rounds of parts. `weights` are the tenants' shares; a tenant that is not named has 1."""

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        self._weights = dict(weights or {})
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)
        self._now, self._count = 0.0, 0

    def add(self, item: WorkItem) -> None:
        """Queue an item; ValueError if it has no parts, or if an item with its key waits."""
        lane = self._lanes[item.tenant]
        if not item.parts or item.key in lane.waiting:
            raise ValueError(f"work item {item.key} has no parts or waits already")
        if not lane.waiting:
            lane.time = max(lane.time, self._now)
        self._count += 1
        item.number, item.added_at_turn = self._count, lane.turns
        lane.waiting[item.key] = item

    def drop(self, item: WorkItem) -> None:
        """Remove an item from the queue, if it waits there."""
        self._lanes[item.tenant].waiting.pop(item.key, None)

    @property
    def waiting(self) -> int:
        """The number of waiting items."""
        return sum(len(lane.waiting) for lane in self._lanes.values())

    def next_round(self, limits: Limits, away: frozenset[str] = frozenset()) -> list[WorkItem]:
        """Take from the queue the items whose next part is to be made now: at least one, if any may be made.

        Items of the tenants in `away` stay where they are. An item counts against the limits with its next part. If
        parts are left once that one is made, `requeue` the item.
        """
        chosen: list[WorkItem] = []
        per_tenant: defaultdict[str, int] = defaultdict(int)
        spent = 0
        while len(chosen) < limits.jobs:
            alone = len(per_tenant) <= 1 and not self._others_wait({*per_tenant, *away})
            item = self._next(per_tenant, limits.jobs if alone else limits.tenant_jobs, away)
            if item is None or (chosen and spent + item.next_cost > limits.cost):
                break
            self._charge(item)
            chosen.append(item)
            per_tenant[item.tenant] += 1
            spent += item.next_cost
        return chosen

    def requeue(self, item: WorkItem) -> None:
        """Queue an item again for its next part: behind items of its rank with fewer parts made, without losing age."""
        item.parts_made += 1
        self._lanes[item.tenant].waiting[item.key] = item

    def put_back(self, item: WorkItem) -> None:
        """Queue an item again whose part could not be made, and take back what the tenant was charged for it."""
        lane = self._lanes[item.tenant]
        lane.time -= self._charge_for(item)
        lane.waiting[item.key] = item

    def _others_wait(self, chosen: Collection[str]) -> bool:
        return any(lane.waiting for tenant, lane in self._lanes.items() if tenant not in chosen)

    def _next(self, chosen: Mapping[str, int], most: int, away: frozenset[str]) -> WorkItem | None:
        candidates = [
            (lane.time, tenant)
            for tenant, lane in self._lanes.items()
            if lane.waiting and chosen.get(tenant, 0) < most and tenant not in away
        ]
        return self._lanes[min(candidates)[1]].first() if candidates else None

    def _charge(self, item: WorkItem) -> None:
        """Advance the tenant's virtual time: by less for a larger weight or a higher priority."""
        lane = self._lanes[item.tenant]
        self._now = max(self._now, lane.time)
        lane.time += self._charge_for(item)
        lane.turns += 1
        del lane.waiting[item.key]

    def _charge_for(self, item: WorkItem) -> float:
        return item.next_cost / (self._weights.get(item.tenant, 1.0) * (1 + item.priority))
