"""How long one picture is waited for: clock, pauses between tries, and the vendor's own wishes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TypeVar

from models.remote.refusals import Transient, VendorOutage

Made = TypeVar("Made")


@dataclass(frozen=True)
class Patience:
    """Clock, sleeper and pauses in seconds; a test gives its own clock. Decides no name and no pixel."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    today: Callable[[], float] = time.time
    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0

    def retry_after(self, header: str | None) -> float:
        """Seconds that a `Retry-After` asks for, as a number or as an HTTP date; 0 for none or nonsense."""
        if not header:
            return 0.0
        try:
            return max(0.0, float(int(header)))
        except ValueError:
            pass  # then it is a date
        try:
            return max(0.0, parsedate_to_datetime(header).timestamp() - self.today())
        except (ValueError, TypeError):
            return 0.0


@dataclass
class Effort:
    """The tries and the time that one picture may cost. `key` seeds the jitter, so that a run can be repeated."""

    card: str
    shot: str
    key: str
    attempts: int
    deadline_s: float
    patience: Patience
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.patience.clock()

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; not above zero once it has passed."""
        return self.began + self.deadline_s - self.patience.clock()

    def repeat(self, what: str, action: Callable[[], Made]) -> Made:
        """`action`'s result; tried again after `Transient`, then VendorOutage with the last reason."""
        last = Transient("it was not tried")
        for attempt in range(1, self.attempts + 1):
            try:
                return action()
            except Transient as fault:
                last = fault
            if attempt < self.attempts:
                self.pause(max(last.after_s, self._jittered(what, attempt)), f"{what}: {last.what}")
        raise self.outage(f"{what}: {last.what}, the last of {self.attempts} tries")

    def _jittered(self, what: str, attempt: int) -> float:
        """Full jitter: anything from nothing to the doubled pause, so that clients do not come back in step."""
        most = min(self.patience.longest_pause_s, self.patience.first_pause_s * 2 ** (attempt - 1))
        return random.Random(f"{self.key}/{what}/{attempt}").uniform(0, most)

    def pause(self, seconds: float, because: str) -> None:
        """Wait; VendorOutage at once if the wait would pass the deadline."""
        if seconds >= self.left_s:
            raise self.outage(
                f"{because}; the next try, in {seconds:.1f} s, is after the deadline of {self.deadline_s} s"
            )
        self.patience.sleep(seconds)

    def outage(self, what: str) -> VendorOutage:
        """The error that ends this effort."""
        return VendorOutage(self.card, self.shot, what)
