"""Stills of a written master rendered beside the accelerator stage, so that accelerator and CPU work at once.

For engines whose accelerator stage and CPU stage are in one process, one after the other. The CPU stage asks the store
for every file and renders what was not rendered here, so no result depends on this module.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import apache_beam as beam

from foundry.manifest import DeadLetter
from foundry.metering.leftovers import leave_over
from foundry.metering.making import RENDER
from foundry.plan.plan import Plan
from foundry.plan.shot import RenderOrder, ShotOrder
from foundry.store.object_store import ObjectStore
from transforms.counting import GatheredCounts, count, gathered
from transforms.expand import still_orders
from transforms.render import count_file, render_missing

WAITING_PER_THREAD = 8
"""Orders that may wait for each thread. Further orders are left to the CPU stage, since drawing must not wait."""


class RenderThreads:
    """Threads that render orders, with a bounded queue; all stages of a process share them."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, "render-ahead")
        self._slots = threading.BoundedSemaphore(threads * (1 + WAITING_PER_THREAD))
        self._unfinished: set[Future[GatheredCounts]] = set()
        self._closing = threading.Lock()
        self._closed = False

    def offer(self, order: RenderOrder, plan: Plan, store: ObjectStore) -> Future[GatheredCounts] | None:
        """Queue an order for rendering and return its future; None if the queue is full or the threads are closed."""
        if not self._slots.acquire(blocking=False):
            return None
        with self._closing:
            if self._closed:
                self._slots.release()
                return None
            future = self._pool.submit(_render, order, plan, store)
            self._unfinished.add(future)
        future.add_done_callback(self._finish)
        return future

    def _finish(self, future: Future[GatheredCounts]) -> None:
        self._unfinished.discard(future)
        self._slots.release()

    def settle(self) -> None:
        """Cancel the orders that wait, and return when no thread is at work."""
        cancel_waiting(self._unfinished.copy())

    def close(self) -> None:
        """Settle and end the threads; later offers are declined."""
        with self._closing:
            self._closed = True
        self.settle()
        self._pool.shutdown()


def cancel_waiting(futures: set[Future[GatheredCounts]]) -> None:
    """Cancel the futures that have not begun, and wait for the others."""
    wait([future for future in futures if not future.cancel()])


class ProcessThreads:
    """The owner of a process's RenderThreads: made on demand, closed when another number of threads is asked for."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._current: RenderThreads | None = None

    def get(self, threads: int) -> RenderThreads:
        """Return this many threads; the same object as long as the number stays the same."""
        with self._changing:
            if self._current is None or self._current.threads != threads:
                if self._current is not None:
                    self._current.close()
                self._current = RenderThreads(threads)
            return self._current

    def close(self) -> None:
        """End the threads, if there are any."""
        with self._changing:
            if self._current is not None:
                self._current.close()
            self._current = None


process_threads = ProcessThreads()
"""The rendering threads of this process."""


def _render(order: RenderOrder, plan: Plan, store: ObjectStore) -> GatheredCounts:
    """Render an order, and return what is to be counted for it.

    Every file of the order is found or refused by the CPU stage, which counts it then. So files that were found or
    refused here are not counted, and files that were made here are taken off the number that the CPU stage will find.
    The next file of the tenant pays for what a refused one has spent.
    """
    with gathered() as counts:
        for result in render_missing(order, plan, store):
            if isinstance(result, DeadLetter):
                leave_over(RENDER, plan.tenant.id, result.spent)
            else:
                count_file(result, plan)
        made = counts.amount("files_made", plan.digest)
        count("files_found", -made, plan.digest)
    return counts


@dataclass(eq=False)
class RenderAhead(beam.DoFn):  # type: ignore[misc]  # Beam's classes are untyped
    """Passes on shots whose master is written, and offers their stills to the process's threads.

    What the threads counted is counted here, since Beam counts in its own threads alone. An error of the store there
    fails the bundle. Films show several shots, and are left to the CPU stage.
    """

    plans: Mapping[str, Plan]
    store: ObjectStore
    threads: int
    _offered: set[Future[GatheredCounts]] = field(default_factory=set)

    def start_bundle(self) -> None:
        """Forget the orders of an earlier bundle."""
        self._offered = set()

    def process(self, shot: ShotOrder) -> Iterator[ShotOrder]:
        """Offer the shot's stills and yield the shot; raise the errors of orders offered before."""
        self._settle_done()
        plan = self.plans[shot.plan]
        threads = process_threads.get(self.threads)
        futures = (threads.offer(order, plan, self.store) for order in still_orders(plan, shot))
        self._offered.update(future for future in futures if future)
        yield shot

    def finish_bundle(self) -> None:
        """Wait for orders at work and cancel the others: the CPU stage renders them with all threads."""
        cancel_waiting(self._offered)
        self._settle_done()

    def _settle_done(self) -> None:
        """Count what the finished orders made, and raise their errors."""
        done = {future for future in self._offered if future.done()}
        self._offered -= done
        for future in done:
            if not future.cancelled():
                future.result().pass_on()
