"""Running campaigns: make what is missing of admitted plans, in one flow, and write their reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from foundry.names import campaign_folder
from foundry.plan.estimate import Needs, count_needs
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore
from pipelines.campaign.report import REPORT, report_run
from pipelines.planning.admission import Admitted


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The means of a run: the renderer of product models, the engine, and the file with the engine's settings.

    `generator`, if given, draws in place of the cards.
    """

    blender: str = ""
    engine: str = "embedded"
    engine_config: Path | None = None
    generator: Any = None


DEFAULTS = RunOptions()


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """The result of a run for one campaign. Counts are of files unless they are named otherwise; money in US dollars.

    `report`, `manifest` and `dead_letters` are addresses of objects in the store.
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


class ProgressDisplay(Protocol):
    """Shows the progress of a run for as long as its context is open."""

    def __call__(
        self, totals: Mapping[str, int], counts: Callable[[], Mapping[str, int]]
    ) -> AbstractContextManager[None]:
        """Return the context. `totals` says what is to be made, by kind; `counts` what is made so far."""


def show_nothing(
    totals: Mapping[str, int],  # noqa: ARG001 - what every display is given
    counts: Callable[[], Mapping[str, int]],  # noqa: ARG001 - what every display is given
) -> AbstractContextManager[None]:
    """Return a display that shows nothing."""
    return nullcontext()


def run_all(
    orders: Sequence[Admitted],
    address: str,
    *,
    options: RunOptions = DEFAULTS,
    display: ProgressDisplay = show_nothing,
) -> list[RunSummary]:
    """Make what is missing of all orders in one run, write their reports, and return a summary of each, in order.

    `address` is the store's: a folder or `gs://bucket/prefix`. Nothing is loaded or run for an order of which nothing
    is missing.
    """
    began = time.monotonic()
    store = open_store(address, [each.plan.tenant for each in orders])
    lacking = {each.plan.digest: count_needs(each.plan, store.for_tenant(each.plan.tenant.id)) for each in orders}
    unfinished = [each for each in orders if not _finished(each, store, lacking[each.plan.digest])]
    failed = _build(unfinished, store, options, lacking, display) if unfinished else {}
    seconds = time.monotonic() - began
    for each in unfinished:
        report_run(each, store, lacking[each.plan.digest], seconds)
        if not failed[each.plan.digest]:
            _mark_finished(each, store)
    return [
        _summary(each, store, lacking[each.plan.digest], failed.get(each.plan.digest, 0), seconds) for each in orders
    ]


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


def _build(
    orders: Sequence[Admitted],
    store: ObjectStore,
    options: RunOptions,
    lacking: Mapping[str, Needs],
    display: ProgressDisplay,
) -> dict[str, int]:
    """Run the flow, and return the number of dead letters by plan."""
    from models.blender.process import Blender
    from pipelines.campaign.flow import build_all
    from pipelines.engines.engine import choose_engine, engine_settings
    from transforms import progress

    where = choose_engine(options.engine, engine_settings(options.engine_config))
    plans = [(each.plan, each.inputs) for each in orders]
    with display(_totals([lacking[each.plan.digest] for each in orders]), progress.counts):
        outcomes = build_all(plans, store, generator=options.generator, blender=Blender(options.blender), engine=where)
    return {digest: len(outcome.letters) for digest, outcome in outcomes.items()}


def _totals(lacking: Sequence[Needs]) -> dict[str, int]:
    """Return what is to be made, by the kinds that progress counts; clips only where a scene moves."""
    clips = sum(each.clips_to_film for each in lacking)
    return {
        "shots": sum(each.shots_to_draw for each in lacking),
        **({"clips": clips} if clips else {}),
        "variants": sum(each.variants_to_make + each.variants_only_rendered for each in lacking),
    }


def _summary(each: Admitted, store: ObjectStore, lacking: Needs, failed: int, seconds: float) -> RunSummary:
    plan, own = each.plan, store.for_tenant(each.plan.tenant.id)
    to_make = lacking.variants_to_make + lacking.variants_only_rendered
    return RunSummary(
        tenant=plan.tenant.id,
        campaign=plan.brief.campaign.id,
        plan=plan.digest,
        variants=plan.variant_count,
        made=max(to_make - failed, 0),
        reused=lacking.variants_reused,
        failed=failed,
        shots_drawn=lacking.shots_to_draw,
        clips_filmed=lacking.clips_to_film,
        cost_usd=lacking.money,
        seconds=seconds,
        report=own.address(f"{_folder(each)}/{REPORT}"),
        manifest=own.address(f"{_folder(each)}/manifest.parquet"),
        dead_letters=own.address(f"{_folder(each)}/dead_letters.jsonl"),
    )
