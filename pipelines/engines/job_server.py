"""Beam's portable runner, with plain errors for a lost job server or a lost engine behind it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from apache_beam.options.pipeline_options import PortableOptions, PrismRunnerOptions
from apache_beam.portability.api import beam_job_api_pb2
from apache_beam.runners.portability.portable_runner import JobServiceHandle, PortableMetrics, PortableRunner
from apache_beam.runners.portability.prism_runner import PrismRunner

from foundry.errors import Outage
from pipelines.engines.reaching import wait_until_reachable

PATIENCE_S = 60.0
METRICS_S = 5.0
"""How long a job server may take to tell a job's metrics."""

log = logging.getLogger("foundry.engines")
_OF_THE_ENGINE = re.compile(r"java\.net\.ConnectException: [^\n]*|FlinkJobNotFoundException: [^\n]*")
"""The job server's report when the engine, not the job, failed: it does not answer, or does not know the job."""


class EngineLost(Outage):
    """The engine, or its job server, was lost during a run."""

    code = "engine_lost"

    def __init__(self, endpoint: str, what: str) -> None:
        super().__init__(endpoint, what)
        self.endpoint, self.what = endpoint, what


class JobServerLost(EngineLost):
    """The job server did not answer, or stopped answering during a run."""

    code = "job_server_lost"

    def __str__(self) -> str:
        return (
            f"the job server {self.endpoint} does not answer ({self.what}). What was finished is in the store, and the "
            "engine may still be at work. Start the job server and repeat the same command: it makes what is missing."
        )


class JobLost(EngineLost):
    """The job server answers, but the engine behind it does not, or no longer knows the job."""

    code = "job_lost"

    def __str__(self) -> str:
        return (
            f"the engine behind the job server {self.endpoint} lost the job ({self.what}). What was finished is in the "
            "store. Once the engine is up, repeat the same command: it makes what is missing."
        )


class LocalPrismLost(EngineLost):
    """The Prism program did not start, or ended."""

    code = "prism_lost"

    def __str__(self) -> str:
        return (
            f"Prism ({self.endpoint}) did not start ({self.what}). Check the program, or fetch it with `foundry stack "
            "fetch prism`; then repeat the same command."
        )


class NotedHandle(JobServiceHandle):  # type: ignore[misc]  # Beam has no types
    """Beam's handle, with which a job is submitted, and which can then be asked for the job's metrics."""

    job_id = ""
    """The job's name, and behind an underscore what makes it unique."""

    def submit(self, proto_pipeline: Any) -> tuple[str, Iterator[Any], Iterator[Any]]:
        """Submit the job; return its id, its messages and its states."""
        self.job_id, messages, states = super().submit(proto_pipeline)
        return self.job_id, messages, states

    def ask_for_metrics(self) -> Any:
        """Return the server's answer about the job's metrics; EngineLost if it gives none."""
        import grpc

        answer = beam_job_api_pb2.GetJobMetricsResponse()
        if self.job_id:
            asked = beam_job_api_pb2.GetJobMetricsRequest(job_id=self.job_id)
            try:
                answer = self.job_service.GetJobMetrics(asked, timeout=METRICS_S)
            except grpc.RpcError as error:
                raise EngineLost(self.job_id, str(error)) from error
        return answer


class _CountedRunner(PortableRunner):  # type: ignore[misc]  # Beam has no types
    """A portable runner whose job can be asked for its metrics while it runs, and when it has ended."""

    every_s = 0.5
    _handle: NotedHandle | None = None

    @property
    def job_id(self) -> str:
        """The id of the job; empty before it is submitted."""
        return self._handle.job_id if self._handle else ""

    def read_metrics(self) -> Any:
        """Return Beam's metrics of the job as they are now; EngineLost if the server does not tell them."""
        return PortableMetrics(self._ask_for_metrics()).query()

    def _ask_for_metrics(self) -> Any:
        """Return the job server's answer; no metrics before a job is submitted."""
        return self._handle.ask_for_metrics() if self._handle else beam_job_api_pb2.GetJobMetricsResponse()


class LocalPrismRunner(_CountedRunner, PrismRunner):  # type: ignore[misc]  # Beam has no types
    """Beam's runner that starts Prism for one run, with a plain error where the program does not start."""

    def create_job_service(self, options: Any) -> Any:
        """Start the program and connect to it; LocalPrismLost if it ends instead."""
        location = str(options.view_as(PrismRunnerOptions).prism_location)
        log.info("starting Prism, %s", location)
        try:
            return super().create_job_service(options)
        except (RuntimeError, OSError) as error:
            raise LocalPrismLost(location, str(error).splitlines()[0]) from error

    def create_job_service_handle(self, job_service: Any, options: Any) -> Any:
        """Return the handle with which Beam submits the job."""
        self._handle = NotedHandle(job_service, options, retain_unknown_options=True)
        return self._handle


class JobServerRunner(_CountedRunner):
    """Beam's portable runner that raises EngineLost where Beam raises gRPC's errors or reports a failed job.

    It waits `patience_s` seconds for a job server that does not answer when a job begins, and says so.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        super().__init__()
        self.patience_s = patience_s

    def run_portable_pipeline(self, pipeline: Any, options: Any) -> Any:
        """Submit the job and return its result, which can be waited for."""
        endpoint = options.view_as(PortableOptions).job_endpoint
        return _Result(super().run_portable_pipeline(pipeline, options), endpoint)

    def create_job_service(self, options: Any) -> Any:
        """Connect to the job server that the options name; JobServerLost if it does not answer."""
        import grpc

        endpoint = options.view_as(PortableOptions).job_endpoint
        if fault := wait_until_reachable("the job server", endpoint, self.patience_s):
            raise JobServerLost(endpoint, fault)
        with _naming(endpoint):
            try:
                return super().create_job_service(options)
            except grpc.FutureTimeoutError as error:
                raise JobServerLost(endpoint, "no connection") from error

    def create_job_service_handle(self, job_service: Any, options: Any) -> Any:
        """Return the handle with which Beam submits the job."""
        self._handle = _Handle(job_service, options)
        return self._handle


class _Result:
    """Beam's result of a job, which tells a lost engine from a failed job."""

    def __init__(self, result: Any, endpoint: str) -> None:
        self._result, self._endpoint = result, endpoint

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)

    def wait_until_finish(self, duration: int | None = None) -> Any:
        """Return the job's state at its end or after `duration` milliseconds; JobLost if the engine lost the job."""
        try:
            return self._result.wait_until_finish(duration)
        except RuntimeError as error:
            if found := _OF_THE_ENGINE.search(str(error)):
                raise JobLost(self._endpoint, found.group()) from error
            raise


class _Handle(NotedHandle):
    def submit(self, proto_pipeline: Any) -> tuple[str, Iterator[Any], Iterator[Any]]:
        endpoint = self.options.view_as(PortableOptions).job_endpoint
        with _naming(endpoint):
            job, messages, states = super().submit(proto_pipeline)
        return job, _until_lost(messages), _states(states, endpoint)


def _states(states: Iterable[Any], endpoint: str) -> Iterator[Any]:
    with _naming(endpoint):
        yield from states


def _until_lost(messages: Iterable[Any]) -> Iterator[Any]:
    """Yield messages until the server is lost. A thread of Beam's reads them, where an error would reach nobody."""
    import grpc

    try:
        yield from messages
    except grpc.RpcError:
        return


@contextmanager
def _naming(endpoint: str) -> Iterator[None]:
    """Raise JobServerLost, with the server's endpoint, for gRPC's errors of a server that does not answer."""
    import grpc

    try:
        yield
    except grpc.RpcError as error:
        code = error.code().name if isinstance(error, grpc.Call) else type(error).__name__
        if code not in ("UNAVAILABLE", "DEADLINE_EXCEEDED"):
            raise
        raise JobServerLost(endpoint, code) from error
