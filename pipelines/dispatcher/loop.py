"""The loop: poll always, take, admit, make in rounds, tell, commit. One thread polls, another makes."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from foundry.errors import FoundryError
from pipelines.bus.messages import BriefRequest, CancelRequest
from pipelines.bus.progress import State, campaign_key
from pipelines.dispatcher.admission import Folders, admit_request, read_request
from pipelines.dispatcher.announcing import as_refusal
from pipelines.dispatcher.answering import Health
from pipelines.dispatcher.making import FailedOrder, RoundMaker
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.order import Order, TakenRecord, new_order
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.outage_budget import OutageBudget
from pipelines.dispatcher.tracing import span, trace_id, traceparent_of

IDLE_MS, BUSY_MS = 500, 50
LOOK_S = 2.0
log = logging.getLogger("foundry.serve")


@dataclass
class Dispatcher:
    """One member of the group. `run` returns when it has drained, and raises GivenUp when an outage lasts too long."""

    consumer: Any
    offsets: OffsetBook
    orders: OrderBook
    maker: RoundMaker
    folders: Folders
    backlog: int = 256
    part_cost: int = 200
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)
    _round: Future[list[FailedOrder]] | None = None
    _looked: float = 0.0

    @property
    def patience(self) -> OutageBudget:
        return self.maker.patience

    def drain(self) -> None:
        """Take nothing more; finish the round, commit, leave. May be called from a signal's handler."""
        self.patience.draining.set()

    @property
    def draining(self) -> bool:
        return self.patience.draining.is_set()

    def run(self) -> None:
        """Work until drained."""
        while not (self.draining and self._round is None):
            self.step()
        self._commit()

    def step(self) -> None:
        """One pass: seldom longer than a poll, or than admitting what it brought."""
        wait = BUSY_MS if self._round or self.orders.waiting else IDLE_MS
        found = self.patience.insist("Kafka", lambda: self.consumer.poll(timeout_ms=0 if self.draining else wait))
        self.health.beat()
        self._let_go()
        for records in found.values():
            for record in records:
                self._take(record)
        self._collect()
        self._begin()
        self._commit()
        self._look()

    def _let_go(self) -> None:
        """What the group took from us is somebody else's to make; what is being made of it does no harm."""
        gone = self.offsets.claims.gone()
        for part, epoch in gone:
            self.offsets.close(part, epoch)
        for order in self.orders.release(self.offsets.claims.owns) if gone else ():
            log.info("%s is another dispatcher's now", order.key, extra=_about(order))

    def _take(self, record: Any) -> None:
        taken = None if self.draining else self.offsets.take(record)
        if taken is None:
            return
        try:
            wish = read_request(record)
        except FoundryError as error:
            self._refuse(taken, error, "read")
            return
        if isinstance(wish, CancelRequest):
            self._cancel(taken, wish)
        else:
            self._admit(taken, wish)

    def _admit(self, taken: TakenRecord, wish: BriefRequest) -> None:
        trace = traceparent_of(taken.record)
        try:
            with span("admit", [trace], tenant=wish.tenant, campaign=wish.campaign):
                each = self.patience.insist("the folders", lambda: self._admitted(wish), (FoldersUnreadable,))
        except Exception as error:  # whatever one brief does to us, the others go on
            if not isinstance(error, FoundryError):
                log.exception("admitting %s broke", taken.place)
            self._refuse(taken, error, "admit", wish)
            return
        order, ended = self.orders.take(new_order(each, taken, wish, self.part_cost))
        order.trace = order.trace or trace
        log.info("%s is admitted", order.key, extra=_about(order) | {"place": str(taken.place)})
        self.maker.announcer.send_live_progress(order, "waiting", {})
        if ended:
            self._end(ended, "superseded")

    def _admitted(self, wish: BriefRequest) -> Any:
        try:
            return admit_request(wish, self.folders)
        except OSError as error:
            if all(folder.is_dir() and os.access(folder, os.R_OK) for folder in self.folders.needed):
                raise
            raise FoldersUnreadable(str(error)) from error

    def _cancel(self, taken: TakenRecord, wish: CancelRequest) -> None:
        ended = self.orders.cancel(campaign_key(wish.tenant, wish.campaign))
        if ended:
            self._end(ended, "cancelled")
        self.offsets.settle(taken.place)

    def _refuse(self, taken: TakenRecord, error: Exception, stage: str, wish: BriefRequest | None = None) -> None:
        """The record goes to the dead topic, its sender is told, and only then is it settled."""
        why, teller = as_refusal(error), self.maker.announcer
        self._sure(lambda: teller.dead(taken, why, stage))
        if wish and wish.tenant and wish.campaign:
            self._sure(lambda: teller.refusal(wish.tenant, wish.campaign, wish.request, why))
        self.offsets.settle(taken.place)
        self.metrics.dead.labels(stage, why.code).inc()
        log.warning("%s is refused: %s", taken.place, why, extra={"code": why.code, "place": str(taken.place)})

    def _sure(self, act: Callable[[], None]) -> None:
        self.patience.insist("the broker", act)

    def _begin(self) -> None:
        """Start the next round, if none runs."""
        if self._round or self.draining or not (orders := self.orders.round()):
            return
        future: Future[list[FailedOrder]] = Future()
        self._round = future
        threading.Thread(target=self._work, args=(orders, future), name="round", daemon=True).start()

    def _work(self, orders: list[Order], future: Future[list[FailedOrder]]) -> None:
        began = time.monotonic()
        try:
            with span("round", [order.trace for order in orders], orders=len(orders)):
                future.set_result(self.maker.make(orders))
        except BaseException as error:
            future.set_exception(error)
        self.metrics.round_seconds.observe(time.monotonic() - began)

    def _collect(self) -> None:
        """Progress of the round that runs; once it is done, its orders end or wait for their next part."""
        if self._round is None:
            return
        if not self._round.done():
            for order in self.orders.making:
                self.maker.announcer.send_live_progress(order, "running", _live(order))
            return
        failed, self._round = self._round.result(), None
        for order, error in failed:
            self.orders.fail(order)
            self._fail(order, error)
        for order in self.orders.finish_round():
            self._end(order, order.stopped or "finished" if order.parts else "finished")

    def _fail(self, order: Order, error: Exception) -> None:
        why = as_refusal(error)
        wish = BriefRequest(order.requests[0], order.tenant, order.campaign, {})
        for taken in order.taken:
            if self.offsets.claims.owns(taken.place):
                self._refuse(taken, why, "run", wish)
        self._count(order, "refused")

    def _end(self, order: Order, state: State) -> None:
        """Tell it, then settle its records; not if they are somebody else's."""
        if any(self.offsets.claims.owns(taken.place) for taken in order.taken):
            self._sure(lambda: self.maker.announcer.progress(order, state))
        for taken in order.taken:
            self.offsets.settle(taken.place)
        self._count(order, state)
        log.info("%s: %s", order.key, state, extra=_about(order) | {"state": state, "seconds": order.tally.seconds})

    def _count(self, order: Order, state: State) -> None:
        tally, tenant, counted = order.tally, order.tenant, self.metrics
        self.maker.announcer.forget(order)
        counted.briefs.labels(tenant, state).inc()
        for outcome, number in (("made", tally.made), ("reused", tally.reused), ("failed", tally.failed)):
            counted.variants.labels(tenant, outcome).inc(number)
        for outcome, number in (("drawn", tally.shots_drawn), ("reused", tally.shots_reused)):
            counted.shots.labels(tenant, outcome).inc(number)
        counted.seconds.labels(tenant).inc(tally.seconds)
        counted.money.labels(tenant).inc(float(tally.money))
        if order.taken:
            sent = order.taken[0].record.timestamp / 1000
            counted.wait_seconds.labels(tenant).observe(max(0.0, time.time() - sent))

    def _commit(self) -> None:
        outcome = self.offsets.commit(self.consumer)
        if outcome != "nothing":
            self.metrics.commits.labels(outcome).inc()

    def _look(self) -> None:
        """Back-pressure at every pass; figures now and then."""
        paused = self.offsets.regulate(self.consumer, self.backlog, self.draining)
        joined = self.offsets.claims.rebalances
        self.health.reasons = ("draining",) if self.draining else () if joined else ("not joined yet",)
        if time.monotonic() - self._looked < LOOK_S:
            return
        self._looked = time.monotonic()
        self.metrics.look(self.offsets.ours(), self.orders.by_tenant(), self.consumer)
        self.metrics.paused.set(paused)
        self.metrics.ready.set(not self.health.reasons)
        self.metrics.rebalanced(joined)


class FoldersUnreadable(OSError):
    """The folder of tenants or of their files cannot be read."""


def _live(order: Order) -> dict[str, int]:
    from transforms import progress

    return progress.counts(order.plan.digest)


def _about(order: Order) -> dict[str, Any]:
    told = {"tenant": order.tenant, "campaign": order.campaign, "request": ",".join(order.requests)}
    return {**told, "trace_id": trace_id(order.trace)}
