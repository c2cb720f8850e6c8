"""One run that several campaigns share: quotas held, the flow run, quotas settled; no campaign ends another's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from foundry.errors import FoundryError, Refusals
from foundry.letter_figures import LetterFigures
from foundry.plan.clips import clip_cards
from foundry.plan.estimate import Made, Needs, count_needs, made_between
from foundry.retrying import Clock, SystemClock
from foundry.store.object_store import ObjectStore
from models.registry import WeightsRefused, demand_present
from pipelines.campaign.run_stats import RunStats, run_stats
from pipelines.planning.admission import Admitted, OnRefusal
from pipelines.planning.quota_ledger import QuotaLedger, needed, spent

if TYPE_CHECKING:
    from pipelines.campaign.flow import Outcome
    from pipelines.engines.engine import Engine
    from transforms.stopping import StopReason

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The means of a run: the renderer of product models, the engine, and the file with the engine's settings.

    The clock says which month's quotas count. `generator`, if given, draws in place of the cards, as in `build_all`.
    """

    blender: str = ""
    engine: str = "embedded"
    engine_config: Path | None = None
    clock: Clock = field(default_factory=SystemClock)
    generator: Any = None


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


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The end of a run for one plan: the figures of its dead letters, what it made and what the store still lacks.

    `stopped` says why it ended early, if it did; `stats` say where its time went.
    """

    refused: LetterFigures = field(default_factory=LetterFigures)
    made: Made = field(default_factory=Made)
    lacking: Needs = field(default_factory=Needs)
    stopped: StopReason | None = None
    stats: RunStats = field(default_factory=RunStats)


NOTHING_RUN = Ending()
"""The ending of an order of which everything was there."""


@dataclass(kw_only=True)
class SharedRun:
    """Makes what is missing of several orders in one flow. `lacking` is what the store lacks, by plan digest.

    `on_refusal` is told of an order that its tenant's quota does not allow; `faults` are the errors of orders that
    break even alone.
    """

    store: ObjectStore
    options: RunOptions
    lacking: Mapping[str, Needs]
    display: ProgressDisplay
    on_refusal: OnRefusal
    endings: dict[str, Ending] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    def run(self, orders: Sequence[Admitted]) -> dict[str, Ending]:
        """Hold quotas, run the flow and settle; return the endings of the orders that ran, by plan digest."""
        from transforms.stopping import withdraw_stop

        self._engine()  # refused before anything is held
        ledger = QuotaLedger(self.store, self.options.clock)
        once = {each.plan.digest: each for each in orders}.values()
        held = [each for each in once if self._has_models(each) and self._hold(each, ledger)]
        for each in held:
            withdraw_stop(each.plan.digest, self._own(each))
        try:
            if held:
                with ledger.renewing([each.plan for each in held]):
                    self._build_together(held)
        finally:
            for each in held:
                self._settle(each, ledger)
        return self.endings

    def _has_models(self, each: Admitted) -> bool:
        """Tell if the models that an order needs are here; the weights of a later stage may be missing.

        Only where this machine loads them, and before a picture is paid for.
        """
        if self.options.engine != "embedded" or self.options.generator is not None:
            return True
        lacking, plan = self.lacking[each.plan.digest], each.plan
        drawing = [card for cards in plan.all_cards for card in cards.drawing]
        filming = clip_cards(plan).values() if lacking.clips_to_film else ()
        try:
            for card in (*(drawing if lacking.shots_to_draw else ()), *filming):
                demand_present(card)
        except WeightsRefused as refused:
            self.on_refusal(refused)
            return False
        return True

    def _hold(self, each: Admitted, ledger: QuotaLedger) -> bool:
        """Hold what is missing of an order; return False if its tenant's quota does not allow it."""
        try:
            ledger.hold(each.plan, needed(self.lacking[each.plan.digest]))
        except Refusals as refused:
            self.on_refusal(refused)
            return False
        return True

    def _settle(self, each: Admitted, ledger: QuotaLedger) -> None:
        """Count what was made of an order as spent, and release the rest.

        After a run that broke, the store says what was made. If it is the store that is away, the hold stays, until
        the same plan is run again or the lease ends.
        """
        digest = each.plan.digest
        if ending := self.endings.get(digest):
            ledger.close(each.plan, spent(ending.made))
            return
        with suppress(OSError, FoundryError):
            made = made_between(self.lacking[digest], count_needs(each.plan, self._own(each)))
            ledger.close(each.plan, spent(made))

    def _build_together(self, orders: Sequence[Admitted]) -> None:
        """Run the orders together, and each alone if that breaks."""
        try:
            self._build(orders)
        except Exception:
            if len(orders) == 1:
                raise
            log.exception("the run of %d campaigns broke; each is made alone", len(orders))
            self._build_alone(orders)

    def _build_alone(self, orders: Sequence[Admitted]) -> None:
        """Run each order by itself and keep the errors; an outage that ends a second order ends them all.

        The first may be one tenant's alone: its bucket is away, or holds a damaged object.
        """
        for each in orders:
            try:
                self._build([each])
            except Exception as error:
                if _is_outage(error) and any(map(_is_outage, self.faults)):
                    raise
                self.faults.append(error)

    def _build(self, orders: Sequence[Admitted]) -> None:
        """Run the flow, and keep its ending for each plan."""
        from models.blender.process import Blender
        from pipelines.campaign.flow import build_all
        from pipelines.engines.live_counts import LiveCounts

        plans = [(each.plan, each.inputs) for each in orders]
        totals = _totals([self.lacking[each.plan.digest] for each in orders])
        live, began = LiveCounts(), time.monotonic()
        with self.display(totals, live.now):
            outcomes = build_all(
                plans,
                self.store,
                generator=self.options.generator,
                blender=Blender(self.options.blender),
                engine=self._engine(),
                counts=live,
            )
        wall_s = time.monotonic() - began if self.options.engine == "embedded" else None
        for each in orders:
            ending = self._ending(each, outcomes[each.plan.digest])
            stats = run_stats(live.now(each.plan.digest), live.now(), wall_s)
            self.endings[each.plan.digest] = replace(ending, stats=stats)

    def _ending(self, each: Admitted, outcome: Outcome) -> Ending:
        """Return what came of an order. The store is asked again only if something was refused or left out."""
        whole = not outcome.refused.total and not outcome.stopped
        after = Needs() if whole else count_needs(each.plan, self._own(each))
        made = made_between(self.lacking[each.plan.digest], after, outcome.refused.cost_usd)
        return Ending(refused=outcome.refused, made=made, lacking=after, stopped=outcome.stopped)

    def _engine(self) -> Engine:
        """Return the engine of one run: a portable runner is good for one only."""
        from pipelines.engines.engine import choose_engine, engine_settings

        return choose_engine(self.options.engine, engine_settings(self.options.engine_config))

    def _own(self, each: Admitted) -> ObjectStore:
        return self.store.for_tenant(each.plan.tenant.id)


def _is_outage(error: Exception) -> bool:
    """Return whether an error is one of the store or the machine, also as the text that the engine makes of it."""
    from transforms.item_faults import SHARED, is_shared

    return is_shared(error) or any(f"{kind.__name__}: " in str(error) for kind in SHARED)


def _totals(lacking: Sequence[Needs]) -> dict[str, int]:
    """Return what is to be made, by the kinds that progress counts; clips only where a scene moves."""
    clips = sum(each.clips_to_film for each in lacking)
    return {
        "shots": sum(each.shots_to_draw for each in lacking),
        **({"clips": clips} if clips else {}),
        "variants": sum(each.files for each in lacking),
    }
