"""The pace at which all threads together ask one host: as fast as allowed, and not at all while it asks for that."""

from __future__ import annotations

import threading

from foundry.retrying import Clock


class Pace:
    """The requests to one host in time.

    A token bucket as a virtual schedule (the generic cell rate algorithm of ITU-T I.371): one second's worth of
    requests may go at once, and the others keep their distance. None for no limit.
    """

    def __init__(self, per_minute: int | None, clock: Clock) -> None:
        self._distance_s = 60.0 / per_minute if per_minute else 0.0
        self._burst_s = max(0.0, 1.0 - self._distance_s)
        self._clock, self._lock = clock, threading.Lock()
        self._next, self._held_until = 0.0, 0.0

    def hold(self, seconds: float) -> None:
        """Let nobody ask for so long: the host wants that."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    @property
    def held_s(self) -> float:
        """The seconds for which nobody may ask; not above zero if anybody may."""
        with self._lock:
            return self._held_until - self._clock.monotonic()

    def take(self) -> float:
        """Take the next place in the schedule; return the seconds until it comes."""
        with self._lock:
            now = self._clock.monotonic()
            at = max(self._next, now)
            self._next = at + self._distance_s
            return max(0.0, at - self._burst_s - now)
