"""Loaded models within a memory limit, shared by threads, each kept until its run is over.

A thread that uses a model holds it until it asks for another one, dies, raises, or has been silent for `patience_s`:
so a run of calls for one model is drawn to its end before another thread may take its place, and no thread waits for
ever.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from foundry.errors import FoundryError
from foundry.metering.device_time import drawing_device
from foundry.metering.steps import step

log = logging.getLogger("foundry.models")


class WeightCacheBusy(FoundryError):
    """No room came free for a model in time, because other threads still use what is loaded."""

    code = "shelf_busy"

    def __init__(self, model: str, waited_s: float) -> None:
        super().__init__(model, waited_s)
        self.model, self.waited_s = model, waited_s

    def __str__(self) -> str:
        return (
            f"model {self.model} waited {self.waited_s:.0f} s for room beside the loaded ones; "
            "raise the memory limit or run fewer threads."
        )


@dataclass(frozen=True)
class WantedModel:
    """A model that a thread asks for.

    name: of the model; its weights are loaded once under it.
    adapters: what it is used with; a change of them is a swap, but no new load.
    size: its expected bytes.
    load: returns the model and its true bytes.
    """

    name: str
    adapters: object
    size: int
    load: Callable[[], tuple[Any, int]]


@dataclass
class _Slot:
    loaded: Any
    size: int
    adapters: object
    busy: int = 0
    holders: dict[threading.Thread, float] = field(default_factory=dict)

    def is_held(self, patience_s: float, *, but: threading.Thread) -> bool:
        """Return whether another thread is using it, or is between two calls of its run."""
        now = time.monotonic()
        others = {thread: seen for thread, seen in self.holders.items() if thread is not but and thread.is_alive()}
        return self.busy > 0 or any(now - seen < patience_s for seen in others.values())


def _release_nothing() -> None:
    """Do nothing, where memory frees itself."""


class WeightCache:
    """Models by name, within `limit` bytes.

    `patience_s` is how long a silent thread keeps its model, `longest_s` how long another one waits for room, `release`
    is called after an eviction. `loads` counts what was loaded, `swaps` every change of a model or of its adapters.
    """

    def __init__(
        self,
        limit: int,
        *,
        patience_s: float = 10.0,
        longest_s: float = 1800.0,
        release: Callable[[], None] = _release_nothing,
    ) -> None:
        self.limit, self.patience_s, self.longest_s, self.release = limit, patience_s, longest_s, release
        self.loads = self.swaps = 0
        self._slots: OrderedDict[str, _Slot] = OrderedDict()
        self._turn = threading.Condition()
        self._queue: list[object] = []

    @contextmanager
    def using(self, wanted: WantedModel) -> Iterator[Any]:
        """Yield the loaded model for one call; WeightCacheBusy if no room comes free in time.

        An error in the call ends the thread's run.
        """
        slot = self._enter(wanted)
        try:
            yield slot.loaded
        except BaseException:
            self._leave(slot, ended=True)
            raise
        self._leave(slot, ended=False)

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the loaded models, least recently used first."""
        return tuple(self._slots)

    def _enter(self, wanted: WantedModel) -> _Slot:
        me, ticket = threading.current_thread(), object()
        began = time.monotonic()
        with self._turn:
            self._end_other_runs(me, wanted)
            self._queue.append(ticket)
            try:
                slot = self._ready(wanted) or self._wait(wanted, ticket, began)
                slot.busy += 1
                slot.holders[me] = time.monotonic()
                self._slots.move_to_end(wanted.name)
            finally:
                self._queue.remove(ticket)
                self._turn.notify_all()
        return slot if slot.loaded is not None else self._load(slot, wanted)

    def _wait(self, wanted: WantedModel, ticket: object, began: float) -> _Slot:
        """Wait for the slot; first come, first served, among the threads that need a change."""
        while True:
            slot = self._ready(wanted)
            if slot is None and self._queue[0] is ticket:
                slot = self._try_change(wanted)
            if slot is not None:
                return slot
            waited = time.monotonic() - began
            if waited > self.longest_s:
                raise WeightCacheBusy(wanted.name, waited)
            self._turn.wait(min(self.patience_s / 4, 1.0))

    def _ready(self, wanted: WantedModel) -> _Slot | None:
        """Return the slot of a model that is loaded and has the wanted adapters."""
        slot = self._slots.get(wanted.name)
        return slot if slot is not None and slot.loaded is not None and slot.adapters == wanted.adapters else None

    def _try_change(self, wanted: WantedModel) -> _Slot | None:
        """Return the model with other adapters, or a slot for it; None while that would end another thread's run."""
        me = threading.current_thread()
        slot = self._slots.get(wanted.name)
        if slot is not None:
            if slot.is_held(self.patience_s, but=me) or slot.loaded is None:
                return None
            slot.adapters = wanted.adapters
            self.swaps += 1
            return slot
        if not self._make_room(wanted.size, me):
            return None
        self._slots[wanted.name] = slot = _Slot(None, wanted.size, wanted.adapters)
        self.loads += 1
        self.swaps += 1
        return slot

    def _make_room(self, size: int, me: threading.Thread) -> bool:
        """Evict least recently used models that nobody holds, if that is enough or if nobody holds any; else False."""
        held = sum(slot.size for slot in self._slots.values() if slot.is_held(self.patience_s, but=me))
        if held and held + size > self.limit:
            return False
        for name in [name for name, slot in self._slots.items() if not slot.is_held(self.patience_s, but=me)]:
            if sum(slot.size for slot in self._slots.values()) + size <= self.limit:
                break
            del self._slots[name]
            self.release()
        return True

    def _load(self, slot: _Slot, wanted: WantedModel) -> _Slot:
        """Load the model outside the lock, so that others go on drawing; its slot keeps its place meanwhile."""
        began = time.monotonic()
        log.info("loading the model %s; this may take minutes", wanted.name)
        try:
            with step("load"), drawing_device.kept_waiting("loading"):
                slot.loaded, slot.size = wanted.load()
        except BaseException:
            with self._turn:
                del self._slots[wanted.name]
                self._turn.notify_all()
            raise
        with self._turn:
            self._make_room(0, threading.current_thread())  # it may be larger than was expected
            self._turn.notify_all()
        log.info("the model %s is loaded, after %.1f s", wanted.name, time.monotonic() - began)
        return slot

    def _end_other_runs(self, me: threading.Thread, wanted: WantedModel) -> None:
        for name, slot in self._slots.items():
            if name != wanted.name or slot.adapters != wanted.adapters:
                slot.holders.pop(me, None)

    def _leave(self, slot: _Slot, *, ended: bool) -> None:
        me = threading.current_thread()
        with self._turn:
            slot.busy -= 1
            slot.holders[me] = time.monotonic()
            if ended:
                del slot.holders[me]
            self._turn.notify_all()
