"""The dispatcher's loop: poll, take records, admit briefs, start rounds, announce what ended, commit offsets.

One thread polls without a break, so that the group keeps its member; a second one makes the round.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from foundry.errors import FoundryError
from pipelines.bus.client import Consumer, KafkaRecord
from pipelines.bus.messages import Sender
from pipelines.bus.order_progress import State, campaign_key
from pipelines.dispatcher.admission_desk import Admission, AdmissionDesk
from pipelines.dispatcher.admission_work import (
    AdmissionBroke,
    AdmittedBrief,
    Answer,
    Broke,
    Cancellation,
    Refused,
)
from pipelines.dispatcher.announcing import Announcer, as_refusal
from pipelines.dispatcher.errands import Errands
from pipelines.dispatcher.health import Health, OutageKind
from pipelines.dispatcher.making import FailedOrder, RoundMaker, RoundResult
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.order import Order, TakenRecord, new_order
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.outage_budget import GivenUp, OutageBudget
from pipelines.dispatcher.refusing import RecordTooLarge, Refuser
from pipelines.dispatcher.state_report import show_state
from pipelines.dispatcher.tenant_outages import TenantOutages
from pipelines.dispatcher.tracing import record_span, span, trace_id, traceparent_of

IDLE_MS, BUSY_MS, ADMITTING_MS = 500, 50, 5
"""How long a poll waits for records: with nothing to do, during a round, while answers of admission are awaited."""
GAUGES_EVERY_S = 2.0
MOST_ANSWERS = 100
LARGEST_RECORD = 5_100_000
"""Bytes of a record that is read: a brief of 5 MB, and its headers."""
log = logging.getLogger("foundry.serve")


@dataclass(kw_only=True)
class Dispatcher:
    """One member of the consumer group.

    backlog: how many unsettled records may be held before partitions are paused. largest_record: bytes of a record that
    is read. `run` returns once it has drained; GivenUp if an outage lasts too long.
    """

    consumer: Consumer
    offsets: OffsetBook
    orders: OrderBook
    maker: RoundMaker
    announcer: Announcer
    desk: AdmissionDesk
    refuser: Refuser
    outage_budget: OutageBudget
    backlog: int = 256
    largest_record: int = LARGEST_RECORD
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)
    _round: Future[RoundResult] | None = None
    tenant_outages: TenantOutages = field(default_factory=TenantOutages)
    errands: Errands = field(default_factory=Errands)
    _doubtful: frozenset[str] = frozenset()
    _store_answers: deque[tuple[str, str]] = field(default_factory=deque)
    _gauges_at: float = 0.0
    _shown: set[tuple[OutageKind, str]] = field(default_factory=set)

    def drain(self) -> None:
        """Take no more records, finish the round, commit and leave. A signal handler may call it."""
        self.outage_budget.draining.set()

    @property
    def draining(self) -> bool:
        """True once `drain` was called."""
        return self.outage_budget.draining.is_set()

    def run(self) -> None:
        """Work until drained. Admissions that are running then are given up; their records are read again."""
        self.desk.open()
        try:
            while not (self.draining and self._round is None):
                self.step()
        finally:
            self.desk.close()
            self.errands.close()
        self._commit()

    def step(self) -> None:
        """Make one pass; it seldom takes longer than a poll."""
        wait_ms = ADMITTING_MS if not self.desk.idle else BUSY_MS if self._round or self.orders.waiting else IDLE_MS
        polled = self.outage_budget.insist(
            "Kafka", lambda: self.consumer.poll(timeout_ms=0 if self.draining else wait_ms), (Exception,)
        )
        self.health.beat()
        self._release_lost()
        for records in polled.values():
            for record in records:
                self._take(record)
        for admission in self.desk.answers(MOST_ANSWERS):
            self._apply(admission)
        self.refuser.flush()
        self._collect_round()
        self._begin_round()
        self._commit()
        self._regulate()

    def _release_lost(self) -> None:
        """Leave the orders of lost partitions to their new owners; to make a part of one here as well does no harm."""
        lost = self.offsets.claims.take_lost()
        for part, epoch in lost:
            self.offsets.close(part, epoch)
        if lost:
            self.desk.drop(lambda taken: not self.offsets.claims.owns(taken.position))
        for order in self.orders.release(self.offsets.claims.owns) if lost else ():
            log.info("%s is another dispatcher's now", order.key, extra=_log_fields(order))

    def _take(self, record: KafkaRecord) -> None:
        """Hand a record to admission. A record that is too large is refused unread."""
        taken = None if self.draining else self.offsets.take(record)
        if taken is None:
            return
        with self._blaming(taken):
            if taken.size > self.largest_record:
                raise RecordTooLarge(str(taken.position), taken.size, self.largest_record)
            self.desk.add(taken)

    def _apply(self, admission: Admission) -> None:
        """Do what the answer to a record asks for, unless the record is another dispatcher's now."""
        taken, answer, seconds, ended_ns = admission
        if self.draining or not self.offsets.claims.owns(taken.position):
            return
        with self._blaming(taken):
            self.metrics.admission_seconds.observe(seconds)
            record_admission(taken, answer, ended_ns - int(seconds * 1e9), ended_ns)
            if isinstance(answer, AdmittedBrief):
                self._add(taken, answer)
            elif isinstance(answer, Cancellation):
                self._cancel(taken, answer.sender)
            elif isinstance(answer, Refused):
                self.refuser.refuse(taken, answer.error, answer.stage, answer.sender)
            elif isinstance(answer, Broke):
                self._refuse_broken(taken, answer)

    def _add(self, taken: TakenRecord, answer: AdmittedBrief) -> None:
        order, ended = self.orders.add(new_order(answer.admitted, taken, answer.sender.request_id, answer.parts))
        self.metrics.know_tenants([order.tenant])
        order.trace = order.trace or traceparent_of(taken.record)
        log.info("%s is admitted", order.key, extra=_log_fields(order) | {"place": str(taken.position)})
        self.announcer.send_live_progress(order, "waiting", {})
        if ended:
            self._end_waiting(ended, "superseded")

    def _cancel(self, taken: TakenRecord, sender: Sender) -> None:
        ended = self.orders.cancel(campaign_key(sender.tenant, sender.campaign))
        if ended:
            self._end_waiting(ended, "cancelled")
        self.offsets.settle(taken.position)

    def _end_waiting(self, order: Order, state: State) -> None:
        """End an order between two of its parts; what its end writes to the store does not hold the polling up."""
        self._end(order, state)
        if order.held or order.work.parts_made:
            threading.Thread(target=self.maker.end_waiting, args=(order,), name="end", daemon=True).start()

    def _refuse_broken(self, taken: TakenRecord, answer: Broke) -> None:
        trace = trace_id(traceparent_of(taken.record))
        self.metrics.count_bug(answer.stage)
        log.error("%s of %s broke: %s", answer.stage, taken.position, answer.trace, extra={"trace_id": trace})
        self.refuser.refuse(taken, AdmissionBroke(answer.kind, trace), answer.stage, answer.sender)

    @contextmanager
    def _blaming(self, *records: TakenRecord) -> Iterator[None]:
        """Make any error of the block the dead letter of these records. No record ends the loop.

        Only GivenUp leaves it: something that everybody needs is away.
        """
        try:
            yield
        except GivenUp:
            raise
        except Exception as error:
            if not isinstance(error, FoundryError):
                self.metrics.count_bug("loop")
                log.exception("the loop broke over %s", ", ".join(str(taken.position) for taken in records))
            for taken in records:
                trace = trace_id(traceparent_of(taken.record))
                refusal = error if isinstance(error, FoundryError) else AdmissionBroke(type(error).__name__, trace)
                self.refuser.refuse(taken, refusal, "read")

    def _begin_round(self) -> None:
        """Start the next round in a thread, if none runs."""
        self._ask_stores()
        if self._round or self.draining or not (orders := self.orders.next_round(self.tenant_outages.waiting)):
            return
        future: Future[RoundResult] = Future()
        self._round = future
        self._doubtful = self.tenant_outages.doubtful
        threading.Thread(target=self._make_round, args=(orders, future), name="round", daemon=True).start()

    def _make_round(self, orders: list[Order], future: Future[RoundResult]) -> None:
        began = time.monotonic()
        try:
            with span("round", [order.trace for order in orders], orders=len(orders)):
                future.set_result(self.maker.make(orders, self._doubtful))
        except BaseException as error:  # noqa: BLE001 - the polling thread raises it again
            future.set_exception(error)
        self.metrics.round_seconds.observe(time.monotonic() - began)

    def _collect_round(self) -> None:
        """Report the running round's progress; once it is done, end its orders or let them wait for their next part."""
        if self._round is None:
            return
        if not self._round.done():
            with self._blaming():
                for order in self.orders.making:
                    self.announcer.send_live_progress(order, "running", order.live_counts())
            return
        result, self._round = self._result(self._round), None
        made = {order.tenant for order in self.orders.making if not result.lacks(order)}
        for tenant in made:
            self.tenant_outages.end(tenant)
        self._put_off(result)
        for order, error in result.failed:
            self.orders.drop_failed(order)
            with self._blaming(*order.records):
                self._fail(order, error)
        for order in self.orders.finish_round():
            with self._blaming(*order.records):
                self._end(order, "finished" if order.complete else order.stopped or "finished")
        self.refuser.flush()

    def _result(self, ended: Future[RoundResult]) -> RoundResult:
        """Return the result of a round that ended; after a bug in the round itself, all its orders have failed."""
        try:
            return ended.result()
        except GivenUp:
            raise
        except Exception as error:
            log.exception("a round broke")
            self.metrics.count_bug("round")
            return RoundResult(failed=[FailedOrder(order, error) for order in self.orders.making])

    def _put_off(self, result: RoundResult) -> None:
        """Let the orders wait whose tenants' stores are away."""
        for tenant, reason in {order.tenant: reason for order, reason in result.away}.items():
            self.tenant_outages.begin(tenant, reason)
        for order, _ in result.away:
            self.orders.put_off(order)

    def _ask_stores(self) -> None:
        """Ask the stores that are away whether they work again, beside this loop, and take the answers that came."""
        while self._store_answers:
            self.tenant_outages.tell_answer(*self._store_answers.popleft())
        self.tenant_outages.forget(self.tenant_outages.doubtful - self.orders.count_by_tenant().keys())
        for tenant in self.tenant_outages.due():
            order = self.orders.of_tenant(tenant)
            if order:
                self.errands.run(f"asking the store of {tenant}", partial(self._ask_store, tenant, order))

    def _ask_store(self, tenant: str, order: Order) -> None:
        self._store_answers.append((tenant, self.maker.ask_store(order)))

    def _fail(self, order: Order, error: Exception) -> None:
        sender = Sender(order.tenant, campaign=order.campaign, request_id=order.request_ids[0])
        for taken in order.records:
            if self.offsets.claims.owns(taken.position):
                self.refuser.refuse(taken, as_refusal(error), "run", sender)
        self._count(order, "refused")

    def _end(self, order: Order, state: State) -> None:
        """Announce the end of an order, unless all its records are another dispatcher's; then settle its records."""
        if any(self.offsets.claims.owns(taken.position) for taken in order.records):
            self.outage_budget.insist("the broker", lambda: self.announcer.send_progress(order, state))
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
        self._shown = show_state(self, self._shown)
        self.metrics.update_gauges(self.offsets.ours(), self.orders.count_by_tenant(), self.consumer)
        self.metrics.paused.set(paused)
        self.metrics.count_rebalances(rebalances)


def record_admission(taken: TakenRecord, answer: Answer, began_ns: int, ended_ns: int) -> None:
    """Record the span of an admission that a worker did."""
    sender = getattr(answer, "sender", None)
    about = {"tenant": sender.tenant, "campaign": sender.campaign} if sender else {}
    record_span("admit", traceparent_of(taken.record), began_ns, ended_ns, **about)


def _log_fields(order: Order) -> dict[str, Any]:
    requests = ",".join(order.request_ids)
    return {
        "tenant": order.tenant, "campaign": order.campaign, "request": requests, "trace_id": trace_id(order.trace),
    }  # fmt: skip
