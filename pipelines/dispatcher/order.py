"""One admitted campaign, from the records that requested it to the offsets that are committed for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from foundry.plan.plan import Plan
from foundry.plan.slice import plan_cost, slice_bounds, slice_plan
from pipelines.bus.client import Headers, KafkaRecord
from pipelines.bus.order_progress import OrderProgress, State, campaign_key
from pipelines.dispatcher.scheduler import WorkItem, WorkPart
from pipelines.planning.admission import Admitted

if TYPE_CHECKING:
    from pipelines.engines.live_counts import LiveCounts

EPOCH_DAY = 719_163
"""1970-01-01 as an ordinal day; Kafka's timestamps count from there."""
DAYS_WITHOUT_EMBARGO = 30
"""A brief without embargo is due this many days after it was sent, so that it yields to nearer embargoes."""


@dataclass(frozen=True)
class RecordPosition:
    """The position of a record; `epoch` tells one period of owning its partition from the next."""

    topic: str
    partition: int
    offset: int
    epoch: int

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}:{self.offset}"


@dataclass(frozen=True)
class PlainRecord:
    """A record without anything of the client that read it, so that another process can have it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int


def plain_record(record: KafkaRecord) -> PlainRecord:
    """Return a copy of a record, whose contents are bytes, None, or header names."""
    headers = tuple((name, value if value is None else bytes(value)) for name, value in record.headers or ())
    return PlainRecord(
        record.topic, record.partition, record.offset, record.key, record.value, headers, record.timestamp
    )


@dataclass(frozen=True)
class TakenRecord:
    """A record that was read from a topic, and its position."""

    position: RecordPosition
    record: PlainRecord

    @property
    def size(self) -> int:
        """The size of its key, value and headers in bytes."""
        headers = sum(len(name) + len(value or b"") for name, value in self.record.headers)
        return len(self.record.key or b"") + len(self.record.value or b"") + headers


@dataclass(kw_only=True)
class Tally:
    """The work done for an order so far: counts of finished files and shots, US dollars, seconds of wall time."""

    made: int = 0
    reused: int = 0
    failed: int = 0
    making: int = 0
    """Files that the running part is to make."""
    drawing: int = 0
    """Shots that the running part is to draw."""
    shots_drawn: int = 0
    shots_reused: int = 0
    shots_refused: int = 0
    bugs: int = 0
    """Shots, clips and files on which the program failed."""
    money: Decimal = Decimal(0)
    seconds: float = 0.0
    failed_ids: list[str] = field(default_factory=list)


@dataclass(eq=False, kw_only=True)
class Order:
    """An admitted campaign. Records that request the very same plan share one order."""

    admitted: Admitted
    records: list[TakenRecord]
    request_ids: list[str]
    work: WorkItem
    trace: str = ""
    whole: bool = True
    """True if it is made in one part, by a flow that also writes the manifest."""
    stopped: Literal["", "cancelled", "superseded"] = ""
    held: bool = False
    """True while the tenant's quota is held for it."""
    attempts: int = 0
    parts_left_at_count: int = 0
    """The number of parts left when the tally last grew, so that a part that is made twice is counted once."""
    tally: Tally = field(default_factory=Tally)
    counts: LiveCounts | None = None
    """The counts of the run that makes, or last made, a part of it; those of other orders are in it too."""

    @property
    def plan(self) -> Plan:
        """The plan of the whole campaign."""
        return self.admitted.plan

    @property
    def tenant(self) -> str:
        """The tenant's id."""
        return self.plan.tenant.id

    @property
    def campaign(self) -> str:
        """The campaign's id."""
        return self.plan.brief.campaign.id

    @property
    def key(self) -> str:
        """The campaign's key, the same for all its revisions."""
        return campaign_key(self.tenant, self.campaign)

    @property
    def parts(self) -> list[WorkPart]:
        """The parts that are left to make."""
        return self.work.parts

    @property
    def complete(self) -> bool:
        """True if every file is made, was there, or failed: a stop that comes then changes nothing."""
        return self.tally.made + self.tally.reused + self.tally.failed >= self.plan.variant_count

    @property
    def on_last_part(self) -> bool:
        """True if one part is left."""
        return len(self.parts) == 1

    def next_part(self) -> Plan:
        """Return what is to be made next: the whole plan, or a slice of it."""
        return self.plan if self.whole else slice_plan(self.plan, self.parts[0].first, self.parts[0].stop)

    def live_counts(self) -> dict[str, int]:
        """Return what the running part has finished, by kind."""
        return self.counts.now(self.plan.digest) if self.counts else {}

    def progress(self, state: State, request_id: str, live: Mapping[str, int], reason: str = "") -> OrderProgress:
        """Return the progress for one request; `live` has what the running part finished, by the kinds of counts."""
        tally, total = self.tally, self.plan.variant_count
        made_by_part = min(live.get("files_made", 0), tally.making)
        failed_by_part = min(live.get("files_refused", 0), tally.making - made_by_part)
        drawn_by_part = min(live.get("shots", 0), tally.drawing)
        done = tally.made + made_by_part
        mean_ms = int(1000 * tally.seconds / done) if done else None
        failed = tally.failed + failed_by_part
        missing = max(total - done - tally.reused - failed, 0)
        if state in ("cancelled", "superseded") and not reason:
            reason = f"the campaign was {state}: {done + tally.reused} of {total} files exist, {missing} remain"
        return OrderProgress(
            request=request_id,
            plan=self.plan.digest,
            state=state,
            total=total,
            done=done,
            reused=tally.reused,
            failed=failed,
            running=tally.making - made_by_part - failed_by_part,
            shots_total=self.plan.shot_count,
            shots_done=min(tally.shots_drawn + tally.shots_reused + drawn_by_part, self.plan.shot_count),
            mean_ms=mean_ms,
            left_ms=mean_ms * missing if mean_ms is not None and missing else None,
            failed_ids=tuple(tally.failed_ids),
            reason=reason,
            cost_usd=f"{tally.money:.6f}",
        )


def cut_into_parts(plan: Plan, most: int) -> list[WorkPart]:
    """Return the parts of a plan, which cost at most `most` files each."""
    return [
        WorkPart(first, stop, max(1, plan_cost(plan) * (stop - first) // plan.shot_count))
        for first, stop in slice_bounds(plan, most)
    ]


def new_order(admitted: Admitted, taken: TakenRecord, request_id: str, parts: list[WorkPart]) -> Order:
    """Return a new order, to be made in these parts."""
    plan, brief = admitted.plan, admitted.plan.brief
    work = WorkItem(
        key=f"{campaign_key(plan.tenant.id, brief.campaign.id)}@{taken.position}",
        tenant=plan.tenant.id,
        parts=parts,
        priority=brief.priority,
        due=_due_day(admitted, taken),
    )
    return Order(admitted=admitted, records=[taken], request_ids=[request_id], work=work, whole=len(parts) == 1)


def _due_day(admitted: Admitted, taken: TakenRecord) -> int:
    embargo, sent_ms = admitted.plan.brief.embargo, taken.record.timestamp
    if embargo:
        return embargo.toordinal() - EPOCH_DAY
    return (sent_ms // 86_400_000 if sent_ms > 0 else 0) + DAYS_WITHOUT_EMBARGO
