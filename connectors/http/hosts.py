"""The hosts that a session asks: pace and circuit of each, shared by its threads."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from connectors.http.breaker import Breaker
from connectors.http.credential_scope import origin
from connectors.http.pace import Pace
from foundry.retrying import Clock

CHECK_S, SPREAD_S = 5.0, 5.0


class LeftAlone(Exception):
    """A host that is not asked now; `what` says why, `after_s` for how long."""

    def __init__(self, what: str, after_s: float) -> None:
        super().__init__(what, after_s)
        self.what, self.after_s = what, after_s


@dataclass(frozen=True)
class CheckedClock:
    """A clock whose sleeper looks up now and then, so that a stop is not waited for."""

    clock: Clock
    check: Callable[[], None]

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self.clock.monotonic()

    def time(self) -> float:
        """Return the seconds since 1970."""
        return self.clock.time()

    def sleep(self, seconds: float) -> None:
        """Wait, and let rise what `check` raises."""
        while seconds > 0:
            self.check()
            piece = min(seconds, CHECK_S)
            self.clock.sleep(piece)
            seconds -= piece


class Hosts:
    """Pace and circuit by origin. `requests_per_minute` is the limit of `home`; other origins have none."""

    def __init__(self, home: httpx2.URL, requests_per_minute: int | None, longest_wait_s: float, clock: Clock) -> None:
        self._home, self._limit = origin(home), requests_per_minute
        self._longest_wait_s, self._clock = longest_wait_s, clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str, int], tuple[Pace, Breaker]] = {}
        self._chance = random.Random()  # noqa: S311 - spreads requests in time, no secret

    def wait_for_turn(self, url: httpx2.URL, check: Callable[[], None]) -> Breaker:
        """Wait until an address's host may be asked; LeftAlone at once if that is too long.

        Return its circuit, which is told the outcome. After a pause that the host asked for, threads come back one
        after the other.
        """
        pace, breaker = self._of(url)
        clock = CheckedClock(self._clock, check)
        while (held_s := pace.held_s) > 0:
            if held_s > self._longest_wait_s:
                raise LeftAlone(f"{url.host} asks to be left alone", held_s)
            clock.sleep(held_s + self._chance.uniform(0.0, min(held_s, SPREAD_S)))
        clock.sleep(pace.take())
        check()
        if (left_s := breaker.refuse_s()) > 0:
            raise LeftAlone(f"{url.host} has failed again and again and is left alone", left_s)
        return breaker

    def hold(self, url: httpx2.URL, seconds: float) -> None:
        """Let no thread ask an address's host for so long."""
        self._of(url)[0].hold(seconds)

    def _of(self, url: httpx2.URL) -> tuple[Pace, Breaker]:
        where = origin(url)
        with self._lock:
            if where not in self._known:
                limit = self._limit if where == self._home else None
                self._known[where] = Pace(limit, self._clock), Breaker(self._clock)
            return self._known[where]
