"""A round's work: build what is missing, write manifests, tell of them. Runs in a thread beside the polling one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from foundry.errors import FoundryError
from foundry.plan.estimate import Needs, needs
from foundry.plan.plan import Plan
from foundry.plan.slice import PlanSlice
from foundry.spans import traced
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore
from pipelines.dispatcher.announcing import Announcer
from pipelines.dispatcher.order import Order
from pipelines.dispatcher.outage_budget import GivenUp, OutageBudget, broker_away
from pipelines.dispatcher.outages import outage_of

ATTEMPTS = 3
PROBE, PROBE_BYTES = "probe", 1 << 20
REQUESTS_SHARE = 4
"""One request to a bucket waits for a quarter of the patience, so that the whole of it is not spent on the first."""
log = logging.getLogger("foundry.serve")
FailedOrder = tuple[Order, Exception]


class OutageInRun(OSError):
    """The store failed, or the engine's job server was lost, in the middle of a run."""


@dataclass
class RoundMaker:
    """Makes the next part of orders. `ours` says whether an order is still ours to finish and tell of.

    `engine` gives the engine of each run, the embedded one if it is left out.
    """

    address: str
    announcer: Announcer
    patience: OutageBudget
    is_ours: Callable[[Order], bool]
    blender: str = ""
    generator: Any = None
    reports: bool = True
    engine: Callable[[], Any] | None = None
    report: Callable[[Order, str, ObjectStore], None] = field(default=lambda *told: _report(*told))

    def make(self, orders: Sequence[Order]) -> list[FailedOrder]:
        """Make the next part of each, all in one run; those that cannot be made, with why.

        A run that breaks is tried again, order by order: one bad plan takes nobody with it. Outages are waited out.
        """
        try:
            self.patience.insist(self._needed, lambda: self._make_or_wait(orders), (OutageInRun,))
        except GivenUp:
            raise
        except Exception as error:
            log.exception("a round of %d order(s) broke", len(orders))
            self._wait_for_store(orders)
            return [failed for order in orders for failed in self._alone(order, error, len(orders) > 1)]
        return []

    @property
    def _needed(self) -> str:
        return f"the store {self.address}" + (" or the engine" if self.engine else "")

    def _make_or_wait(self, orders: Sequence[Order]) -> None:
        """Make them; Away where it is the store or the engine that failed, whichever step of the flow met it."""
        try:
            self._make(orders)
        except GivenUp:
            raise
        except Exception as error:
            if outage := outage_of(error):
                raise OutageInRun(outage) from error
            raise

    def _alone(self, order: Order, error: Exception, innocent: bool) -> Iterator[FailedOrder]:
        order.attempts += not innocent
        if not innocent and (isinstance(error, FoundryError) or order.attempts >= ATTEMPTS):
            yield order, error
            return
        yield from self.make([order])

    def _wait_for_store(self, orders: Sequence[Order]) -> None:
        """Return when the store answers and takes bytes; GivenUp if it stays away."""
        store = self._store(orders)
        self.patience.insist(f"the store {self.address}", lambda: _probe(store), (Exception,))

    def _store(self, orders: Sequence[Order]) -> ObjectStore:
        tenants = [order.plan.tenant for order in orders]
        return open_store(self.address, tenants, patience_s=self.patience.seconds / REQUESTS_SHARE)

    def _make(self, orders: Sequence[Order]) -> None:
        store = self._store(orders)
        todo = [(order, order.next_part(), self._begun(order, store)) for order in orders]
        began = time.monotonic()
        letters = self._build([(order, plan) for order, plan, found in todo if not found.nothing], store)
        seconds = time.monotonic() - began
        costs = sum(order.job.costs[0] for order in orders)
        for order, plan, found in todo:
            if found.nothing and isinstance(plan, PlanSlice):
                _keep_none(plan, store)
            _count(order, found, letters.get(plan.digest, ()), seconds * order.job.costs[0] / costs)
            if order.on_last_part:
                self._finish(order, store, flowed=not found.nothing)
            order.attempts = 0

    def _begun(self, order: Order, store: ObjectStore) -> Needs:
        from transforms.parts import forget_parts

        if order.job.made == 0:  # an earlier attempt, with other limits, may have left some
            forget_parts(order.plan, store)
        found = needs(order.next_part(), store.for_tenant(order.tenant))
        order.tally.making = found.variants_to_make + found.variants_only_rendered
        return found

    def _build(self, todo: Sequence[tuple[Order, Plan]], store: ObjectStore) -> dict[str, tuple[Any, ...]]:
        """Run the flow; dead letters by plan. No model is loaded where nothing is missing."""
        if not todo:
            return {}
        from models.blender.process import Blender
        from pipelines.campaign.flow import build_all

        orders = [(plan, order.each.inputs) for order, plan in todo]
        engine = self.engine() if self.engine else None
        with traced({plan.digest: order.trace for order, plan in todo}):
            made = build_all(orders, store, generator=self.generator, blender=Blender(self.blender), engine=engine)
        return {digest: outcome.letters for digest, outcome in made.items()}

    def _finish(self, order: Order, store: ObjectStore, *, flowed: bool) -> None:
        """The campaign's views and events; the flow has written those of a plan that it made whole."""
        from transforms.manifest import write_manifest
        from transforms.parts import forget_parts, letters_of_parts

        if not order.whole:
            write_manifest(order.plan, store, letters_of_parts(order.plan, store))
            forget_parts(order.plan, store)
        elif not flowed:
            write_manifest(order.plan, store, ())
        if not self.is_ours(order):
            return
        self.patience.insist("the broker", lambda: self.announcer.campaign(order, store), broker_away())
        if self.reports:
            self.report(order, self.address, store)


def _keep_none(plan: PlanSlice, store: ObjectStore) -> None:
    from transforms.parts import keep_letters

    keep_letters(plan, store, ())


def _count(order: Order, found: Needs, letters: Sequence[Any], seconds: float) -> None:
    """Add a part that was made to the order's tally, once."""
    tally = order.tally
    tally.making = 0
    if order.counted == len(order.parts):
        return
    order.counted = len(order.parts)
    failed = sum(letter.stage == "render" for letter in letters)
    tally.failed += failed
    tally.made += max(found.variants_to_make + found.variants_only_rendered - failed, 0)
    tally.reused += found.variants_reused
    tally.shots_drawn += found.shots_to_draw
    tally.shots_reused += found.shots_reused
    tally.money += found.money
    tally.seconds += seconds
    tally.failed_ids += [letter.key for letter in letters][: max(0, 100 - len(tally.failed_ids))]


def _probe(store: ObjectStore) -> None:
    """Fails if the store does not take an object and give it up again; a bucket that is not there says `no object`."""
    with store.replacing(PROBE) as path:
        path.write_bytes(bytes(PROBE_BYTES))
    store.remove(PROBE)


def _report(order: Order, address: str, store: ObjectStore) -> None:
    """The page for people. It is a view: what goes wrong with it stops nothing and can be had by `foundry report`."""
    from pipelines.campaign.report import report_again

    with suppress(FoundryError):
        report_again(order.each, address, store)
