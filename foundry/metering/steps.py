"""Steps of the work: how long each keeps processors, measured for those who pay.

A step within a step interrupts the outer one, so no time counts twice. A thread's own time is exact. The time of native
threads, on which libraries compute, is shared equally by the threads that are in a wide step, which is one that keeps
such threads busy, and by all threads that are in a step while none is wide. Threads of Python's that a step starts take
part with `payers.carried` and a step of their own.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from foundry.metering.payers import Payers, current_payers
from foundry.metering.processor_clocks import NativeClock
from foundry.spent import part_of

Item = TypeVar("Item")
SHORTEST_WIDE_NS, SHORTEST_NS = 2_000_000, 20_000_000
"""Native threads are not measured again before this time is over, so that short steps cost next to nothing: at the ends
of wide steps, and at those of other steps."""


@dataclass(eq=False)
class _Step:
    """A step that a thread is in, and those who pay for it."""

    name: str
    payers: Payers
    wide: bool

    def charge(self, processor_ns: int) -> None:
        for index, account in enumerate(self.payers.values()):
            account.charge(self.name, processor_ns=part_of(processor_ns, index, len(self.payers)))


@dataclass
class _ThreadSteps(threading.local):
    """The steps that this thread is in, the innermost last, and its clock when that was last charged."""

    steps: list[_Step] = field(default_factory=list)
    mark_ns: int = 0


class StepMeter:
    """The steps that the threads of a process are in."""

    def __init__(self) -> None:
        self._own = _ThreadSteps()
        self.renew()

    def renew(self) -> None:
        """Begin anew, in a process that was just forked: the other threads are not there."""
        self._lock = threading.Lock()
        self._innermost: dict[int, _Step] = {}
        self._native = NativeClock()
        self._shared_ns = 0

    @contextmanager
    def step(self, name: str, *, wide: bool = False) -> Iterator[None]:
        """Measure the block as this step of the work, for those who pay now. `wide`: native threads take part."""
        if not (payers := current_payers()):
            yield
            return
        own = self._own
        self._turn(own.steps[-1] if own.steps else None, entered := _Step(name, payers, wide))
        own.steps.append(entered)
        try:
            yield
        finally:
            own.steps.pop()
            self._turn(entered, own.steps[-1] if own.steps else None)

    def _turn(self, left: _Step | None, entered: _Step | None) -> None:
        """Charge the step that this thread leaves, and note the one that it is in from now on."""
        own, me = self._own, threading.get_ident()
        with self._lock:
            wide = bool((left and left.wide) or (entered and entered.wide))
            self._share_native(SHORTEST_WIDE_NS if wide else SHORTEST_NS)
            now = time.thread_time_ns()
            if left:
                left.charge(now - own.mark_ns)
            own.mark_ns = now
            if entered:
                self._innermost[me] = entered
            else:
                self._innermost.pop(me, None)
                self._native.tell(threading.current_thread(), now)

    def _share_native(self, shortest_ns: int) -> None:
        """Split what native threads have used among the wide steps at work; among all steps if none is wide."""
        now = time.monotonic_ns()
        if now - self._shared_ns < shortest_ns:
            return
        self._shared_ns = now
        used = self._native.advance()
        at_work = list(self._innermost.values())
        sharing = [step for step in at_work if step.wide] or at_work
        for index, step in enumerate(sharing):
            step.charge(part_of(used, index, len(sharing)))


def measured_each(items: Iterable[Item], measure: Callable[[], AbstractContextManager[None]]) -> Iterator[Item]:
    """Yield the items, each made within a block of `measure`; what is done with them is outside of it."""
    left = iter(items)
    end = object()
    while True:
        with measure():
            item = next(left, end)
        if item is end:
            return
        yield item  # type: ignore[misc]


def charge_processor(name: str, seconds: float) -> None:
    """Add the processor time of another process that worked for those who pay now."""
    payers = current_payers()
    if payers:
        _Step(name, payers, wide=False).charge(round(seconds * 1_000_000_000))


def charge_accelerator(name: str, ns: int) -> None:
    """Add the time for which another process held an accelerator for those who pay now, in nanoseconds."""
    payers = current_payers()
    for index, account in enumerate(payers.values()):
        account.charge(name, accelerator_ns=part_of(ns, index, len(payers)))


_of_this_process = StepMeter()
os.register_at_fork(after_in_child=_of_this_process.renew)
step = _of_this_process.step
