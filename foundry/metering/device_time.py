"""The time of this process's drawing device: held by models, or waiting, and for what.

The drawing device is the accelerator, or the processor where there is none. Each moment counts once: while several
threads hold the device they share the moment equally, and while none does, the first reason of `WAITS` counts for which
a thread of the drawing stage is busy otherwise; if there is none, the device has nothing to do.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from foundry.metering.payers import US, Payers, current_payers
from foundry.spent import part_of

Wait = Literal["loading", "host_copy", "store", "plan"]
State = Literal["busy", "loading", "host_copy", "store", "plan", "nothing_to_do"]
WAITS: tuple[Wait, ...] = ("loading", "host_copy", "store", "plan")
"""loading: of weights. host_copy: pixels are read, judged, staged or encoded on the processor. store: objects are read
or written. plan: shots are listed, or a plan is read."""
STATES: tuple[State, ...] = ("busy", *WAITS, "nothing_to_do")
PROCESSOR = "cpu"
"""The name of the drawing device where there is no accelerator; its time is no accelerator's."""


@dataclass(eq=False)
class _Holder:
    """A step that holds the device, and those who pay for it."""

    step: str
    payers: Payers
    accelerated: bool

    def charge(self, ns: int) -> None:
        if not self.accelerated:
            return
        for index, account in enumerate(self.payers.values()):
            account.charge(self.step, accelerator_ns=part_of(ns, index, len(self.payers)))


class DeviceMeter:
    """The states of one process's drawing device over time; any thread may tell."""

    def __init__(self, clock: Callable[[], int] = time.perf_counter_ns) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self.begin()

    def begin(self) -> None:
        """Forget what was measured; the time begins when a thread next tells something."""
        with self._lock:
            self._device = ""
            self._holders: list[_Holder] = []
            self._reasons: Counter[Wait] = Counter()
            self._spent: Counter[State] = Counter()
            self._read_ns = 0

    @property
    def device(self) -> str:
        """The name of the device, as PyTorch has it; the accelerator's where there are several, "" if none was held."""
        return self._device

    @contextmanager
    def held(self, step: str, device: str) -> Iterator[None]:
        """Count the block as work of the device; its time is charged to those who pay now, if it is an accelerator."""
        holder = _Holder(step, current_payers(), device != PROCESSOR)
        with self._lock:
            self._advance()
            self._holders.append(holder)
            if holder.accelerated or not self._device:
                self._device = device
        try:
            yield
        finally:
            with self._lock:
                self._advance()
                if holder in self._holders:
                    self._holders.remove(holder)

    @contextmanager
    def kept_waiting(self, reason: Wait) -> Iterator[None]:
        """Count the block, on a thread of the drawing stage, as a reason why the device waits."""
        with self._lock:
            self._advance()
            self._reasons[reason] += 1
        try:
            yield
        finally:
            with self._lock:
                self._advance()
                self._reasons[reason] = max(self._reasons[reason] - 1, 0)

    def take(self) -> dict[State, int]:
        """Return the microseconds in each state since they were last taken; nothing if no thread told anything yet."""
        with self._lock:
            if self._read_ns:
                self._advance()
            taken = {state: ns // US for state, ns in self._spent.items() if ns >= US}
            for state, us in taken.items():
                self._spent[state] -= us * US
            return taken

    def _advance(self) -> None:
        now = self._clock()
        passed, self._read_ns = now - (self._read_ns or now), now
        self._spent[self._state()] += passed
        for index, holder in enumerate(self._holders):
            holder.charge(part_of(passed, index, len(self._holders)))

    def _state(self) -> State:
        if self._holders:
            return "busy"
        return next((reason for reason in WAITS if self._reasons[reason] > 0), "nothing_to_do")


drawing_device = DeviceMeter()
"""The meter of this process's drawing device."""
