"""The patience with one target, shared by all threads that send to it: pauses, and the end of asking."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from connectors.target.errors import TargetAway, TargetRefused
from foundry.retrying import Clock, RetryPolicy

log = logging.getLogger("foundry.delivery")
LOOK_S = 0.5
"""While a pause lasts, the run looks so often whether it was asked to stop."""


class Patience:
    """Pauses of all threads after a failure, and the decision to leave the target alone in this run.

    Failures of sendings that ran side by side count as one. A success ends the count.
    """

    def __init__(self, clock: Clock, failures: int, first_pause_s: float, longest_pause_s: float) -> None:
        self._clock, self._failures, self._longest_s = clock, failures, longest_pause_s
        self._pauses = RetryPolicy(first_pause_s=first_pause_s, longest_pause_s=30.0)
        self._lock = threading.Lock()
        self._round, self._in_a_row, self._until = 0, 0, 0.0
        self.successes = 0
        self.away: TargetAway | TargetRefused | None = None

    @property
    def round(self) -> int:
        """The number of pauses so far; a sending remembers it as it begins."""
        return self._round

    def succeed(self) -> None:
        """Count a file that has arrived."""
        with self._lock:
            self._in_a_row = 0
            self.successes += 1

    def fail(self, error: TargetAway, began: int) -> None:
        """Count a failure of a sending that began in a round, and let all threads pause."""
        with self._lock:
            self._until = max(self._until, self._clock.monotonic() + error.after_s)
            if began == self._round:
                self._round += 1
                self._in_a_row += 1
                pause = max(error.after_s, self._pauses.pause_s(self._in_a_row))
                self._until = max(self._until, self._clock.monotonic() + pause)
                if self._in_a_row < self._failures:  # the last failure ends the run, which says so itself
                    log.warning("%s, in %.0f s (%d of %d)", error, pause, self._in_a_row, self._failures)
            if self._in_a_row >= self._failures or error.after_s > self._longest_s:
                self.away = self.away or error

    def refuse(self, error: TargetRefused) -> None:
        """Leave the target alone in this run."""
        with self._lock:
            self.away = error

    def wait(self, check: Callable[[], None]) -> bool:
        """Wait until the pause is over; return False if the target is left alone. `check` is asked in between."""
        while self.away is None and (left := self._until - self._clock.monotonic()) > 0:
            check()
            self._clock.sleep(min(left, LOOK_S))
        return self.away is None
