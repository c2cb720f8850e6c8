"""Beam's in-process runner, whose metrics can be read while it works.

Beam's own gives them when it has ended. The workers of the runner answer requests for the progress of a bundle, as
those of every engine do; here they are asked whenever the counts are read.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from apache_beam.metrics.monitoring_infos import consolidate
from apache_beam.portability.api import beam_fn_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiMetrics

ANSWER_S = 0.2
"""How long an answer of the workers is waited for; the last one counts until there is another."""


class EmbeddedRunner(FnApiRunner):  # type: ignore[misc]  # Beam has no types
    """FnApiRunner, whose bundles are watched from the moment at which they are given to the workers."""

    every_s = 0.5

    def __init__(self) -> None:
        super().__init__()
        self._bundles = _Bundles()

    def read_metrics(self) -> Any:
        """Return Beam's metrics of all bundles so far, those at work included."""
        return FnApiMetrics({"": list(consolidate(self._bundles.read()))}).query()

    def _execute_bundle(self, runner_execution_context: Any, bundle_context_manager: Any, bundle_input: Any) -> Any:
        """Execute a bundle of a stage, whose parts the workers process at the same time."""
        for handler in bundle_context_manager.worker_handlers:
            if not isinstance(handler.control_conn, _WatchedConnection):
                handler.control_conn = _WatchedConnection(handler.control_conn, self._bundles)
        done: list[Any] = []
        try:
            result = super()._execute_bundle(runner_execution_context, bundle_context_manager, bundle_input)
            done = list(result.process_bundle.monitoring_infos)
        finally:
            self._bundles.end(done)
        return result


class _Bundles:
    """The metrics of the bundles that are done, and of those that the workers process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: list[Any] = []
        self._at_work: dict[str, Any] = {}
        self._latest: dict[str, list[Any]] = {}

    def begin(self, bundle: str, connection: Any) -> None:
        """Note that the worker behind a connection got a bundle."""
        with self._lock:
            self._at_work[bundle] = connection

    def end(self, infos: list[Any]) -> None:
        """Note that all bundles at work are done, with these metrics together; none if they failed."""
        with self._lock:
            self._done = list(consolidate([*self._done, *infos]))
            self._at_work, self._latest = {}, {}

    def read(self) -> list[Any]:
        """Return all metrics; ask the workers for those of the bundles that they process."""
        with self._lock:
            at_work = dict(self._at_work)
        asked = {bundle: connection.push(_progress_request(bundle)) for bundle, connection in at_work.items()}
        _wait_for(list(asked.values()))
        with self._lock:
            for bundle, answer in asked.items():
                if bundle in self._at_work and answer.is_done() and not answer.get().error:
                    self._latest[bundle] = list(answer.get().process_bundle_progress.monitoring_infos)
            return [*self._done, *(info for infos in self._latest.values() for info in infos)]


class _WatchedConnection:
    """A connection to a worker that notes which bundles the worker gets."""

    def __init__(self, connection: Any, bundles: _Bundles) -> None:
        self._connection, self._bundles = connection, bundles

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def push(self, request: Any) -> Any:
        """Send a request, or Beam's mark of the end, to the worker."""
        future = self._connection.push(request)
        if isinstance(request, beam_fn_api_pb2.InstructionRequest) and request.HasField("process_bundle"):
            self._bundles.begin(request.instruction_id, self._connection)
        return future


def _progress_request(bundle: str) -> Any:
    asked = beam_fn_api_pb2.ProcessBundleProgressRequest(instruction_id=bundle)
    return beam_fn_api_pb2.InstructionRequest(process_bundle_progress=asked)


def _wait_for(answers: list[Any]) -> None:
    """Wait a moment for the answers; a worker that is busy or gone does not hold the reader up."""
    until = time.monotonic() + ANSWER_S
    while not all(answer.is_done() for answer in answers) and time.monotonic() < until:
        time.sleep(0.005)
