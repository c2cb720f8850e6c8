"""The counts of a run while it works: the engine is asked now and then, in a thread of its own, for Beam's metrics."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

from pipelines.engines.job_server import EngineLost
from pipelines.engines.run_counts import Metrics, RunCounts, attempted_counts, committed_counts

log = logging.getLogger("foundry.engines")


@runtime_checkable
class TellsMetrics(Protocol):
    """A runner that can be asked for the metrics of its run: before, while it works, and once it has ended."""

    every_s: float
    """How often it may be asked, in seconds."""

    def read_metrics(self) -> Metrics:
        """Return the metrics as they are now; raise EngineLost if the engine does not tell them."""


class LiveCounts:
    """The counts of one run. While it works they never fall; any thread may read them.

    While the run works they are attempted counts: an engine commits a stage's counts only when a whole bundle of it is
    done. Once it has ended they are the committed ones, where the engine has any.
    """

    def __init__(self) -> None:
        self._counts = RunCounts()

    @property
    def run(self) -> RunCounts:
        """All counts as they were last read."""
        return self._counts

    def now(self, plan: str = "") -> dict[str, int]:
        """Return the amounts by kind, of all plans or of the plan with this digest."""
        return self._counts.of(plan) if plan else self._counts.total

    @contextmanager
    def following(self, runner: Any) -> Iterator[None]:
        """Read the counts of a runner until the block ends; and the last ones, if it ends without an error.

        Of a runner that does not tell its metrics, there are none.
        """
        if not isinstance(runner, TellsMetrics):
            yield
            return
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(runner, ended), name="counts", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()
        self._keep(runner, committed_counts)

    def _watch(self, runner: TellsMetrics, ended: threading.Event) -> None:
        while not ended.wait(runner.every_s):
            self._keep(runner, lambda metrics: attempted_counts(metrics).at_least(self._counts))

    def _keep(self, runner: TellsMetrics, count: Callable[[Metrics], RunCounts]) -> None:
        try:
            self._counts = count(runner.read_metrics())
        except EngineLost as error:  # the run itself says so, too
            log.debug("the counts of the run were not read: %s", error)
