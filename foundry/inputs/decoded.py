"""Arrays that were decoded in the box, kept by the hash of their bytes, so that no file is decoded twice in a row."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

MOST_BYTES = 512 << 20
"""Of all kept arrays together, two of the largest pictures among them."""


class DecodedArrays:
    """The arrays that were asked for last, within a limit of bytes. Threads that ask for the same one wait for it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._kept: OrderedDict[str, NDArray[Any]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._decoding: dict[str, threading.Lock] = {}
        os.register_at_fork(after_in_child=self._renew_locks)

    def _renew_locks(self) -> None:
        """Have locks of its own in a process that was just forked: the thread that held one is not there."""
        self._lock, self._decoding = threading.Lock(), {}

    def get(self, key: str, decode: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Return the array of a key, which nobody may write to; decode it if it is not kept."""
        with self._lock:
            if (found := self._known(key)) is not None:
                return found
            turn = self._decoding.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if (found := self._known(key)) is not None:
                    return found
            try:
                array = decode()
            finally:
                with self._lock:
                    self._decoding.pop(key, None)
            array.flags.writeable = False
            self._keep(key, array)
            return array

    def _known(self, key: str) -> NDArray[Any] | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def _keep(self, key: str, array: NDArray[Any]) -> None:
        with self._lock:
            if array.nbytes > self.most_bytes or key in self._kept:
                return
            self._kept[key] = array
            self._bytes += array.nbytes
            while self._bytes > self.most_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.nbytes

    @property
    def kept_bytes(self) -> int:
        """The bytes of all kept arrays together."""
        return self._bytes
