"""The work of a round: make what is missing, write manifests, announce them. It runs in a thread of its own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from foundry.errors import FoundryError
from foundry.manifest import SHOT_STAGES, DeadLetter
from foundry.plan.estimate import Made, Needs, count_needs
from foundry.plan.plan import Plan
from foundry.plan.slice import PlanSlice
from foundry.retrying import Clock, SystemClock
from foundry.spans import trace_plans
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore
from pipelines.bus.order_progress import MOST_FAILED_IDS
from pipelines.dispatcher.order import Order
from pipelines.dispatcher.outage_budget import GivenUp, OutageBudget, broker_away
from pipelines.dispatcher.outages import outage_of
from pipelines.dispatcher.spending import PartToMake, abandon, hold_quotas, made_of, settled
from pipelines.dispatcher.stops import passing_stops_on
from pipelines.planning.quota_ledger import QuotaLedger

if TYPE_CHECKING:
    from pipelines.engines.engine import Engine

ATTEMPTS = 3
PROBE, PROBE_BYTES = "probe", 1 << 20
REQUESTS_SHARE = 4
"""One request to a bucket may take a quarter of the outage budget, so that the first does not use all of it."""
log = logging.getLogger("foundry.serve")


class OutageInRun(OSError):
    """The store failed, or the engine's job server was lost, during a run."""


class FailedOrder(NamedTuple):
    """An order that cannot be made, and the reason."""

    order: Order
    error: Exception


class CampaignAnnouncer(Protocol):
    """Sends the events of a finished campaign; NotSent if the brokers do not take them."""

    def send_campaign_events(self, order: Order, store: ObjectStore) -> int:
        """Send all events that the manifest stage wrote; return their number."""


@dataclass(kw_only=True)
class RoundMaker:
    """Makes the next part of orders.

    address: of the store. is_ours: whether an order is still ours to finish and announce. generator: draws in place of
    the plans' model cards, as in `build_all`. make_engine: gives the engine of each run; the embedded one if None.
    clock: says which month's quotas count.
    """

    address: str
    announcer: CampaignAnnouncer
    outage_budget: OutageBudget
    is_ours: Callable[[Order], bool]
    blender: str = ""
    generator: Any = None
    reports: bool = True
    make_engine: Callable[[], Engine] | None = None
    clock: Clock = field(default_factory=SystemClock)

    def make(self, orders: Sequence[Order]) -> list[FailedOrder]:
        """Make the next part of all orders in one run; return those that cannot be made.

        Outages are waited out; GivenUp if one lasts too long. After another error each order is made alone, so that a
        plan that breaks the run does not take the others with it.
        """
        try:
            return self.outage_budget.insist(self._what_is_needed, lambda: self._make_or_wait(orders), (OutageInRun,))
        except GivenUp:
            raise
        except Exception as error:
            log.exception("a round of %d order(s) broke", len(orders))
            self._wait_for_store(orders)
            return [failed for order in orders for failed in self._make_alone(order, error, len(orders) > 1)]

    @property
    def _what_is_needed(self) -> str:
        return f"the store {self.address}" + (" or the engine" if self.make_engine else "")

    def _make_or_wait(self, orders: Sequence[Order]) -> list[FailedOrder]:
        """Make the next parts; OutageInRun if it was the store or the engine that failed, in whichever step."""
        try:
            return self._make(orders)
        except GivenUp:
            raise
        except Exception as error:
            if outage := outage_of(error):
                raise OutageInRun(outage) from error
            raise

    def _make_alone(self, order: Order, error: Exception, others_present: bool) -> Iterator[FailedOrder]:
        """Make an order again, alone, after a run that broke; yield it if it is at fault and has no attempt left.

        It is at fault if it was alone in that run. Only then does the run count as an attempt.
        """
        order.attempts += not others_present
        if not others_present and (isinstance(error, FoundryError) or order.attempts >= ATTEMPTS):
            abandon(order, QuotaLedger(self._store([order]), self.clock))
            yield FailedOrder(order, error)
            return
        yield from self.make([order])

    def end_waiting(self, order: Order) -> None:
        """End an order that was cancelled or superseded between two parts: show what exists, and release its quota.

        It waits for the store as the engine does, so it belongs in a thread; an outage leaves both to the next order.
        """
        store = self._store([order])
        try:
            if not order.whole and order.work.parts_made:
                self._write_manifest(order, store, built=True)
        except (OSError, FoundryError) as error:
            log.warning("the manifest of %s was not written: %s", order.key, error)
        abandon(order, QuotaLedger(store, self.clock))

    def _wait_for_store(self, orders: Sequence[Order]) -> None:
        """Return once the store answers and takes bytes; GivenUp if it is away for too long."""
        store = self._store(orders)
        self.outage_budget.insist(f"the store {self.address}", lambda: _probe(store), (Exception,))

    def _store(self, orders: Sequence[Order]) -> ObjectStore:
        tenants = [order.plan.tenant for order in orders]
        return open_store(self.address, tenants, patience_s=self.outage_budget.seconds / REQUESTS_SHARE)

    def _make(self, orders: Sequence[Order]) -> list[FailedOrder]:
        """Make the next parts of the orders that their tenants' quotas allow; return the others."""
        store = self._store(orders)
        ledger = QuotaLedger(store, self.clock)
        todo = [PartToMake(order, order.next_part(), self._find_needs(order, store)) for order in orders]
        refused = hold_quotas(todo, ledger)
        going = [part for part in todo if part.order.held]
        began = time.monotonic()
        with passing_stops_on([part.order for part in going], store, self.is_ours):
            letters = self._build([(part.order, part.plan) for part in going if not part.lacking.nothing], store)
        seconds = time.monotonic() - began
        made = {part.plan.digest: made_of(part, letters.get(part.plan.digest, ()), store) for part in going}
        ledger.settle_each([settled(part, made[part.plan.digest]) for part in going])
        round_cost = sum(part.order.work.next_cost for part in going)
        for part in going:
            share_s = seconds * part.order.work.next_cost / round_cost
            self._end_part(part, made[part.plan.digest], letters.get(part.plan.digest, ()), share_s, store)
        return [FailedOrder(part.order, refused[part.plan.digest]) for part in todo if not part.order.held]

    def _end_part(
        self, part: PartToMake, made: Made, letters: Sequence[DeadLetter], seconds: float, store: ObjectStore
    ) -> None:
        """Count a part that was made; after the last one, and after a stop, write what the campaign has to show."""
        order, plan = part.order, part.plan
        if part.lacking.nothing and isinstance(plan, PlanSlice):
            _keep_no_letters(plan, store)
        count_part(order, part.lacking, made, letters, seconds)
        if order.stopped and not order.complete:
            if self.is_ours(order):
                self._write_manifest(order, store, built=not part.lacking.nothing)
        elif order.on_last_part:
            self._finish(order, store, built=not part.lacking.nothing)
        order.attempts = 0

    def _find_needs(self, order: Order, store: ObjectStore) -> Needs:
        from transforms.slice_letters import forget_slices

        if order.work.parts_made == 0:  # an earlier attempt, with other limits, may have left letters of parts
            forget_slices(order.plan, store)
        lacking = count_needs(order.next_part(), store.for_tenant(order.tenant))
        order.tally.making = lacking.files
        order.tally.drawing = lacking.shots_to_draw
        return lacking

    def _build(self, todo: Sequence[tuple[Order, Plan]], store: ObjectStore) -> Mapping[str, Sequence[DeadLetter]]:
        """Run the flow for these orders; return the dead letters by plan. Without orders, no model is loaded."""
        if not todo:
            return {}
        from models.blender.process import Blender
        from pipelines.campaign.flow import build_all

        plans = [(plan, order.admitted.inputs) for order, plan in todo]
        engine = self.make_engine() if self.make_engine else None
        with trace_plans({plan.digest: order.trace for order, plan in todo}):
            outcomes = build_all(plans, store, generator=self.generator, blender=Blender(self.blender), engine=engine)
        return {digest: outcome.letters for digest, outcome in outcomes.items()}

    def _write_manifest(self, order: Order, store: ObjectStore, *, built: bool) -> None:
        """Write the manifest, unless the flow wrote it because it built the whole plan."""
        from transforms.manifest import write_manifest
        from transforms.slice_letters import forget_slices, letters_of_slices

        if not order.whole:
            write_manifest(order.plan, store, letters_of_slices(order.plan, store))
            forget_slices(order.plan, store)
        elif not built:
            write_manifest(order.plan, store, ())

    def _finish(self, order: Order, store: ObjectStore, *, built: bool) -> None:
        """Write the manifest, announce and report it."""
        self._write_manifest(order, store, built=built)
        if not self.is_ours(order):
            return
        announce = self.announcer.send_campaign_events
        self.outage_budget.insist("the broker", lambda: announce(order, store), broker_away())
        if self.reports:
            _write_report(order, self.address, store)


def count_part(order: Order, lacking: Needs, made: Made, letters: Sequence[DeadLetter], seconds: float) -> None:
    """Add a part that was made to the order's tally, once, however often it was made."""
    tally = order.tally
    tally.making = tally.drawing = 0
    if order.parts_left_at_count == len(order.parts):
        return
    order.parts_left_at_count = len(order.parts)
    tally.failed += sum(letter.stage == "render" for letter in letters)
    tally.made += made.files
    tally.reused += lacking.variants_reused
    tally.shots_drawn += made.shots
    tally.shots_reused += lacking.shots_reused
    tally.shots_refused += sum(letter.stage in SHOT_STAGES for letter in letters)
    tally.bugs += sum(letter.code == "bug" for letter in letters)
    tally.money += made.money
    tally.seconds += seconds
    tally.failed_ids += [letter.key for letter in letters][: max(0, MOST_FAILED_IDS - len(tally.failed_ids))]


def _keep_no_letters(plan: PlanSlice, store: ObjectStore) -> None:
    from transforms.slice_letters import keep_letters

    keep_letters(plan, store, ())


def _probe(store: ObjectStore) -> None:
    """Write an object and remove it; the store's error if it cannot. For a bucket that is not there, reads say 404."""
    with store.replacing(PROBE) as path:
        path.write_bytes(bytes(PROBE_BYTES))
    store.remove(PROBE)


def _write_report(order: Order, address: str, store: ObjectStore) -> None:
    """Write the page for people. A failure stops nothing: `foundry report` can write the page later."""
    from pipelines.campaign.report import report_again

    with suppress(FoundryError):
        report_again(order.admitted, address, store)
