"""Repetition of actions that failed: how often, for how long, and with which pauses between the tries."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, NoReturn, Protocol, TypeVar

if TYPE_CHECKING:
    from tenacity import RetryCallState

Result = TypeVar("Result")
Fault = TypeVar("Fault", bound=Exception)


class Clock(Protocol):
    """The time that pauses are measured in; a test hands in one that moves only when somebody sleeps."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""

    def time(self) -> float:
        """Return the seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True)
class SystemClock:
    """The clock of this machine."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def time(self) -> float:
        """Return the seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class RetriesEnded(Exception):
    """An action that failed too often or for too long; the caller puts it in the words of its own error.

    `fault` is the last failure, `tries` the number of failures that were counted. `pause_s` is the pause before the
    next try, if that try would have come after the deadline, and None if the tries ran out.
    """

    def __init__(self, fault: Exception, tries: int, pause_s: float | None) -> None:
        super().__init__(fault, tries, pause_s)
        self.fault, self.tries, self.pause_s = fault, tries, pause_s


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """Limits of the repetition of one action; all times in seconds.

    attempts: tries in all, the first included; None for no limit.
    budget_s: for all tries and pauses together; a try that would begin later is not made. None for no limit.
    first_pause_s, longest_pause_s: the pause after the first failure, which doubles with each further one; its limit.
    call_s: for one call, or for its silence; whoever makes the call hands it to its client.
    """

    attempts: int | None = None
    budget_s: float | None = None
    first_pause_s: float = 1.0
    longest_pause_s: float = 30.0
    call_s: float = 60.0
    clock: Clock = field(default_factory=SystemClock)

    def pause_s(self, failures: int) -> float:
        """Return the pause after so many failures in a row."""
        return min(self.first_pause_s * 2.0 ** min(failures - 1, 64), self.longest_pause_s)

    def repeat(
        self,
        action: Callable[[], Result],
        on: type[Fault],
        *,
        pause_s: Callable[[int, Fault], float] | None = None,
        progressed: Callable[[], bool] = lambda: False,
        began: float | None = None,
    ) -> Result:
        """Return the result of `action`, which is repeated after a fault of the type `on`; RetriesEnded at the limits.

        Other errors rise at once. `pause_s` gives the pause for the number of failures and the last fault, in place of
        the doubled one. Failures are counted anew where `progressed` says that the last try got further. `began` is the
        clock's time that the budget is counted from, if it covers more than this action.
        """
        from tenacity import Retrying, retry_if_exception_type

        start = self.clock.monotonic() if began is None else began
        until = math.inf if self.budget_s is None else start + self.budget_s
        count = _Count(self, pause_s or (lambda failures, _: self.pause_s(failures)), progressed, until)
        retrying = Retrying(
            retry=retry_if_exception_type(on),
            wait=count.failed,
            stop=count.is_over,
            sleep=self.clock.sleep,
            retry_error_callback=count.give_up,
        )
        return retrying(action)


@dataclass
class _Count(Generic[Fault]):
    """The failures of one repetition, as tenacity asks for them: first `failed`, then `is_over`, then `give_up`."""

    policy: RetryPolicy
    pause_s: Callable[[int, Fault], float]
    progressed: Callable[[], bool]
    until: float
    failures: int = 0

    def failed(self, state: RetryCallState) -> float:
        self.failures = 1 if self.progressed() else self.failures + 1
        return self.pause_s(self.failures, self._fault(state))

    def is_over(self, state: RetryCallState) -> bool:
        return self._tries_ran_out or self.policy.clock.monotonic() + state.upcoming_sleep >= self.until

    def give_up(self, state: RetryCallState) -> NoReturn:
        fault = self._fault(state)
        raise RetriesEnded(fault, self.failures, None if self._tries_ran_out else state.upcoming_sleep) from fault

    @property
    def _tries_ran_out(self) -> bool:
        return self.policy.attempts is not None and self.failures >= self.policy.attempts

    def _fault(self, state: RetryCallState) -> Fault:
        # tenacity sets the outcome before it asks, and repeats only faults of the wanted type.
        return state.outcome.exception()  # type: ignore[union-attr, return-value]
