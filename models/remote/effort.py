"""The time and the tries that one picture may cost."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from foundry.retrying import RetriesEnded, RetryPolicy
from models.remote.refusals import Transient, VendorOutage

Result = TypeVar("Result")


@dataclass
class Effort:
    """The tries and the time that one picture may cost, from the making of this object on.

    The policy's budget covers all steps of the picture together; its tries are those of each step. `key` seeds the
    jitter of the pauses, so that a run can be repeated. `charged_micro_usd` is what the vendor's answers say that they
    charge; None as long as none says so.
    """

    card: str
    shot: str
    key: str
    policy: RetryPolicy
    began: float = field(init=False)
    charged_micro_usd: int | None = None

    def __post_init__(self) -> None:
        self.began = self.policy.clock.monotonic()

    def add_charge(self, micro_usd: int | None) -> None:
        """Add the charge that an answer tells; None if it tells none."""
        if micro_usd is not None:
            self.charged_micro_usd = (self.charged_micro_usd or 0) + micro_usd

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; not above zero once it has passed."""
        return self.began + (self.policy.budget_s or 0.0) - self.policy.clock.monotonic()

    def repeat(self, what: str, action: Callable[[], Result]) -> Result:
        """Return the result of `action`, repeated after Transient; VendorOutage with the last reason at the limits."""

        def pause_s(failures: int, fault: Transient) -> float:
            return max(fault.after_s, self._jittered_s(what, failures))

        try:
            return self.policy.repeat(action, Transient, pause_s=pause_s, began=self.began)
        except RetriesEnded as ended:
            said = f"{what}: {ended.fault}"
            if ended.pause_s is not None:
                raise self.too_late(said, ended.pause_s) from ended
            raise self.outage(f"{said}, the last of {ended.tries} tries") from ended

    def _jittered_s(self, what: str, failures: int) -> float:
        """Return full jitter: between nothing and the doubled pause, so that clients do not come back in step."""
        chance = random.Random(f"{self.key}/{what}/{failures}")  # noqa: S311 - the same pauses in every run, no secret
        return chance.uniform(0, self.policy.pause_s(failures))

    def pause(self, seconds: float, because: str) -> None:
        """Wait; VendorOutage at once if the wait would pass the deadline."""
        if seconds >= self.left_s:
            raise self.too_late(because, seconds)
        self.policy.clock.sleep(seconds)

    def too_late(self, because: str, pause_s: float) -> VendorOutage:
        """Return the error of an effort whose next try would come after its deadline."""
        deadline = f"the deadline of {self.policy.budget_s:g} s"
        return self.outage(f"{because}; the next try, in {pause_s:.1f} s, is after {deadline}")

    def outage(self, what: str) -> VendorOutage:
        """Return the error that ends this effort."""
        return VendorOutage(self.card, self.shot, what)
