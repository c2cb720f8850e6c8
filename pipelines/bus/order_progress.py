"""Progress of an order on the progress topic: the events that report it, and the reader that follows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from foundry.errors import FoundryError
from foundry.event import Event
from foundry.names import campaign_source
from pipelines.bus.messages import header_texts
from pipelines.bus.reading import follow
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import PROGRESS

PROGRESSED, REFUSED = "campaign-foundry.campaign.progress", "campaign-foundry.campaign.refused"
MOST_FAILED_IDS = 100
State = Literal["waiting", "running", "finished", "refused", "cancelled", "superseded"]
ENDED = frozenset(("finished", "refused", "cancelled", "superseded"))


@dataclass(frozen=True, kw_only=True)
class OrderProgress:
    """The progress of one order.

    Counts are of finished files. `failed_ids` names at most the first hundred. `mean_ms` is the wall time per file made
    so far, and `left_ms` the estimate from it for the missing files; both are None while no file is made.
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


def progress_event(tenant: str, campaign: str, progress: OrderProgress) -> Event:
    """Return the event that reports an order's progress; equal progress has the same event id."""
    data = asdict(progress) | {"failed_ids": list(progress.failed_ids[:MOST_FAILED_IDS])}
    return Event(PROGRESSED, campaign_source(tenant, campaign), campaign, data)


def refusal_event(tenant: str, campaign: str, request: str, error: FoundryError) -> Event:
    """Return the event for a brief that cannot be planned or may not be run, with the error's code and sentence."""
    data = {"request": request, "code": error.code, "reason": str(error)}
    return Event(REFUSED, campaign_source(tenant, campaign), campaign, data)


def campaign_key(tenant: str, campaign: str) -> str:
    """Return the key of all messages about a campaign."""
    return f"{tenant}/{campaign}"


def watch_progress(settings: BusSettings, tenant: str, campaign: str, request: str = "") -> Iterator[dict[str, Any]]:
    """Yield the reports on a campaign from the progress topic, past and new, each once, until one says that it ended.

    With `request`, only the reports on the order with that id. Each is an OrderProgress as it was read from JSON.
    """
    key = campaign_key(tenant, campaign).encode()
    seen: set[str | None] = set()
    for record in follow(settings, PROGRESS):
        if record is None or record.key != key or not record.value:
            continue
        headers = header_texts(record.headers)
        report = json.loads(record.value)
        if headers.get("ce_id") in seen or (request and report.get("request") != request):
            continue
        seen.add(headers.get("ce_id"))
        yield report
        if report.get("state") in ENDED:
            return


def progress_line(report: dict[str, Any]) -> str:
    """Return a report on an order as one line for people."""
    files = f"{report['done'] + report['reused']}/{report['total']} files"
    shots = f"{report['shots_done']}/{report['shots_total']} shots"
    failed = f", {report['failed']} failed" if report["failed"] else ""
    left = f", {report['left_ms'] / 1000:.0f} s left" if report.get("left_ms") else ""
    reason = f": {report['reason']}" if report.get("reason") else ""
    return f"{report['state']:>10}  {files}, {shots}{failed}{left}{reason}"
