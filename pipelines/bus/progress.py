"""What the factory says of a campaign while it runs and when it ends: progress, refusals; as CloudEvents."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from foundry.errors import FoundryError
from foundry.event import Event
from foundry.names import campaign_source

PROGRESSED, REFUSED = "campaign-foundry.campaign.progress", "campaign-foundry.campaign.refused"
MOST_FAILED_IDS = 100
State = Literal["waiting", "running", "finished", "refused", "cancelled", "superseded"]


@dataclass(frozen=True)
class OrderProgress:
    """How far one order is. Counts are of finished files; `failed_ids` names at most the first hundred.

    `mean_ms` is the wall time per file made so far, `left_ms` what follows from it for those that are missing; None
    before there is anything to tell from.
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
    """An event of the progress topic; the same progress has the same id."""
    told = asdict(progress) | {"failed_ids": list(progress.failed_ids[:MOST_FAILED_IDS])}
    return Event(PROGRESSED, campaign_source(tenant, campaign), campaign, told)


def refusal_event(tenant: str, campaign: str, request: str, error: FoundryError) -> Event:
    """A brief that cannot be planned or may not be run: its code and its sentence."""
    told = {"request": request, "code": error.code, "reason": str(error)}
    return Event(REFUSED, campaign_source(tenant, campaign), campaign, told)


def campaign_key(tenant: str, campaign: str) -> str:
    """The key of everything that is said of a campaign."""
    return f"{tenant}/{campaign}"
