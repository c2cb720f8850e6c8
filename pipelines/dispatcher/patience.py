"""Outages are waited out, with growing pauses, for a bounded time; then the process ends, and nothing is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from foundry.bus.producing import NotSent
from foundry.bus.settings import NoBroker
from foundry.errors import FoundryError

T = TypeVar("T")
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0
log = logging.getLogger("foundry.serve")


class GivenUp(FoundryError):
    """Something that the dispatcher cannot work without stayed away."""

    code = "given_up"

    def __init__(self, what: str, seconds: float, reason: str):
        super().__init__(what, seconds, reason)
        self.what, self.seconds, self.reason = what, seconds, reason

    def __str__(self) -> str:
        return (
            f"{self.what} did not work for {self.seconds:.0f} seconds ({self.reason}). No offset of unfinished work is "
            "committed: repair it and start `foundry serve` again, or give it a longer --patience."
        )


@dataclass(frozen=True)
class Patience:
    """How long an outage may last. Once `draining` is set the next failure is the last."""

    seconds: float = 300.0
    draining: threading.Event = field(default_factory=threading.Event)

    def insist(self, what: str, act: Callable[[], T], outages: tuple[type[Exception], ...] = ()) -> T:
        """What `act` returns, as soon as it works; GivenUp after too long. Other errors than outages rise at once."""
        from kafka.errors import KafkaError

        awaited = outages or (NotSent, NoBroker, KafkaError, OSError)
        began, pause = time.monotonic(), FIRST_PAUSE_S
        while True:
            try:
                return act()
            except awaited as error:
                waited = time.monotonic() - began
                if waited >= self.seconds or self.draining.is_set():
                    raise GivenUp(what, waited, str(error) or type(error).__name__) from error
                log.warning("%s does not work: %s", what, error)
            self.draining.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
