"""Outages are waited out, with growing pauses, for a bounded time; then the process ends, and nothing is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from foundry.errors import FoundryError
from pipelines.bus.producing import NotSent
from pipelines.bus.settings import NoBroker

T = TypeVar("T")
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0
log = logging.getLogger("foundry.serve")


class GivenUp(FoundryError):
    """Something that the dispatcher cannot work without stayed away."""

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
class Patience:
    """How long an outage may last, in seconds. Once `draining` is set the next failure is the last."""

    seconds: float = 300.0
    draining: threading.Event = field(default_factory=threading.Event)

    def insist(self, what: str, act: Callable[[], T], outages: tuple[type[Exception], ...] = ()) -> T:
        """What `act` returns, as soon as it works; GivenUp after too long. Other errors than outages rise at once.

        An outage begins with its first failure, however long `act` worked before. One that comes after `act` went on
        for longer than the whole patience is another outage.
        """
        awaited = outages or (*broker_away(), OSError)
        pause, since = FIRST_PAUSE_S, None
        while True:
            began = time.monotonic()
            try:
                return act()
            except awaited as error:
                failed = time.monotonic()
                if since is None or failed - began > self.seconds:
                    pause, since = FIRST_PAUSE_S, failed
                if failed - since >= self.seconds or self.draining.is_set():
                    why = str(error).rstrip(".") or type(error).__name__
                    raise GivenUp(what, failed - since, why) from error
                log.warning("%s does not work: %s", what, error)
            self.draining.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)


def broker_away() -> tuple[type[Exception], ...]:
    """The errors of a broker that does not answer or does not take what it is sent."""
    from kafka.errors import KafkaError

    return NotSent, NoBroker, KafkaError
