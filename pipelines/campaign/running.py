"""Running campaigns: make what is missing of admitted plans, in one flow, and write their reports."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from foundry.errors import FoundryError
from foundry.manifest import SHOT_STAGES
from foundry.manifest_index import index_name
from foundry.names import campaign_folder
from foundry.plan.estimate import Needs, count_needs
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore
from pipelines.campaign.report import REPORT, report_run
from pipelines.campaign.run_stats import RunStats
from pipelines.campaign.shared_run import NOTHING_RUN, Ending, ProgressDisplay, RunOptions, SharedRun, show_nothing
from pipelines.planning.admission import Admitted, OnRefusal
from pipelines.planning.quote import Quote, quote_work, read_past

if TYPE_CHECKING:
    from transforms.stopping import StopReason

__all__ = ["ProgressDisplay", "RunOptions", "RunSummary", "raise_refusal", "run_all", "show_nothing"]

DEFAULTS = RunOptions()


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """The result of a run for one campaign. Counts are of files unless they are named otherwise; money in US dollars.

    shots_drawn: shots whose master was written. shots_refused: shots that were given up. cost_usd: of everything that
    was made, and `refused_usd` of it for drawings that were refused. stopped: why the run ended early, if it did;
    remaining: the files that were then neither made nor refused. `report`, `manifest` and `dead_letters` are addresses
    of objects in the store. `stats` say where the time went, and `quote` what the run was expected to cost.
    """

    tenant: str
    campaign: str
    plan: str
    variants: int
    made: int
    reused: int
    failed: int
    shots_drawn: int
    clips_filmed: int
    cost_usd: Decimal
    seconds: float
    report: str
    manifest: str
    dead_letters: str
    shots_refused: int = 0
    refused_usd: Decimal = Decimal(0)
    stopped: StopReason | None = None
    remaining: int = 0
    stats: RunStats = field(default_factory=RunStats)
    quote: Quote | None = None


def raise_refusal(error: FoundryError) -> None:
    """Raise the error: the first order that is refused ends the run before it begins."""
    raise error


def run_all(
    orders: Sequence[Admitted],
    address: str,
    *,
    options: RunOptions = DEFAULTS,
    display: ProgressDisplay = show_nothing,
    on_refusal: OnRefusal = raise_refusal,
) -> list[RunSummary]:
    """Make what is missing of all orders in one run, write their reports, and return a summary of each, in order.

    `address` is the store's: a folder or `gs://bucket/prefix`. Nothing is loaded or run for an order of which nothing
    is missing. An order that its tenant's quota does not allow, or that breaks even when it is made alone, is handed to
    `on_refusal`; if that returns, the others are made, and the refused one has no summary. Another error of one order
    rises when the others are made and reported.
    """
    began = time.monotonic()
    store = open_store(address, [each.plan.tenant for each in orders])
    lacking = {each.plan.digest: count_needs(each.plan, store.for_tenant(each.plan.tenant.id)) for each in orders}
    quotes = _quote_each(orders, store, lacking)
    unfinished = [each for each in orders if not _finished(each, store, lacking[each.plan.digest])]
    shared = SharedRun(store=store, options=options, lacking=lacking, display=display, on_refusal=on_refusal)
    endings = shared.run(unfinished) if unfinished else {}
    seconds = time.monotonic() - began
    ran = [each for each in unfinished if each.plan.digest in endings]
    refused = {each.plan.digest for each in unfinished} - endings.keys()
    for each in ran:
        ending = endings[each.plan.digest]
        report_run(
            each, store, lacking[each.plan.digest].variants_reused, seconds, ending.made, quotes[each.plan.digest]
        )
        if not ending.refused.total and not ending.stopped:
            _mark_finished(each, store)
    for fault in shared.faults:
        if not isinstance(fault, FoundryError):
            raise fault
        on_refusal(fault)
    summaries = (
        _summary(each, store, lacking[each.plan.digest], endings.get(each.plan.digest, NOTHING_RUN), seconds)
        for each in orders
        if each.plan.digest not in refused
    )
    return [replace(summary, quote=quotes[summary.plan]) for summary in summaries]


def _quote_each(orders: Sequence[Admitted], store: ObjectStore, lacking: Mapping[str, Needs]) -> dict[str, Quote]:
    """Return the quote of each plan by its digest; the past of a tenant is read once."""
    past = {tenant: read_past(store.for_tenant(tenant)) for tenant in {each.plan.tenant.id for each in orders}}
    return {
        each.plan.digest: quote_work(each.plan, lacking[each.plan.digest].work, past[each.plan.tenant.id])
        for each in orders
    }


def _finished(each: Admitted, store: ObjectStore, lacking: Needs) -> bool:
    """Return whether everything exists and the campaign's views show this very plan."""
    own = store.for_tenant(each.plan.tenant.id)
    return lacking.nothing and own.exists(_marker(each)) and own.exists(f"{_folder(each)}/{REPORT}")


def _folder(each: Admitted) -> str:
    return campaign_folder(each.plan.brief.campaign.id)


def _marker(each: Admitted) -> str:
    return f"{_folder(each)}/plans/{each.plan.digest}"


def _mark_finished(each: Admitted, store: ObjectStore) -> None:
    """Record that the campaign's views show this plan and no other."""
    own = store.for_tenant(each.plan.tenant.id)
    for name in list(own.list(f"{_folder(each)}/plans/")):
        own.remove(name)
    own.put_once(_marker(each), b"finished\n")


def _summary(each: Admitted, store: ObjectStore, lacking: Needs, ending: Ending, seconds: float) -> RunSummary:
    plan, own, made = each.plan, store.for_tenant(each.plan.tenant.id), ending.made
    return RunSummary(
        tenant=plan.tenant.id,
        campaign=plan.brief.campaign.id,
        plan=plan.digest,
        variants=plan.variant_count,
        made=made.files,
        reused=lacking.variants_reused,
        failed=ending.refused.total,
        shots_drawn=made.shots,
        clips_filmed=made.clips,
        cost_usd=made.money,
        seconds=seconds,
        report=own.address(f"{_folder(each)}/{REPORT}"),
        manifest=own.address(index_name(plan.brief.campaign.id)),
        dead_letters=own.address(f"{_folder(each)}/dead_letters.jsonl"),
        shots_refused=ending.refused.of_stages(*SHOT_STAGES),
        refused_usd=made.refused_money,
        stopped=ending.stopped,
        stats=ending.stats,
        remaining=max(ending.lacking.files - ending.refused.of_stages("render"), 0) if ending.stopped else 0,
    )
