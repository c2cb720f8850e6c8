"""The work of a round: make what is missing, write manifests, announce them. It runs in a thread of its own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from foundry.errors import FoundryError
from foundry.plan.estimate import Made, Needs, count_needs
from foundry.retrying import Clock, SystemClock
from foundry.spans import trace_plans
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore
from pipelines.dispatcher.lookout import ask_store
from pipelines.dispatcher.order import Order
from pipelines.dispatcher.outage_budget import GivenUp, OutageBudget, broker_away, refused_for_good
from pipelines.dispatcher.outages import engine_is_lost, outage_of
from pipelines.dispatcher.part_counting import PartLetters, count_part
from pipelines.dispatcher.spending import PartToMake, abandon, hold_quotas, made_of, settled
from pipelines.dispatcher.stops import passing_stops_on
from pipelines.planning.quota_ledger import QuotaLedger

if TYPE_CHECKING:
    from pipelines.campaign.flow import Outcome
    from pipelines.engines.engine import Engine

ATTEMPTS = 3
REQUESTS_SHARE = 4
"""One request to a bucket may take a quarter of the outage budget, so that the first does not use all of it."""
ASK_S = 10.0
"""A store that is only asked whether it works may take this long to answer."""
log = logging.getLogger("foundry.serve")


class EngineAway(OSError):
    """The engine's job server was lost during a run."""


class StoreAway(OSError):
    """The store of one of a run's tenants failed during the run."""


class FailedOrder(NamedTuple):
    """An order that cannot be made, and the reason."""

    order: Order
    error: Exception


class AwayOrder(NamedTuple):
    """An order that must wait, because its tenant's store does not work, and the reason."""

    order: Order
    reason: str


@dataclass
class RoundResult:
    """The orders of a round whose part was not made."""

    failed: list[FailedOrder] = field(default_factory=list)
    away: list[AwayOrder] = field(default_factory=list)

    def lacks(self, order: Order) -> bool:
        """Return whether an order is among them."""
        return any(lacking is order for lacking, _ in (*self.failed, *self.away))


class CampaignAnnouncer(Protocol):
    """Sends the events of a finished campaign; NotSent if the brokers do not take them."""

    def send_campaign_events(self, order: Order, store: ObjectStore) -> int:
        """Send all events that the manifest stage wrote; return their number."""


@dataclass(kw_only=True)
class RoundMaker:
    """Makes the next part of orders.

    address: of the store. is_ours: whether an order is still ours to finish and announce. generator: draws in place of
    the plans' model cards, as in `build_all`. make_engine: gives the engine of each run; the embedded one if None.
    clock: says which month's quotas count. count_bug: is told the place of each error that nobody foresaw.
    count_run: is told the counts of each run that ended well, by kind.
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
    count_bug: Callable[[str], None] = lambda _: None
    count_run: Callable[[Mapping[str, int]], None] = lambda _: None

    def make(self, orders: Sequence[Order], doubtful: frozenset[str] = frozenset()) -> RoundResult:
        """Make the next part of all orders in one run; return those that failed or must wait.

        The orders of each of the `doubtful` tenants are made in a run of their own, because their last one failed. An
        outage of a store concerns only the tenants who use it: the others' orders are made. GivenUp if the engine or
        the broker is away for too long. After another error each order is made alone, so that a plan that breaks the
        run does not take the others with it.
        """
        result = RoundResult()
        self._make_group([order for order in orders if order.tenant not in doubtful], result)
        for tenant in sorted(doubtful):
            self._make_group([order for order in orders if order.tenant == tenant], result)
        return result

    def ask_store(self, order: Order) -> str:
        """Return why the store of an order's tenant does not work; "" if it does. It is asked by reading alone."""
        try:
            store = open_store(self.address, [order.plan.tenant], patience_s=ASK_S)
            ask_store(store.for_tenant(order.tenant))
        except Exception as error:  # noqa: BLE001 - whatever it is, the store cannot be used
            return str(error) or type(error).__name__
        return ""

    def has_own_store(self, order: Order) -> bool:
        """Return whether an order's tenant keeps its objects in a bucket of its own."""
        return "://" in self.address and order.plan.tenant.storage is not None

    def _make_group(self, orders: Sequence[Order], result: RoundResult) -> None:
        if not orders:
            return
        try:
            act = partial(self._make_or_tell, orders)
            result.failed += self.outage_budget.insist("the engine", act, (EngineAway,), kind="engine")
        except GivenUp:
            raise
        except StoreAway as error:
            self._set_away_aside(orders, str(error), result)
        except Exception as error:
            log.exception("a run of %d order(s) broke", len(orders))
            if not isinstance(error, FoundryError):
                self.count_bug("round")
            self._make_apart(orders, error, result)

    def _make_or_tell(self, orders: Sequence[Order]) -> list[FailedOrder]:
        """Make the next parts; EngineAway or StoreAway if it was one of these that failed, in whichever step."""
        try:
            return self._make(orders)
        except GivenUp:
            raise
        except Exception as error:
            if engine_is_lost(error):
                raise EngineAway(outage_of(error)) from error
            if not refused_for_good(error) and (outage := outage_of(error)):
                raise StoreAway(outage) from error
            raise

    def _set_away_aside(self, orders: Sequence[Order], reason: str, result: RoundResult) -> None:
        """After an outage of a store, let the tenants wait whose store is away, and make the others' orders.

        If all stores answer when they are asked, each tenant's orders are made alone, and wait if that fails again.
        """
        tenants = {order.tenant: order for order in orders}
        if len(tenants) == 1:
            result.away += [AwayOrder(order, reason) for order in orders]
            return
        reasons = {tenant: self.ask_store(order) for tenant, order in tenants.items()}
        away = {tenant for tenant, why in reasons.items() if why}
        result.away += [AwayOrder(order, reasons[order.tenant]) for order in orders if order.tenant in away]
        if away:
            self._make_group([order for order in orders if order.tenant not in away], result)
            return
        for tenant in tenants:
            self._make_group([order for order in orders if order.tenant == tenant], result)

    def _make_apart(self, orders: Sequence[Order], error: Exception, result: RoundResult) -> None:
        """After a run that broke, make each order alone; one is at fault if it was alone in that run.

        Only then does the run count as an attempt, and only if its tenant's store works.
        """
        if len(orders) > 1:
            for order in orders:
                self._make_group([order], result)
            return
        [order] = orders
        if why := self.ask_store(order):
            result.away.append(AwayOrder(order, why))
            return
        order.attempts += 1
        if isinstance(error, FoundryError) or order.attempts >= ATTEMPTS:
            abandon(order, QuotaLedger(self._store([order]), self.clock))
            result.failed.append(FailedOrder(order, error))
        else:
            self._make_group(orders, result)

    def end_waiting(self, order: Order) -> None:
        """End an order that was cancelled or superseded between two parts: show what exists, and release its quota.

        It waits for the store as the engine does, so it belongs in a thread; an outage leaves both to the next order.
        """
        store = self._store([order])
        try:
            if not order.whole and order.work.parts_made:
                self._write_index(order, store)
        except (OSError, FoundryError) as error:
            log.warning("the manifest of %s was not written: %s", order.key, error)
        abandon(order, QuotaLedger(store, self.clock))

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
            letters = self._build(going, store)
        seconds = time.monotonic() - began
        made = {part.plan.digest: made_of(part, letters[part.plan.digest].figures, store) for part in going}
        ledger.settle_each([settled(part, made[part.plan.digest], ours=self.is_ours(part.order)) for part in going])
        round_cost = sum(part.order.work.next_cost for part in going)
        for part in going:
            share_s = seconds * part.order.work.next_cost / round_cost
            self._end_part(part, made[part.plan.digest], letters[part.plan.digest], share_s, store)
        return [FailedOrder(part.order, refused[part.plan.digest]) for part in todo if not part.order.held]

    def _end_part(self, part: PartToMake, made: Made, letters: PartLetters, seconds: float, store: ObjectStore) -> None:
        """Count a part that was made; after the last one, and after a stop, write what the campaign has to show."""
        order = part.order
        count_part(order, part.lacking, made, letters, seconds)
        if order.stopped and not order.complete:
            if self.is_ours(order):
                self._write_index(order, store)
        elif order.on_last_part:
            self._finish(order, store)
        order.attempts = 0

    def _find_needs(self, order: Order, store: ObjectStore) -> Needs:
        from transforms.slice_results import forget_results

        if order.work.parts_made == 0:  # an earlier attempt, with other limits, may have left results of parts
            forget_results(order.plan, store.for_tenant(order.tenant))
        order.counts = None
        lacking = count_needs(order.next_part(), store.for_tenant(order.tenant))
        order.tally.making = lacking.files
        order.tally.drawing = lacking.shots_to_draw
        return lacking

    def _build(self, parts: Sequence[PartToMake], store: ObjectStore) -> Mapping[str, PartLetters]:
        """Run the flow for these parts; return the dead letters by plan.

        No model is loaded for parts of which nothing is missing: their files are listed in a run of their own.
        """
        from pipelines.campaign.flow import list_all

        lacking = [part for part in parts if not part.lacking.nothing]
        whole = [part.plan for part in parts if part.lacking.nothing]
        with trace_plans({part.plan.digest: part.order.trace for part in parts}):
            outcomes = self._make_missing(lacking, store) if lacking else {}
            if whole:
                outcomes |= list_all(whole, store, engine=self._engine())
        return {digest: PartLetters(outcome.letters, outcome.refused) for digest, outcome in outcomes.items()}

    def _make_missing(self, parts: Sequence[PartToMake], store: ObjectStore) -> dict[str, Outcome]:
        from models.blender.process import Blender
        from pipelines.campaign.flow import build_all
        from pipelines.engines.live_counts import LiveCounts

        plans, counts = [(part.plan, part.order.admitted.inputs) for part in parts], LiveCounts()
        for part in parts:
            part.order.counts = counts
        means: dict[str, Any] = {"generator": self.generator, "blender": Blender(self.blender)}
        outcomes = build_all(plans, store, engine=self._engine(), counts=counts, **means)
        self.count_run(counts.now())
        return outcomes

    def _engine(self) -> Engine | None:
        """Return the engine of one run: a portable runner is good for one only."""
        return self.make_engine() if self.make_engine else None

    def _write_index(self, order: Order, store: ObjectStore) -> None:
        """Write the manifest's index of an order that was made in parts; the flow of a whole plan writes its own."""
        from transforms.finish_manifest import write_index
        from transforms.slice_results import each_result

        if not order.whole:
            own = store.for_tenant(order.tenant)
            write_index(order.plan, own, each_result(order.plan, own))

    def _finish(self, order: Order, store: ObjectStore) -> None:
        """Write the manifest's index, announce and report it."""
        self._write_index(order, store)
        if not self.is_ours(order):
            return
        announce = self.announcer.send_campaign_events
        self.outage_budget.insist("the broker", lambda: announce(order, store), broker_away())
        if self.reports:
            _write_report(order, self.address, store)


def _write_report(order: Order, address: str, store: ObjectStore) -> None:
    """Write the page for people. A failure stops nothing: `foundry report` can write the page later."""
    from pipelines.campaign.report import report_again

    with suppress(FoundryError):
        report_again(order.admitted, address, store)
