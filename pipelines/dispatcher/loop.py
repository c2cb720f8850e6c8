"""The dispatcher's loop: poll, take records, admit briefs, start rounds, announce what ended, commit offsets.

One thread polls without a break, so that the group keeps its member; a second one makes the round.
"""

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
from pipelines.bus.client import Consumer, KafkaRecord
from pipelines.bus.messages import BriefRequest, CancelRequest
from pipelines.bus.order_progress import State, campaign_key
from pipelines.dispatcher.admission import Folders, admit_request, read_request
from pipelines.dispatcher.announcing import Announcer, as_refusal
from pipelines.dispatcher.health import Health
from pipelines.dispatcher.making import FailedOrder, RoundMaker
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.order import Order, TakenRecord, new_order
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.outage_budget import OutageBudget
from pipelines.dispatcher.tracing import span, trace_id, traceparent_of
from pipelines.planning.admission import Admitted

IDLE_MS, BUSY_MS = 500, 50
GAUGES_EVERY_S = 2.0
log = logging.getLogger("foundry.serve")


class FoldersUnreadable(OSError):
    """The folder of tenants or that of their files cannot be read."""


@dataclass(kw_only=True)
class Dispatcher:
    """One member of the consumer group.

    backlog: how many unsettled records may be held before partitions are paused. part_cost: the most that one part of a
    campaign may cost, in files. `run` returns once it has drained; GivenUp if an outage lasts too long.
    """

    consumer: Consumer
    offsets: OffsetBook
    orders: OrderBook
    maker: RoundMaker
    announcer: Announcer
    folders: Folders
    outage_budget: OutageBudget
    backlog: int = 256
    part_cost: int = 200
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)
    _round: Future[list[FailedOrder]] | None = None
    _gauges_at: float = 0.0

    def drain(self) -> None:
        """Take no more records, finish the round, commit and leave. A signal handler may call it."""
        self.outage_budget.draining.set()

    @property
    def draining(self) -> bool:
        """True once `drain` was called."""
        return self.outage_budget.draining.is_set()

    def run(self) -> None:
        """Work until drained."""
        while not (self.draining and self._round is None):
            self.step()
        self._commit()

    def step(self) -> None:
        """Make one pass; it seldom takes longer than a poll or than the admission of the records that it returns."""
        wait_ms = BUSY_MS if self._round or self.orders.waiting else IDLE_MS
        polled = self.outage_budget.insist(
            "Kafka", lambda: self.consumer.poll(timeout_ms=0 if self.draining else wait_ms)
        )
        self.health.beat()
        self._release_lost()
        for records in polled.values():
            for record in records:
                self._take(record)
        self._collect_round()
        self._begin_round()
        self._commit()
        self._regulate()

    def _release_lost(self) -> None:
        """Leave the orders of lost partitions to their new owners; to make a part of one here as well does no harm."""
        lost = self.offsets.claims.take_lost()
        for part, epoch in lost:
            self.offsets.close(part, epoch)
        for order in self.orders.release(self.offsets.claims.owns) if lost else ():
            log.info("%s is another dispatcher's now", order.key, extra=_log_fields(order))

    def _take(self, record: KafkaRecord) -> None:
        taken = None if self.draining else self.offsets.take(record)
        if taken is None:
            return
        try:
            request = read_request(record)
        except FoundryError as error:
            self._refuse(taken, error, "read")
            return
        if isinstance(request, CancelRequest):
            self._cancel(taken, request)
        else:
            self._admit(taken, request)

    def _admit(self, taken: TakenRecord, request: BriefRequest) -> None:
        trace = traceparent_of(taken.record)
        try:
            with span("admit", [trace], tenant=request.tenant, campaign=request.campaign):
                admitted = self.outage_budget.insist(
                    "the folders", lambda: self._admit_or_wait(request), (FoldersUnreadable,)
                )
        except Exception as error:
            if not isinstance(error, FoundryError):
                log.exception("admitting %s broke", taken.position)
            self._refuse(taken, error, "admit", request)
            return
        order, ended = self.orders.add(new_order(admitted, taken, request, self.part_cost))
        self.metrics.know_tenants([order.tenant])
        order.trace = order.trace or trace
        log.info("%s is admitted", order.key, extra=_log_fields(order) | {"place": str(taken.position)})
        self.announcer.send_live_progress(order, "waiting", {})
        if ended:
            self._end(ended, "superseded")

    def _admit_or_wait(self, request: BriefRequest) -> Admitted:
        try:
            return admit_request(request, self.folders)
        except OSError as error:
            if all(folder.is_dir() and os.access(folder, os.R_OK) for folder in self.folders.required):
                raise
            raise FoldersUnreadable(str(error)) from error

    def _cancel(self, taken: TakenRecord, request: CancelRequest) -> None:
        ended = self.orders.cancel(campaign_key(request.tenant, request.campaign))
        if ended:
            self._end(ended, "cancelled")
        self.offsets.settle(taken.position)

    def _refuse(self, taken: TakenRecord, error: Exception, stage: str, request: BriefRequest | None = None) -> None:
        """Send the record to the dead topic and the refusal to its sender, and only then settle it."""
        refusal = as_refusal(error)
        self._insist_on_broker(lambda: self.announcer.send_dead_message(taken, refusal, stage))
        if request and request.tenant and request.campaign:
            sender = (request.tenant, request.campaign, request.request_id)
            self._insist_on_broker(lambda: self.announcer.send_refusal(*sender, refusal))
        self.offsets.settle(taken.position)
        self.metrics.count_dead(stage, refusal.code, request.tenant if request else "")
        fields = {"code": refusal.code, "place": str(taken.position)}
        log.warning("%s is refused: %s", taken.position, refusal, extra=fields)

    def _insist_on_broker(self, act: Callable[[], None]) -> None:
        self.outage_budget.insist("the broker", act)

    def _begin_round(self) -> None:
        """Start the next round in a thread, if none runs."""
        if self._round or self.draining or not (orders := self.orders.next_round()):
            return
        future: Future[list[FailedOrder]] = Future()
        self._round = future
        threading.Thread(target=self._make_round, args=(orders, future), name="round", daemon=True).start()

    def _make_round(self, orders: list[Order], future: Future[list[FailedOrder]]) -> None:
        began = time.monotonic()
        try:
            with span("round", [order.trace for order in orders], orders=len(orders)):
                future.set_result(self.maker.make(orders))
        except BaseException as error:  # noqa: BLE001 - the polling thread raises it again
            future.set_exception(error)
        self.metrics.round_seconds.observe(time.monotonic() - began)

    def _collect_round(self) -> None:
        """Report the running round's progress; once it is done, end its orders or let them wait for their next part."""
        if self._round is None:
            return
        if not self._round.done():
            for order in self.orders.making:
                self.announcer.send_live_progress(order, "running", _live_counts(order))
            return
        failed, self._round = self._round.result(), None
        for order, error in failed:
            self.orders.drop_failed(order)
            self._fail(order, error)
        for order in self.orders.finish_round():
            self._end(order, order.stopped or "finished" if order.parts else "finished")

    def _fail(self, order: Order, error: Exception) -> None:
        request = BriefRequest(order.request_ids[0], order.tenant, order.campaign, {})
        for taken in order.records:
            if self.offsets.claims.owns(taken.position):
                self._refuse(taken, as_refusal(error), "run", request)
        self._count(order, "refused")

    def _end(self, order: Order, state: State) -> None:
        """Announce the end of an order, unless all its records are another dispatcher's; then settle its records."""
        if any(self.offsets.claims.owns(taken.position) for taken in order.records):
            self._insist_on_broker(lambda: self.announcer.send_progress(order, state))
        for taken in order.records:
            self.offsets.settle(taken.position)
        self._count(order, state)
        fields = _log_fields(order) | {"state": state, "seconds": order.tally.seconds}
        log.info("%s: %s", order.key, state, extra=fields)

    def _count(self, order: Order, state: State) -> None:
        """Add an order that ended to the metrics."""
        self.announcer.forget(order)
        waited_s = time.time() - order.records[0].record.timestamp / 1000 if order.records else None
        self.metrics.count_order(order.tenant, state, order.tally, waited_s)

    def _commit(self) -> None:
        outcome = self.offsets.commit(self.consumer)
        if outcome != "nothing":
            self.metrics.commits.labels(outcome).inc()

    def _regulate(self) -> None:
        """Pause or resume partitions and set the readiness; now and then, also the gauges."""
        paused = self.offsets.regulate(self.consumer, self.backlog, self.draining)
        rebalances = self.offsets.claims.rebalances
        self.health.draining, self.health.joined = self.draining, rebalances > 0
        if time.monotonic() - self._gauges_at < GAUGES_EVERY_S:
            return
        self._gauges_at = time.monotonic()
        self.metrics.update_gauges(self.offsets.ours(), self.orders.count_by_tenant(), self.consumer)
        self.metrics.paused.set(paused)
        self.metrics.count_rebalances(rebalances)


def _live_counts(order: Order) -> dict[str, int]:
    from transforms import progress

    return progress.counts(order.plan.digest)


def _log_fields(order: Order) -> dict[str, Any]:
    requests = ",".join(order.request_ids)
    return {
        "tenant": order.tenant, "campaign": order.campaign, "request": requests, "trace_id": trace_id(order.trace),
    }  # fmt: skip
