"""Which picture is asked for next: bounded requests for each host, pauses, and hosts that are left for the next run."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Job = TypeVar("Job")
MOST_FAILURES = 6
"""Failures in a row after which a host counts as away until the next run."""
LONGEST_PAUSE_S = 30.0
LONGEST_WAIT_S = 120.0
"""The longest time that a host may ask to be left alone within a run."""


@dataclass
class _Host(Generic[Job]):
    """One host: `at_once` places for requests, of which some are busy, and some rest until a time."""

    at_once: int
    pause_s: float
    waiting: deque[Job] = field(default_factory=deque)
    busy: int = 0
    resting: list[float] = field(default_factory=list)
    not_before: float = -math.inf
    failures: int = 0
    away: str = ""

    def ready_at(self, now: float) -> float:
        """Return the time from which a request may begin if none ends before; infinite if all places are busy."""
        self.resting = sorted(until for until in self.resting if until > now)
        over = self.busy + len(self.resting) - self.at_once
        if over < 0:
            return self.not_before
        return max(self.resting[over], self.not_before) if over < len(self.resting) else math.inf

    def ended(self, now: float) -> None:
        """Let the place of a request rest."""
        self.busy -= 1
        self.resting.append(now + self.pause_s)


class HostQueues(Generic[Job]):
    """Jobs by host. Times are those of a clock that never goes back; used by one thread.

    at_once: places for requests to one host. pause_s: for which a place rests after a request. first_pause_s: for
    which a host is left alone after its first failure.
    """

    def __init__(self, at_once: int, pause_s: float, first_pause_s: float) -> None:
        self.at_once, self.pause_s, self.first_pause_s = at_once, pause_s, first_pause_s
        self.count = 0
        self._hosts: dict[str, _Host[Job]] = {}
        self._turns: deque[str] = deque()

    def _host(self, name: str) -> _Host[Job]:
        if name not in self._hosts:
            self._hosts[name] = _Host(self.at_once, self.pause_s)
        return self._hosts[name]

    def add(self, host: str, job: Job) -> None:
        """Take a job in, behind the others of its host."""
        found = self._host(host)
        if not found.waiting:
            self._turns.append(host)
        found.waiting.append(job)
        self.count += 1

    def take(self, now: float) -> Job | None:
        """Return the next job that may begin now, hosts in turn; None if there is none."""
        for _ in range(len(self._turns)):
            name = self._turns.popleft()
            host = self._hosts[name]
            if not host.waiting:
                continue
            if host.ready_at(now) > now:
                self._turns.append(name)
                continue
            host.busy += 1
            job = host.waiting.popleft()
            self.count -= 1
            if host.waiting:
                self._turns.append(name)
            return job
        return None

    def next_at(self, now: float) -> float:
        """Return the time at which a waiting job may begin, if no request ends before; infinite if there is none."""
        waiting = (self._hosts[name] for name in self._turns if self._hosts[name].waiting)
        return min((host.ready_at(now) for host in waiting), default=math.inf)

    def answered(self, host: str, now: float, pause_s: float = 0.0) -> None:
        """Note that a request ended and the host works. `pause_s` is what its robots.txt asks for between requests."""
        found = self._host(host)
        found.failures = 0
        if pause_s > found.pause_s:
            found.at_once, found.pause_s = 1, pause_s
        found.ended(now)

    def failed(self, host: str, now: float, reason: str, wait_s: float = 0.0) -> None:
        """Note that a request ended and the host does not work, or asks for a pause of `wait_s`."""
        found = self._host(host)
        found.failures += 1
        found.ended(now)
        if wait_s > LONGEST_WAIT_S:
            found.away = f"asks to be left alone for {wait_s:.0f} s"
        elif found.failures >= MOST_FAILURES:
            found.away = f"failed {found.failures} times in a row ({reason})"
        pause = min(self.first_pause_s * 2.0 ** (found.failures - 1), LONGEST_PAUSE_S)
        found.not_before = max(found.not_before, now + max(wait_s, pause))

    def away(self, host: str) -> str:
        """Return why a host is left for the next run; "" while it is asked."""
        return self._hosts[host].away if host in self._hosts else ""

    def drop(self, host: str) -> list[Job]:
        """Take the waiting jobs of a host out and return them."""
        found = self._host(host)
        dropped = list(found.waiting)
        found.waiting.clear()
        self.count -= len(dropped)
        return dropped

    def clear(self) -> None:
        """Take all waiting jobs out."""
        for host in self._hosts:
            self.drop(host)
        self._turns.clear()
