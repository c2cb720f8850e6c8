"""A host that fails again and again is left alone for a while, by all threads at once."""

from __future__ import annotations

import threading

from foundry.retrying import Clock

FAILURES = 8
FIRST_S, LONGEST_S = 15.0, 300.0


class Breaker:
    """The failures of one host in a row.

    After so many, nobody asks it for a while; then one request tries it, and the others wait for its outcome. Each
    failed trial doubles the time.
    """

    def __init__(self, clock: Clock, failures: int = FAILURES) -> None:
        self._clock, self._most = clock, failures
        self._lock = threading.Lock()
        self._failures, self._open_s, self._until, self._on_trial = 0, 0.0, 0.0, False

    def refuse_s(self) -> float:
        """Return the seconds for which this caller may not ask; 0 if it may, and then it tells the outcome."""
        with self._lock:
            if not self._open_s:
                return 0.0
            left = self._until - self._clock.monotonic()
            if left > 0:
                return left
            # This caller tries; the others wait for its outcome, or for as long again if it tells none.
            self._on_trial, self._until = True, self._clock.monotonic() + self._open_s
            return 0.0

    def succeeded(self) -> None:
        """Note that the host answered."""
        with self._lock:
            self._failures, self._open_s, self._on_trial = 0, 0.0, False

    def failed(self) -> None:
        """Note that the host did not answer, or could not work. Only a trial counts while the host is left alone."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._most and (self._on_trial or not self._open_s):
                self._open_s = min(LONGEST_S, self._open_s * 2 if self._open_s else FIRST_S)
                self._until, self._on_trial = self._clock.monotonic() + self._open_s, False
