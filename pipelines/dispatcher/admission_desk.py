"""Reading and admission beside the polling loop: records go in, answers come out, and no record can stop it.

Each of a few threads has one worker process. A worker that takes too long is ended, and its record is refused; one that
ended by itself is replaced, and its record is tried once more. The end of an idle worker counts against no record. What
admission cannot do because something is away waits there, with growing pauses, and counts against nobody.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from foundry.retrying import RetryPolicy
from pipelines.bus.messages import Sender
from pipelines.bus.topics import tenant_of_topic
from pipelines.dispatcher.admission import Folders
from pipelines.dispatcher.admission_queue import AdmissionQueue, WaitingRecord
from pipelines.dispatcher.admission_work import (
    AdmissionJob,
    AdmissionTooCostly,
    Answer,
    Away,
    AwayKind,
    Broke,
    FolderCheck,
    Refused,
)
from pipelines.dispatcher.admission_workers import TooSlow, Worker, WorkerEnded, WorkerFactory, WorkerGone
from pipelines.dispatcher.order import TakenRecord

PAUSES = RetryPolicy(first_pause_s=0.5, longest_pause_s=15.0)
TRIES = 2
"""A record whose failure may pass is tried so often; after that it is dead."""
CHECK_S = 10.0
TENANTS_EVERY_S, MOST_TENANTS = 30.0, 100_000
OTHERS = "others"
log = logging.getLogger("foundry.serve")


@dataclass(frozen=True, kw_only=True)
class AdmissionLimits:
    """The limits of admission: seconds and bytes of memory for one record, and the number of workers.

    A tenant's records are admitted one after another, so two workers are the least that lets none hold all.
    """

    seconds: float = 60.0
    memory: int = 2 << 30
    workers: int = 2


class Admission(NamedTuple):
    """A record with the answer to it. seconds: how long the last try took; ended_ns: when, in ns since 1970."""

    taken: TakenRecord
    answer: Answer
    seconds: float
    ended_ns: int


@dataclass(eq=False)
class AdmissionDesk:
    """The waiting records, the workers that admit them, and the answers that the polling loop has not taken yet."""

    folders: Folders
    part_cost: int
    limits: AdmissionLimits = field(default_factory=AdmissionLimits)
    pauses: RetryPolicy = PAUSES
    _queue: AdmissionQueue = field(default_factory=AdmissionQueue)
    _answers: deque[Admission] = field(default_factory=deque)
    _busy: set[WaitingRecord] = field(default_factory=set)
    _closed: bool = False
    _known: frozenset[str] = frozenset()
    _trouble: str = ""

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._factory = WorkerFactory(self.limits.memory)

    def open(self) -> None:
        """Start the threads and the process that workers are forked from."""
        self._factory.start()
        watcher = threading.Thread(target=self._watch_tenants, name="tenants", daemon=True)
        threads = [
            threading.Thread(target=self._work, name=f"admission-{number}", daemon=True)
            for number in range(self.limits.workers)
        ]
        for thread in (watcher, *threads):
            thread.start()

    def close(self) -> None:
        """End the workers at once; their records stay uncommitted and are read again by the next dispatcher."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._factory.close()

    def add(self, taken: TakenRecord) -> None:
        """Queue a record."""
        with self._changed:
            self._queue.add(WaitingRecord(taken, self._lane_of(taken)))
            self._changed.notify_all()

    def answers(self, most: int) -> list[Admission]:
        """Return the answers that have come, at most so many."""
        with self._changed:
            return [self._answers.popleft() for _ in range(min(most, len(self._answers)))]

    def drop(self, unwanted: Callable[[TakenRecord], bool]) -> None:
        """Forget the waiting records that another dispatcher has now."""
        with self._changed:
            self._queue.drop(lambda record: unwanted(record.taken))

    @property
    def idle(self) -> bool:
        """True if no record waits, is being admitted, or has an answer."""
        with self._changed:
            return not (self._busy or self._answers or len(self._queue))

    @property
    def waiting(self) -> int:
        """The number of records that wait for admission or are in it."""
        with self._changed:
            return len(self._queue) + len(self._busy)

    def waiting_since(self) -> dict[str, float]:
        """Return when the oldest waiting record of each lane's tenant was sent, in seconds since 1970."""
        oldest: dict[str, float] = {}
        with self._changed:
            for record in (*self._queue, *self._busy):
                tenant, sent_s = record.lane.rpartition(" ")[2], record.taken.record.timestamp / 1000
                oldest[tenant] = min(sent_s, oldest.get(tenant, sent_s))
        return oldest

    @property
    def running_since(self) -> float | None:
        """The time at which the longest of the running admissions began, in seconds since 1970; None if none runs."""
        with self._changed:
            return min((record.began for record in self._busy), default=None)

    @property
    def tenants(self) -> frozenset[str]:
        """The names in the folder of tenants."""
        return self._known

    def outages(self) -> dict[tuple[AwayKind, str], str]:
        """Return what records wait for, as kind and tenant, with the reason; an empty tenant means everybody."""
        with self._changed:
            return self._away_now()

    def _away_now(self) -> dict[tuple[AwayKind, str], str]:
        aways = [record.away for record in (*self._queue, *self._busy) if record.away]
        return {(away.kind, away.tenant): away.reason for away in aways}

    @property
    def trouble(self) -> str:
        """The reason why no worker can be started; "" while they can."""
        return self._trouble

    def _lane_of(self, taken: TakenRecord) -> str:
        own = tenant_of_topic(taken.record.topic)
        if own is not None:
            return f"topic {own}"
        key = (taken.record.key or b"")[:100].decode("utf-8", "replace")
        return f"key {key}" if key in self._known else OTHERS

    def _watch_tenants(self) -> None:
        """Keep the names of the tenants up to date, without which keys of records mean nothing."""
        while not self._closed:
            try:
                with os.scandir(self.folders.tenants) as entries:
                    self._known = frozenset(entry.name for entry, _ in zip(entries, range(MOST_TENANTS), strict=False))
            except OSError as error:
                log.warning("the tenants cannot be listed: %s", error)
            with self._changed:
                self._changed.wait_for(lambda: self._closed, TENANTS_EVERY_S)

    def _work(self) -> None:
        """Admit records until closed, with one worker at a time."""
        worker: Worker | None = None
        while record := self._next():
            began = time.monotonic()
            answer, worker = self._try(record, worker)
            self._finish(record, answer, time.monotonic() - began)
        if worker:
            self._factory.end(worker)

    def _next(self) -> WaitingRecord | None:
        """Return the next record once there is one that may be tried; None once closed."""
        with self._changed:
            while not self._closed:
                if record := self._queue.take(time.monotonic()):
                    self._busy.add(record)
                    record.began = time.time()
                    return record
                at = self._queue.next_try()
                self._changed.wait(None if at is None else max(0.01, at - time.monotonic()))
            return None

    def _try(self, record: WaitingRecord, worker: Worker | None) -> tuple[Answer, Worker | None]:
        """Return the answer to a record, and the worker to use next if it is still good.

        `worker` is one that answered an earlier record; a fresh one takes its place if it has ended since.
        """
        known: list[Sender] = []
        idle = worker is not None
        try:
            worker = worker or self._factory.new_worker()
            self._trouble = ""
            answer: Answer = worker.ask(self._job_of(record), self.limits.seconds, known.append)
        except Exception as error:  # noqa: BLE001 - no record ends this thread
            status = self._factory.end(worker) if worker else 0
            if idle and isinstance(error, WorkerGone) and not self._closed:
                return self._try(record, None)
            return self._explain(error, status, known), None
        if worker.spent:
            self._factory.end(worker)
            return answer, None
        return answer, worker

    def _explain(self, error: Exception, status: int, known: list[Sender]) -> Answer:
        """Return the answer for a record whose worker gave none."""
        if self._closed:
            return Away("admission", "", "closed")
        if isinstance(error, TooSlow):
            return self._too_slow(known)
        if isinstance(error, WorkerEnded):
            return _ended(status, str(error), known)
        log.error("no admission worker can be started or asked", exc_info=error)
        self._trouble = str(error) or type(error).__name__
        return Away("admission", "", self._trouble)

    def _job_of(self, record: WaitingRecord) -> AdmissionJob:
        plain = record.taken.record
        with self._changed:
            away = frozenset(tenant for _, tenant in self._away_now() if tenant and record.lane != _away_lane(tenant))
        return AdmissionJob(plain, self.folders, self.part_cost, away, self.limits.memory)

    def _too_slow(self, known: list[Sender]) -> Answer:
        """Return the refusal of a record that took too long, unless the folders have stopped to answer."""
        tenant = known[-1].tenant if known else ""
        if away := self._folders_away(tenant):
            return away
        what = f"took more than {self.limits.seconds:g} s"
        return Refused("admit" if known else "read", AdmissionTooCostly(what), known[-1] if known else None)

    def _folders_away(self, tenant: str) -> Away | None:
        """Return the outage of the folders, by the word of a fresh worker; none within its time is an outage, too."""
        try:
            worker = self._factory.new_worker()
        except OSError as error:
            return Away("admission", "", str(error))
        try:
            away: Away | None = worker.ask(FolderCheck(self.folders, tenant), CHECK_S, lambda _: None)
        except (TooSlow, WorkerEnded):
            away = Away("folders", "", f"listing them took more than {CHECK_S:g} s")
        finally:
            self._factory.end(worker)
        return away

    def _finish(self, record: WaitingRecord, answer: Answer, seconds: float) -> None:
        """Hand the answer to the loop, or keep the record for another try."""
        with self._changed:
            self._busy.discard(record)
            self._queue.release(record.lane, seconds)
            if isinstance(answer, Away):
                self._put_off(record, answer)
            elif isinstance(answer, Broke) and answer.passing and record.tries + 1 < TRIES:
                record.tries += 1
                record.not_before = time.monotonic() + self.pauses.pause_s(record.tries)
                self._queue.put_back(record)
            else:
                if record.away:
                    log.info("%s of %s can be used again", record.away.kind, record.away.tenant or "all tenants")
                self._answers.append(Admission(record.taken, answer, seconds, time.time_ns()))
            self._queue.prune()
            self._changed.notify_all()

    def _put_off(self, record: WaitingRecord, away: Away) -> None:
        """Keep a record whose admission must wait; those of a tenant that is away wait together, in their order."""
        if away.unseen:
            record.lane = _away_lane(away.tenant)
            self._queue.add(record)
            return
        if (away.kind, away.tenant) not in self._away_now():
            log.warning("%s of %s cannot be used: %s", away.kind, away.tenant or "all tenants", away.reason)
        record.lane = _away_lane(away.tenant) if away.tenant else record.lane
        record.away, record.pauses = away, record.pauses + 1
        record.not_before = time.monotonic() + self.pauses.pause_s(record.pauses)
        self._queue.put_back(record)


def _away_lane(tenant: str) -> str:
    return f"away {tenant}"


def _ended(status: int, reason: str, known: list[Sender]) -> Answer:
    how = f"signal {-status}" if status < 0 else f"status {status}"
    return Broke("admit" if known else "read", "WorkerEnded", f"{how}; {reason}", known[-1] if known else None, True)
