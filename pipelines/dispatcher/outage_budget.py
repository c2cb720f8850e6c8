"""Outages, waited out with growing pauses for a bounded time; then the process ends, and nothing is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from foundry.errors import Outage
from foundry.retrying import RetryPolicy
from pipelines.bus.broker_errors import NoBroker, NotPermitted, WrongIdentity
from pipelines.bus.producing import NotSent
from pipelines.dispatcher.health import Health, OutageKind

Result = TypeVar("Result")
PAUSES = RetryPolicy(first_pause_s=0.5, longest_pause_s=15.0)
log = logging.getLogger("foundry.serve")


class GivenUp(Outage):
    """Something that the dispatcher cannot work without was away for too long."""

    code = "given_up"

    def __init__(self, what: str, seconds: float, reason: str) -> None:
        super().__init__(what, seconds, reason)
        self.what, self.seconds, self.reason = what, seconds, reason

    def __str__(self) -> str:
        return (
            f"{self.what} did not work for {self.seconds:.0f} seconds ({self.reason}). No offset of unfinished work is "
            "committed: repair it and start `foundry serve` again, or give it a longer --patience."
        )


@dataclass(frozen=True)
class OutageBudget:
    """The time that one outage of what everybody needs may last, in seconds; `health` is told of it.

    Once `draining` is set, the next failure is the last.

    This is no RetryPolicy: the time is counted from the first failure, not from the first try, because what is repeated
    may work for hours before it fails. It takes its pauses from one.
    """

    seconds: float = 300.0
    health: Health = field(default_factory=Health)
    draining: threading.Event = field(default_factory=threading.Event)
    pauses: RetryPolicy = PAUSES

    def insist(
        self,
        what: str,
        act: Callable[[], Result],
        outages: tuple[type[Exception], ...] = (),
        *,
        kind: OutageKind = "broker",
    ) -> Result:
        """Return the result of `act`, repeated until it works; GivenUp after too long. Other errors rise at once.

        So does the error of a message that the brokers will never take.

        An outage begins with its first failure. A failure of an `act` that went on for longer than the whole budget
        begins another outage.
        """
        by = threading.current_thread().name
        awaited = outages or (*broker_away(), OSError)
        failures, since = 0, 0.0
        while True:
            began = time.monotonic()
            try:
                result = act()
            except awaited as error:
                if refused_for_good(error):
                    raise
                failed = time.monotonic()
                if not failures or failed - began > self.seconds:
                    failures, since = 0, failed
                failures += 1
                if failed - since >= self.seconds or self.draining.is_set():
                    why = str(error).rstrip(".") or type(error).__name__
                    raise GivenUp(what, failed - since, why) from error
                log.warning("%s does not work: %s", what, error)
                if by != "round":
                    self.health.beat()  # the loop waits knowingly, which is not to be stuck
                self.health.begin_outage(kind, why=str(error) or type(error).__name__, by=by)
            else:
                if failures:
                    self.health.end_outage(kind, by=by)
                return result
            self.draining.wait(self.pauses.pause_s(failures))


def broker_away() -> tuple[type[Exception], ...]:
    """Return the errors of a broker that does not answer, does not take what it is sent, or does not allow it."""
    from kafka.errors import KafkaError

    return NotSent, NoBroker, WrongIdentity, NotPermitted, KafkaError


def refused_for_good(error: BaseException) -> bool:
    """Return whether the brokers refused a message itself, so that sending it again is of no use."""
    from kafka.errors import InvalidRecordError, MessageSizeTooLargeError, RecordListTooLargeError

    cause = error.__cause__ if isinstance(error, NotSent) else error
    return isinstance(cause, InvalidRecordError | MessageSizeTooLargeError | RecordListTooLargeError)
