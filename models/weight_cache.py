"""Loaded models within a memory limit, shared by threads, each kept until its run is over.

A thread that uses a model holds it until it asks for another one, dies, raises, or has been silent for `patience_s`:
so a run of calls for one model is drawn to its end before another thread may take its place, and nobody waits for ever.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from foundry.errors import FoundryError


class ShelfBusy(FoundryError):
    """No room came free for a model in time: another thread is still at work with what is loaded."""

    code = "shelf_busy"

    def __init__(self, model: str, waited_s: float):
        super().__init__(model, waited_s)
        self.model, self.waited_s = model, waited_s

    def __str__(self) -> str:
        return (
            f"model {self.model} waited {self.waited_s:.0f} s for room beside the loaded ones; "
            "raise the memory limit or run fewer threads."
        )


@dataclass(frozen=True)
class Wanted:
    """A model, what it wears, its bytes before it is loaded, and how to load it (giving it and its true bytes)."""

    model: str
    dress: object
    size: int
    load: Callable[[], tuple[Any, int]]


@dataclass
class _Slot:
    loaded: Any
    size: int
    dress: object
    busy: int = 0
    holders: dict[threading.Thread, float] = field(default_factory=dict)

    def held(self, patience_s: float, *, but: threading.Thread) -> bool:
        """Whether another thread is using it, or is between two calls of its run."""
        now = time.monotonic()
        others = {thread: seen for thread, seen in self.holders.items() if thread is not but and thread.is_alive()}
        return self.busy > 0 or any(now - seen < patience_s for seen in others.values())


def _nothing() -> None:
    """What there is to do where memory frees itself."""


class Shelf:
    """Models by name. `loads` counts what was loaded, `swaps` every change of a model or of what it wears."""

    def __init__(
        self, limit: int, *, patience_s: float = 10.0, longest_s: float = 1800.0, freed: Callable[[], None] = _nothing
    ):
        self.limit, self.patience_s, self.longest_s, self.freed = limit, patience_s, longest_s, freed
        self.loads = self.swaps = 0
        self._slots: OrderedDict[str, _Slot] = OrderedDict()
        self._turn = threading.Condition()
        self._queue: list[object] = []

    @contextmanager
    def using(self, wanted: Wanted) -> Iterator[Any]:
        """The loaded model, for one call; an error in the call ends the thread's run."""
        slot = self._enter(wanted)
        try:
            yield slot.loaded
        except BaseException:
            self._leave(slot, ended=True)
            raise
        self._leave(slot, ended=False)

    @property
    def models(self) -> tuple[str, ...]:
        """What is loaded, least recently used first."""
        return tuple(self._slots)

    def _enter(self, wanted: Wanted) -> _Slot:
        me, ticket = threading.current_thread(), object()
        began = time.monotonic()
        with self._turn:
            self._end_other_runs(me, wanted)
            self._queue.append(ticket)
            try:
                slot = self._at_once(wanted) or self._wait(wanted, ticket, began)
                slot.busy += 1
                slot.holders[me] = time.monotonic()
                self._slots.move_to_end(wanted.model)
            finally:
                self._queue.remove(ticket)
                self._turn.notify_all()
        return slot if slot.loaded is not None else self._load(slot, wanted)

    def _wait(self, wanted: Wanted, ticket: object, began: float) -> _Slot:
        """First come, first served, among those who need a change."""
        while True:
            slot = self._at_once(wanted)
            if slot is None and self._queue[0] is ticket:
                slot = self._changed(wanted)
            if slot is not None:
                return slot
            waited = time.monotonic() - began
            if waited > self.longest_s:
                raise ShelfBusy(wanted.model, waited)
            self._turn.wait(min(self.patience_s / 4, 1.0))

    def _at_once(self, wanted: Wanted) -> _Slot | None:
        slot = self._slots.get(wanted.model)
        return slot if slot is not None and slot.loaded is not None and slot.dress == wanted.dress else None

    def _changed(self, wanted: Wanted) -> _Slot | None:
        """The model in another dress, or a place for it; None while that would end another thread's run."""
        me = threading.current_thread()
        slot = self._slots.get(wanted.model)
        if slot is not None:
            if slot.held(self.patience_s, but=me) or slot.loaded is None:
                return None
            slot.dress = wanted.dress
            self.swaps += 1
            return slot
        if not self._make_room(wanted.size, me):
            return None
        self._slots[wanted.model] = slot = _Slot(None, wanted.size, wanted.dress)
        self.loads += 1
        self.swaps += 1
        return slot

    def _make_room(self, size: int, me: threading.Thread) -> bool:
        """Evict the least recently used that nobody holds, if that is enough, or if nothing else is loaded."""
        held = sum(slot.size for slot in self._slots.values() if slot.held(self.patience_s, but=me))
        if held and held + size > self.limit:
            return False
        for name in [name for name, slot in self._slots.items() if not slot.held(self.patience_s, but=me)]:
            if sum(slot.size for slot in self._slots.values()) + size <= self.limit:
                break
            del self._slots[name]
            self.freed()
        return True

    def _load(self, slot: _Slot, wanted: Wanted) -> _Slot:
        """Outside the lock, so that others go on drawing; the slot is theirs to wait for."""
        try:
            slot.loaded, slot.size = wanted.load()
        except BaseException:
            with self._turn:
                del self._slots[wanted.model]
                self._turn.notify_all()
            raise
        with self._turn:
            self._make_room(0, threading.current_thread())  # it may be larger than was expected
            self._turn.notify_all()
        return slot

    def _end_other_runs(self, me: threading.Thread, wanted: Wanted) -> None:
        for name, slot in self._slots.items():
            if name != wanted.model or slot.dress != wanted.dress:
                slot.holders.pop(me, None)

    def _leave(self, slot: _Slot, *, ended: bool) -> None:
        me = threading.current_thread()
        with self._turn:
            slot.busy -= 1
            slot.holders[me] = time.monotonic()
            if ended:
                del slot.holders[me]
            self._turn.notify_all()
