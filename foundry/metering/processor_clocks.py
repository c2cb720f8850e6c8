"""Clocks of processors: of this thread, of this process, and of the threads that are not Python's.

Torch, OpenCV, FFmpeg and their like compute on threads of their own. What these take is the process's clock less the
clocks of all threads that Python knows. Linux lets a process read the clock of each of its threads, by a clock id that
is made of the thread's number (kernel: MAKE_THREAD_CPUCLOCK); elsewhere, such threads are not measured.
"""

from __future__ import annotations

import sys
import threading
import time

PER_THREAD, SCHEDULER = 4, 2
READABLE = sys.platform.startswith("linux")


def thread_ns(native_id: int) -> int | None:
    """Return the processor time of one of this process's threads, in nanoseconds; None if it has ended."""
    try:
        return time.clock_gettime_ns((~native_id << 3) | PER_THREAD | SCHEDULER)
    except OSError:
        return None


class NativeClock:
    """The processor time of the threads that Python does not know, as it grows. One thread at a time may use it."""

    def __init__(self) -> None:
        self._known: dict[threading.Thread, int] = {}
        self._ended_ns = 0
        self._read_ns = self._now() if READABLE else 0

    def advance(self) -> int:
        """Return the nanoseconds since the last call, at least 0."""
        if not READABLE:
            return 0
        now = self._now()
        grown = max(now - self._read_ns, 0)
        self._read_ns += grown
        return grown

    def tell(self, thread: threading.Thread, used_ns: int) -> None:
        """Say how much a thread has used: what it uses after that, before it ends unseen, counts as native."""
        if READABLE:
            self._known[thread] = used_ns

    def _now(self) -> int:
        total, python = time.process_time_ns(), 0
        alive = threading.enumerate()
        for thread in alive:
            used = thread_ns(thread.native_id) if thread.native_id else None
            if used is not None:
                self._known[thread] = used
                python += used
        if len(self._known) > len(alive):
            for thread in self._known.keys() - set(alive):
                self._ended_ns += self._known.pop(thread)
        return total - python - self._ended_ns
