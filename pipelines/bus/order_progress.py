"""Progress of an order on the progress topic: the events that report it, and its lines for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from foundry.errors import FoundryError, clipped
from foundry.event import Event
from foundry.names import campaign_source

PROGRESSED, REFUSED = "campaign-foundry.campaign.progress", "campaign-foundry.campaign.refused"
MOST_FAILED_IDS = 100
State = Literal["waiting", "running", "finished", "refused", "cancelled", "superseded"]
ENDED = frozenset(("finished", "refused", "cancelled", "superseded"))


@dataclass(frozen=True, kw_only=True)
class OrderProgress:
    """The progress of one order.

    Counts are of finished files. `failed_ids` names at most the first hundred. `mean_ms` is the wall time per file made
    so far, and `left_ms` the estimate from it for the missing files; both are None while no file is made. `records` are
    the places (topic:partition:offset) of the records that ordered it. `cost_usd` is what it has cost so far.
    """

    request: str
    plan: str
    state: State
    total: int = 0
    done: int = 0
    reused: int = 0
    failed: int = 0
    running: int = 0
    shots_total: int = 0
    shots_done: int = 0
    mean_ms: int | None = None
    left_ms: int | None = None
    failed_ids: tuple[str, ...] = ()
    reason: str = ""
    records: tuple[str, ...] = ()
    cost_usd: str = "0"


def progress_event(tenant: str, campaign: str, progress: OrderProgress) -> Event:
    """Return the event that reports an order's progress; equal progress has the same event id."""
    lists = {"failed_ids": list(progress.failed_ids[:MOST_FAILED_IDS]), "records": list(progress.records)}
    data = asdict(progress) | lists
    return Event(PROGRESSED, campaign_source(tenant, campaign), campaign, data)


def refusal_event(
    tenant: str, campaign: str, request: str, error: FoundryError, *, reason: str = "", record: str = ""
) -> Event:
    """Return the event for a brief that cannot be planned or may not be run, with the error's code and sentence.

    `reason` stands in for the sentence if it is given. `record` is the place (topic:partition:offset) of the brief.
    """
    data = {"request": request, "record": record, "code": error.code, "reason": reason or clipped(str(error))}
    return Event(REFUSED, campaign_source(tenant, campaign), campaign, data)


def campaign_key(tenant: str, campaign: str) -> str:
    """Return the key of all messages about a campaign; the tenant if it has no id."""
    return f"{tenant}/{campaign}" if campaign else tenant


def progress_line(report: dict[str, Any]) -> str:
    """Return a report on an order as one line for people."""
    files = f"{report['done'] + report['reused']}/{report['total']} files"
    shots = f"{report['shots_done']}/{report['shots_total']} shots"
    failed = f", {report['failed']} failed" if report["failed"] else ""
    left = f", {report['left_ms'] / 1000:.0f} s left" if report.get("left_ms") else ""
    reason = f": {report['reason']}" if report.get("reason") else ""
    return f"{report['state']:>10}  {files}, {shots}{failed}{left}{reason}"
