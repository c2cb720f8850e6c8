"""A clock that moves only when somebody sleeps."""

from __future__ import annotations

import threading

from models.remote.patience import Patience


class FakeClock:
    """Seconds since its making; remembers every sleep. Threads may share it."""

    def __init__(self, today: float = 1_800_000_000.0) -> None:
        self.now, self.today_at_start = 0.0, today
        self.sleeps: list[float] = []
        self._lock = threading.Lock()

    def clock(self) -> float:
        return self.now

    def today(self) -> float:
        return self.today_at_start + self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self.now += seconds

    def patience(self) -> Patience:
        """The real pauses, in this clock's time."""
        return Patience(self.clock, self.sleep, self.today)
