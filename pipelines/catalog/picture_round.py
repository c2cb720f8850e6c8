"""The order of work on many picture addresses: looked up, then asked for by host, a bounded number at once."""

from __future__ import annotations

import math
import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from foundry.metering.payers import carried
from foundry.retrying import Clock
from pipelines.catalog.host_queues import HostQueues
from pipelines.catalog.picture_book import AddressRecord
from pipelines.catalog.picture_request import Unfetched
from pipelines.catalog.picture_results import Result, result_without_answer

AT_ONCE, LOOKED_UP = 24, 16
"""Requests to all hosts together, and addresses that are looked up in the book beside them."""
WINDOW = 5_000
"""Addresses that wait for their hosts; further ones are read from the caller when some are done."""
TRIES = 3
Item = TypeVar("Item", bound="str | Job")


@dataclass
class Job:
    """An address whose host is to be asked.

    host: with its port, as limits are kept for it. known: what is known of the address, if its content is in the store.
    """

    address: str
    host: str
    known: AddressRecord | None
    tries: int = 0


@dataclass(frozen=True)
class Answered:
    """A result from a host, and the pause in seconds that its robots.txt asks for."""

    result: Result
    pause_s: float = 0.0


End = Result | Job | Answered | BaseException
"""What a piece of work ended with."""


@dataclass(frozen=True)
class Work:
    """The two kinds of work, done by threads. `ask` raises Unfetched where no picture came."""

    look_up: Callable[[str], Result | Job]
    ask: Callable[[Job], Answered]


class PictureRound:
    """One pass over addresses. The queues, with what is known of hosts, outlive it."""

    def __init__(self, work: Work, queues: HostQueues[Job], pool: Executor, clock: Clock) -> None:
        self._work, self._queues, self._pool, self._clock = work, queues, pool, clock
        self._ends: queue.SimpleQueue[tuple[str | Job, End]] = queue.SimpleQueue()
        self._looking = self._asking = 0

    def results(self, addresses: Iterable[str]) -> Iterator[tuple[str, Result]]:
        """Yield each address with its result, as they come; what the work raises but Unfetched rises."""
        left = iter(addresses)
        try:
            while self._begin(left):
                if (end := self._next_end()) is not None:
                    yield from self._settle(*end)
        finally:
            self._queues.clear()
            while self._looking + self._asking:
                item, _ = self._ends.get()
                self._count_end(item)
                if isinstance(item, Job):
                    self._queues.answered(item.host, self._clock.monotonic())

    def _begin(self, left: Iterator[str]) -> bool:
        """Start as much work as may run now; False if there is none, and none runs."""
        while self._looking < LOOKED_UP and self._queues.count < WINDOW:
            if (address := next(left, None)) is None:
                break
            self._looking += 1
            self._start(self._work.look_up, address)
        while self._asking < AT_ONCE and (job := self._queues.take(self._clock.monotonic())):
            self._asking += 1
            self._start(self._work.ask, job)
        return bool(self._looking or self._asking or self._queues.count)

    def _start(self, work: Callable[[Item], End], item: Item) -> None:
        def run() -> None:
            end: End
            try:
                end = work(item)
            except BaseException as error:  # noqa: BLE001 - it rises in the thread that asked
                end = error
            self._ends.put((item, end))

        self._pool.submit(carried(run))

    def _next_end(self) -> tuple[str | Job, End] | None:
        """Wait for the end of one piece of work; None if a host may be asked again before."""
        now = self._clock.monotonic()
        until = self._queues.next_at(now) if self._asking < AT_ONCE else math.inf
        if not (self._looking or self._asking):
            self._clock.sleep(max(until - now, 0.0))
            return None
        try:
            end = self._ends.get(timeout=None if until == math.inf else max(until - now, 0.001))
        except queue.Empty:
            return None
        self._count_end(end[0])
        return end

    def _count_end(self, item: str | Job) -> None:
        if isinstance(item, Job):
            self._asking -= 1
        else:
            self._looking -= 1

    def _settle(self, item: str | Job, end: End) -> Iterator[tuple[str, Result]]:
        """Yield the results that an end brings: one, none if it is tried again, or those of all jobs of a host."""
        if isinstance(item, Job):
            yield from self._settle_job(item, end)
        elif isinstance(end, Job):
            yield from self._queue(end)
        elif isinstance(end, BaseException):
            raise end
        elif not isinstance(end, Answered):
            yield item, end

    def _queue(self, job: Job) -> Iterator[tuple[str, Result]]:
        if away := self._queues.away(job.host):
            yield job.address, result_without_answer(job.address, job.known, _left(job.host, away))
        else:
            self._queues.add(job.host, job)

    def _settle_job(self, job: Job, end: End) -> Iterator[tuple[str, Result]]:
        if isinstance(end, Unfetched) and end.later:
            yield from self._settle_failure(job, end)
            return
        self._queues.answered(job.host, self._clock.monotonic(), end.pause_s if isinstance(end, Answered) else 0.0)
        if isinstance(end, Answered):
            yield job.address, end.result
        elif isinstance(end, Unfetched):
            yield job.address, result_without_answer(job.address, job.known, end)
        elif isinstance(end, BaseException):
            raise end

    def _settle_failure(self, job: Job, failure: Unfetched) -> Iterator[tuple[str, Result]]:
        """Try a job again, or give it up; a host that is away by now is left with all its jobs."""
        self._queues.failed(job.host, self._clock.monotonic(), failure.reason, failure.wait_s)
        job.tries += 1
        if job.tries < TRIES:
            yield from self._queue(job)
        else:
            yield job.address, result_without_answer(job.address, job.known, failure)
        if away := self._queues.away(job.host):
            for dropped in self._queues.drop(job.host):
                yield dropped.address, result_without_answer(dropped.address, dropped.known, _left(job.host, away))


def _left(host: str, why: str) -> Unfetched:
    return Unfetched("host_away", f"is left for the next run: its host {host} {why}", later=True)
