"""One campaign that somebody ordered, from the record that it came in to the offset that is committed for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from foundry.plan.plan import Plan
from foundry.plan.slice import plan_cost, slice_bounds, slice_plan
from pipelines.bus.messages import BriefRequest
from pipelines.bus.progress import OrderProgress, State, campaign_key
from pipelines.dispatcher.scheduler import WorkItem
from pipelines.planning.admission import Admitted


@dataclass(frozen=True)
class RecordPosition:
    """Where a record lies; `epoch` tells one time of owning a partition from the next."""

    topic: str
    partition: int
    offset: int
    epoch: int

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}:{self.offset}"


@dataclass(frozen=True)
class TakenRecord:
    """A record that was read, and its place."""

    place: RecordPosition
    record: Any

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.record.key or b"") + len(self.record.value or b"")


@dataclass
class Tally:
    """What was made for an order so far. Counts are of finished files, money is in US dollars."""

    made: int = 0
    reused: int = 0
    failed: int = 0
    making: int = 0
    shots_drawn: int = 0
    shots_reused: int = 0
    money: Decimal = Decimal(0)
    seconds: float = 0.0
    failed_ids: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Order:
    """A campaign that was admitted. Records that ask for the very same plan share one order."""

    each: Admitted
    taken: list[TakenRecord]
    requests: list[str]
    parts: list[tuple[int, int]]
    job: WorkItem
    trace: str = ""
    whole: bool = True
    """Whether it is made in one part, whose flow writes the manifest."""
    stopped: Literal["", "cancelled", "superseded"] = ""
    attempts: int = 0
    counted: int = 0
    """How many parts were left when the tally last grew, so that a part that is made twice counts once."""
    tally: Tally = field(default_factory=Tally)

    @property
    def plan(self) -> Plan:
        return self.each.plan

    @property
    def tenant(self) -> str:
        return self.plan.tenant.id

    @property
    def campaign(self) -> str:
        return self.plan.brief.campaign.id

    @property
    def key(self) -> str:
        """Names the campaign, whatever its revision."""
        return campaign_key(self.tenant, self.campaign)

    def next_part(self) -> Plan:
        """What is to be made next: the plan itself, or a part of it."""
        return self.plan if self.whole else slice_plan(self.plan, *self.parts[0])

    @property
    def on_last_part(self) -> bool:
        return len(self.parts) == 1

    def progress(self, state: State, request: str, live: dict[str, int], reason: str = "") -> OrderProgress:
        """How far it is; `live` counts what the running part has finished: variants, shots."""
        tally, total = self.tally, self.plan.variant_count
        now = min(live.get("variants", 0), tally.making)
        done = tally.made + now
        mean = int(1000 * tally.seconds / done) if done else None
        missing = max(total - done - tally.reused - tally.failed, 0)
        return OrderProgress(
            request, self.plan.digest, state, total, done, tally.reused, tally.failed, tally.making - now,
            self.plan.shot_count, tally.shots_drawn + tally.shots_reused + live.get("shots", 0), mean,
            mean * missing if mean is not None and missing else None, tuple(tally.failed_ids), reason,
        )  # fmt: skip


def new_order(each: Admitted, taken: TakenRecord, submitted: BriefRequest, most: int) -> Order:
    """A new order; plans that cost more than `most` files are cut into parts."""
    plan = each.plan
    parts = slice_bounds(plan, most)
    costs = [max(1, plan_cost(plan) * (stop - first) // plan.shot_count) for first, stop in parts]
    brief = plan.brief
    arrived = taken.record.timestamp // 86_400_000 if taken.record.timestamp > 0 else 0
    due = brief.embargo.toordinal() - EPOCH_DAY if brief.embargo else arrived + DAYS_WITHOUT_EMBARGO
    job = WorkItem(
        f"{campaign_key(plan.tenant.id, brief.campaign.id)}@{taken.place}", plan.tenant.id, costs, brief.priority, due
    )
    return Order(each, [taken], [submitted.request], list(parts), job, whole=len(parts) == 1)


EPOCH_DAY = 719_163
"""1970-01-01 as an ordinal, since Kafka's timestamps count from there."""
DAYS_WITHOUT_EMBARGO = 30
"""A brief without embargo is taken to be wanted a month after it was sent: it yields to nearer embargoes."""
