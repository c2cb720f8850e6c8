"""The loop over `catalog.changed`: items that changed are refreshed within seconds, each record at least once.

One thread polls; the refreshes run in a few others, one at a time for each catalog. Records of one catalog that came
meanwhile are refreshed together, in their order. While another run of the catalog works, they wait.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from foundry.catalog.catalog import Catalog
from foundry.catalog.runs import RunRecord, RunState
from foundry.errors import FoundryError, Outage
from pipelines.bus.catalog_changes import ChangeRequest, parse_change, sender_of_change
from pipelines.bus.client import Consumer
from pipelines.bus.messages import Sender, Unreadable
from pipelines.catalog.change_answers import ChangeAnswers
from pipelines.catalog.registering import open_catalog
from pipelines.catalog.service_metrics import CatalogMetrics
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.timetable import Key
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.order import TakenRecord
from pipelines.dispatcher.outage_budget import OutageBudget

POLL_MS, BUSY_MS = 500, 50
AGAIN_S = 5.0
MOST_TOGETHER = 200
"""Records of one catalog that are refreshed together."""
BACKLOG = 2_000
BROKEN_TRIES = 3
"""A refresh that met a bug so often is given up."""
log = logging.getLogger("foundry.catalog")


class RefreshRows(Protocol):
    """`pipelines.catalog.refresh.refresh_rows`."""

    def __call__(
        self,
        catalog: Catalog,
        setting: CatalogSetting,
        rows: Sequence[Mapping[str, str | None]],
        removed: Sequence[str] = (),
    ) -> RunRecord:
        """Refresh the products of these rows; LeaseHeld if another run of the catalog works."""


class ChangeBroke(FoundryError):
    """A change on which the program failed again and again."""

    code = "change_broke"

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind

    def __str__(self) -> str:
        return f"the items could not be refreshed ({self.kind}); after repair, send them again"


class WaitingChange(NamedTuple):
    """A change that was read and is not settled."""

    taken: TakenRecord
    request: ChangeRequest


@dataclass
class _Work:
    """The changes of one catalog: those that wait, and those that are being refreshed."""

    waiting: list[WaitingChange] = field(default_factory=list)
    running: list[WaitingChange] = field(default_factory=list)
    future: Future[RunRecord] | None = None
    not_before: float = 0.0
    broken: int = 0


@dataclass(kw_only=True)
class ChangeLoop:
    """One member of the group that reads changed items. `announce`: called with each run that was made for them."""

    consumer: Consumer
    offsets: OffsetBook
    setting: CatalogSetting
    refresh_rows: RefreshRows
    answers: ChangeAnswers
    outage_budget: OutageBudget
    metrics: CatalogMetrics
    announce: Callable[[Catalog, str], None] | None = None
    at_once: int = 2
    clock: Callable[[], float] = time.monotonic
    _work: dict[Key, _Work] = field(default_factory=lambda: defaultdict(_Work))

    @property
    def draining(self) -> threading.Event:
        """Set once no more records are taken."""
        return self.outage_budget.draining

    def run(self) -> None:
        """Work until drained; refreshes that run then are finished and committed."""
        with ThreadPoolExecutor(self.at_once, thread_name_prefix="changes") as pool:
            while not self.draining.is_set() or any(work.future for work in self._work.values()):
                self.step(pool)

    def step(self, pool: ThreadPoolExecutor) -> None:
        """Make one pass: poll, take records, end refreshes, begin others, commit."""
        busy = any(work.future or work.waiting for work in self._work.values())
        wait_ms = 0 if self.draining.is_set() else BUSY_MS if busy else POLL_MS
        polled = self.outage_budget.insist("Kafka", lambda: self.consumer.poll(timeout_ms=wait_ms), (Exception,))
        self._release_lost()
        for record in (each for records in polled.values() for each in records):
            taken = None if self.draining.is_set() else self.offsets.take(record)
            if taken:
                self._take(taken)
        for key, work in list(self._work.items()):
            self._end(work)
            if not self.draining.is_set():
                self._begin(key, work, pool)
            if not (work.future or work.waiting):
                del self._work[key]
        self.offsets.commit(self.consumer)
        self.offsets.regulate(self.consumer, BACKLOG, self.draining.is_set())

    def _release_lost(self) -> None:
        """Leave the records of lost partitions to their new owners; to refresh them here as well does no harm."""
        for part, epoch in self.offsets.claims.take_lost():
            self.offsets.close(part, epoch)
        for work in self._work.values():
            work.waiting = [each for each in work.waiting if self.offsets.claims.owns(each.taken.position)]

    def _take(self, taken: TakenRecord) -> None:
        """Put a record to the waiting ones of its catalog; one that cannot be read becomes a dead letter."""
        record = taken.record
        try:
            request = parse_change(record.topic, record.value, record.headers, str(taken.position))
        except Unreadable as error:
            self._refuse(taken, error, "read", sender_of_change(record))
            return
        self._work[request.change.tenant, request.change.catalog].waiting.append(WaitingChange(taken, request))

    def _begin(self, key: Key, work: _Work, pool: ThreadPoolExecutor) -> None:
        if work.future or not work.waiting or self.clock() < work.not_before:
            return
        together = 1 if work.broken else MOST_TOGETHER  # alone, a record that breaks the program is found
        work.running, work.waiting = work.waiting[:together], work.waiting[together:]
        work.future = pool.submit(self._refresh, key, list(work.running))

    def _refresh(self, key: Key, changes: Sequence[WaitingChange]) -> RunRecord:
        catalog = open_catalog(self.setting, *key)
        rows, removed = merged(changes)
        record = self.refresh_rows(catalog, self.setting.of_tenant(catalog.tenant), list(rows.values()), removed)
        if self.announce:
            try:
                self.announce(catalog, record.run)
            except (OSError, FoundryError) as error:  # it is announced later, with those of other processes
                log.warning("run %s is not announced yet: %s", record.run, error)
        return record

    def _end(self, work: _Work) -> None:
        """Settle the changes whose refresh has ended, refuse them, or let them wait for another try."""
        if work.future is None or not work.future.done():
            return
        ended, changes = work.future, work.running
        work.future, work.running = None, []
        try:
            record = ended.result()
        except (OSError, Outage) as error:  # also a lease that another run has
            log.info("changes of a catalog wait: %s", error)
            self._wait(work, changes)
        except FoundryError as error:
            self._give_up(work, changes, error)
        except Exception as error:
            log.exception("a refresh of changed items broke")
            self.metrics.bugs.labels("change").inc()
            work.broken += 1
            if len(changes) == 1 and work.broken >= BROKEN_TRIES:
                self._give_up(work, changes, ChangeBroke(type(error).__name__))
            else:
                self._wait(work, changes)
        else:
            if record.state is RunState.FAILED:
                self._wait(work, changes)
            else:
                self._settle(work, changes)

    def _wait(self, work: _Work, changes: Sequence[WaitingChange]) -> None:
        work.waiting = [*changes, *work.waiting]
        work.not_before = self.clock() + AGAIN_S

    def _give_up(self, work: _Work, changes: Sequence[WaitingChange], error: FoundryError) -> None:
        """Refuse the change that cannot be used; of several that were refreshed together, each is tried alone first."""
        if len(changes) > 1:
            work.broken, work.waiting = 1, [*changes, *work.waiting]
            return
        work.broken = 0
        for taken, request in changes:
            self._refuse(taken, error, "run", request.sender, request)

    def _settle(self, work: _Work, changes: Sequence[WaitingChange]) -> None:
        work.broken = 0
        for taken, request in changes:
            self.offsets.settle(taken.position)
            self._count(taken, request.change.tenant, "refreshed")

    def _refuse(
        self, taken: TakenRecord, error: FoundryError, stage: str, sender: Sender, request: ChangeRequest | None = None
    ) -> None:
        self.outage_budget.insist("the broker", lambda: self.answers.refuse(taken, error, stage, sender, request))
        self.offsets.settle(taken.position)
        self._count(taken, sender.tenant, "refused")
        log.warning("%s is refused: %.2000s", taken.position, error, extra={"tenant": sender.tenant})

    def _count(self, taken: TakenRecord, tenant: str, outcome: str) -> None:
        self.metrics.count_change(tenant, outcome, time.time() - taken.record.timestamp / 1000)


def merged(changes: Sequence[WaitingChange]) -> tuple[dict[str, dict[str, str | None]], list[str]]:
    """Return the last row of each item, by id, and the ids of those that ended last, of changes in their order."""
    rows: dict[str, dict[str, str | None]] = {}
    removed: dict[str, None] = {}
    for _, request in changes:
        for row in request.change.items:
            removed.pop(str(row["id"]), None)
            rows[str(row["id"])] = dict(row)
        for item in request.change.removed:
            rows.pop(item, None)
            removed[item] = None
    return rows, list(removed)
