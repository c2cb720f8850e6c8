"""Beam's portable runner, with a sentence for the submitter when the job server or the engine behind it is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from apache_beam.options.pipeline_options import PortableOptions
from apache_beam.runners.portability.portable_runner import JobServiceHandle, PortableRunner

from foundry.errors import FoundryError

_OF_THE_ENGINE = re.compile(r"java\.net\.ConnectException: [^\n]*|FlinkJobNotFoundException: [^\n]*")
"""What the job server says of a job when it was not the job that failed: nobody answers, or nobody knows the job."""


class EngineLost(FoundryError):
    """The engine, or the server that takes its jobs, was lost while a run was waited for."""

    code = "engine_lost"

    def __init__(self, endpoint: str, what: str) -> None:
        super().__init__(endpoint, what)
        self.endpoint, self.what = endpoint, what


class JobServerLost(EngineLost):
    """The server that takes Beam's jobs did not answer, or stopped answering while a run was waited for."""

    code = "job_server_lost"

    def __str__(self) -> str:
        return (
            f"the job server {self.endpoint} does not answer ({self.what}). What was finished is in the store, and the "
            "engine may still be at work. Start the job server and repeat the same command: it makes what is missing."
        )


class JobLost(EngineLost):
    """The job server answers, but what it gave the job to does not, or does not know the job any more."""

    code = "job_lost"

    def __str__(self) -> str:
        return (
            f"the engine behind the job server {self.endpoint} lost the job ({self.what}). What was finished is in the "
            "store. Once the engine is up, repeat the same command: it makes what is missing."
        )


class JobServerRunner(PortableRunner):
    """Beam's portable runner; EngineLost where Beam would raise gRPC's errors, or speak of a job that failed."""

    def run_portable_pipeline(self, pipeline: Any, options: Any) -> Any:
        """Submit the job; what is returned can be waited for."""
        endpoint = options.view_as(PortableOptions).job_endpoint
        return _Result(super().run_portable_pipeline(pipeline, options), endpoint)

    def create_job_service(self, options: Any) -> Any:
        """A handle on the server that the options name."""
        import grpc

        endpoint = options.view_as(PortableOptions).job_endpoint
        with _named(endpoint):
            try:
                return super().create_job_service(options)
            except grpc.FutureTimeoutError as error:
                raise JobServerLost(endpoint, "no connection") from error

    def create_job_service_handle(self, job_service: Any, options: Any) -> Any:
        """What Beam submits by."""
        return _Handle(job_service, options)


class _Result:
    """Beam's result, which tells a lost engine from a failed job."""

    def __init__(self, result: Any, endpoint: str) -> None:
        self._result, self._endpoint = result, endpoint

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)

    def wait_until_finish(self, duration: int | None = None) -> Any:
        """The state that the job ended in, after `duration` milliseconds at most."""
        try:
            return self._result.wait_until_finish(duration)
        except RuntimeError as error:
            if found := _OF_THE_ENGINE.search(str(error)):
                raise JobLost(self._endpoint, found.group()) from error
            raise


class _Handle(JobServiceHandle):
    def submit(self, proto_pipeline: Any) -> tuple[str, Iterator[Any], Iterator[Any]]:
        endpoint = self.options.view_as(PortableOptions).job_endpoint
        with _named(endpoint):
            job, messages, states = super().submit(proto_pipeline)
        return job, _until_lost(messages), _states(states, endpoint)


def _states(states: Iterable[Any], endpoint: str) -> Iterator[Any]:
    with _named(endpoint):
        yield from states


def _until_lost(messages: Iterable[Any]) -> Iterator[Any]:
    """Messages are read by a thread of Beam's, where an error would reach nobody: the states tell of the loss."""
    import grpc

    try:
        yield from messages
    except grpc.RpcError:
        return


@contextmanager
def _named(endpoint: str) -> Iterator[None]:
    """gRPC's errors with the name of the server that they are about."""
    import grpc

    try:
        yield
    except grpc.RpcError as error:
        code = error.code().name if isinstance(error, grpc.Call) else type(error).__name__
        if code not in ("UNAVAILABLE", "DEADLINE_EXCEEDED"):
            raise
        raise JobServerLost(endpoint, code) from error
