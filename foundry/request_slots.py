"""Limits of the requests that one process has in flight."""

from __future__ import annotations

import threading


class RequestSlots:
    """A bounded number of places per destination, shared by all threads of the process that has this object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[tuple[str, int], threading.BoundedSemaphore] = {}

    def of(self, destination: str, at_once: int) -> threading.BoundedSemaphore:
        """Return the places of a destination, which must be entered for each request; always the same object."""
        with self._lock:
            return self._slots.setdefault((destination, at_once), threading.BoundedSemaphore(at_once))
