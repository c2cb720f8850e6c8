"""A process that works whether the brokers answer or not, and reads topics beside its work as long as they do."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipelines.dispatcher.health import Health
from pipelines.dispatcher.outage_budget import GivenUp, OutageBudget
from pipelines.dispatcher.probes import serve_probes
from pipelines.dispatcher.signals import draining_on_signals
from pipelines.dispatcher.telemetry import exporting


class Loop(Protocol):
    """A loop over the records of topics."""

    def run(self) -> None:
        """Read until drained."""


@dataclass(frozen=True)
class Reading:
    """What is read beside the work: `open` waits for the brokers and gives the loop. stage: of its bugs, in metrics."""

    stage: str
    open: Callable[[], AbstractContextManager[Loop]]


@dataclass
class BesideTopics:
    """One such process. metrics: has a registry and a counter of bugs by stage. port: of its probes, once served."""

    health: Health
    budget: OutageBudget
    metrics: Any
    log: logging.Logger
    port: int = 0
    _error: BaseException | None = field(default=None, init=False)

    def run(self, work: Callable[[], None], reading: Reading | None, host: str, http_port: int) -> None:
        """Work until SIGTERM or SIGINT: the first signal drains, a second one ends the process at once."""
        with (
            exporting(self.metrics.registry),
            draining_on_signals(self.budget.draining),
            serve_probes(host, http_port, self.health, self.metrics) as self.port,
        ):
            self.log.info("health and metrics on port %d", self.port)
            reader = threading.Thread(target=self._read, args=(reading,), name="topics") if reading else None
            if reader:
                reader.start()
            try:
                work()
            finally:
                self.budget.draining.set()
                self.health.draining = True
                if reader:
                    reader.join()
        if self._error:
            raise self._error
        self.log.info("drained")

    def _read(self, reading: Reading) -> None:
        """Read until drained. A bug ends the process, so that someone is told and it starts again."""
        try:
            with reading.open() as loop:
                loop.run()
        except GivenUp:
            self.log.info("drained while the brokers were away")
        except BaseException as error:  # noqa: BLE001 - the main thread raises it again
            self._error = error
            self.metrics.bugs.labels(reading.stage).inc()
            self.budget.draining.set()
