"""A clock that moves only when somebody sleeps."""

from __future__ import annotations

import threading


class FakeClock:
    """Seconds since its making, in place of `foundry.retrying.SystemClock`. Threads may share it.

    `now` is the present time, `sleeps` are all sleeps so far.
    """

    def __init__(self, today: float = 1_800_000_000.0) -> None:
        self.now, self.today_at_start = 0.0, today
        self.sleeps: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        """Return the seconds that were slept."""
        return self.now

    def time(self) -> float:
        """Return the seconds since 1970, if the clock was made at `today`."""
        return self.today_at_start + self.now

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        with self._lock:
            self.sleeps.append(seconds)
            self.now += seconds
