"""Files of a written master rendered beside the accelerator stage, so that it and the other cores work at once.

For engines whose accelerator stage and CPU stage are in one process, one after the other. What is not rendered ahead is
rendered by the CPU stage, which asks the store for every file, so nothing depends on what is done here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import apache_beam as beam

from foundry.manifest import DeadLetter
from foundry.plan.plan import Plan
from foundry.plan.shot import RenderOrder, ShotOrder
from foundry.store.object_store import ObjectStore
from transforms import progress
from transforms.expand import still_orders
from transforms.render import each_made

WAITING = 8
"""Orders that may wait for each thread. The accelerator never waits for room: what finds none is left."""


class Aside:
    """Threads that render, shared by all stages of this process."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, "render-ahead")
        self._room = threading.BoundedSemaphore(threads * (1 + WAITING))
        self._unfinished: set[Future[None]] = set()

    def offer(self, order: RenderOrder, plan: Plan, store: ObjectStore) -> Future[None] | None:
        """Render this order when a thread is free; None if too many wait."""
        if not self._room.acquire(blocking=False):
            return None
        taken = self._pool.submit(_render, order, plan, store)
        self._unfinished.add(taken)
        taken.add_done_callback(self._finished)
        return taken

    def _finished(self, done: Future[None]) -> None:
        self._unfinished.discard(done)
        self._room.release()

    def settle(self) -> None:
        """Drop what waits, and return when nothing is at work."""
        stop(self._unfinished.copy())


def stop(taken: set[Future[None]]) -> None:
    """Drop those that wait, wait for those that are at work."""
    wait([each for each in taken if not each.cancel()])


@lru_cache(maxsize=1)
def aside(threads: int) -> Aside:
    """The threads of this process."""
    return Aside(threads)


def _render(order: RenderOrder, plan: Plan, store: ObjectStore) -> None:
    """Refused variants are left to the CPU stage, whose dead letters are collected."""
    for one in each_made(order, plan, store):
        if not isinstance(one, DeadLetter):
            progress.advance("variants", plan=plan.digest)


@dataclass(eq=False)
class RenderAhead(beam.DoFn):
    """Shots whose master is written, in and out; their stills are offered to the threads on the way.

    A store that fails there fails the bundle. Films show several shots, and are left to the CPU stage.
    """

    plans: dict[str, Plan]
    store: ObjectStore
    threads: int
    _taken: set[Future[None]] = field(default_factory=set)

    def start_bundle(self) -> None:
        """Nothing was offered yet."""
        self._taken = set()

    def process(self, shot: ShotOrder) -> Iterator[Any]:
        """Offer its stills, raise what failed of the earlier ones."""
        self._raise_failed()
        plan = self.plans[shot.plan]
        offered = (aside(self.threads).offer(order, plan, self.store) for order in still_orders(plan, shot))
        self._taken.update(taken for taken in offered if taken)
        yield shot

    def finish_bundle(self) -> None:
        """Wait for what is at work; what has not begun is left to the CPU stage, which has all threads."""
        stop(self._taken)
        self._raise_failed()

    def _raise_failed(self) -> None:
        done = {taken for taken in self._taken if taken.done()}
        self._taken -= done
        for taken in done:
            if not taken.cancelled():
                taken.result()
