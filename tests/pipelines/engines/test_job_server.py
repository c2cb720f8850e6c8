"""A lost job server or engine is told from a job that failed, with what to do."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from infra.stack.home import free_port
from pipelines.engines.job_server import JobLost, JobServerLost, JobServerRunner, _naming, _Result, _until_lost


class Ended:
    """A result of Beam's whose job ended with an error of this text, or well."""

    state = "RUNNING"

    def __init__(self, text: str = "") -> None:
        self.text = text

    def wait_until_finish(self, duration: int | None = None) -> str:
        if self.text:
            raise RuntimeError(self.text)
        return f"DONE after {duration}"


class Broken(grpc.RpcError, grpc.Call):  # type: ignore[misc]
    """An error of gRPC with this status."""

    def __init__(self, status: grpc.StatusCode) -> None:
        self.status = status

    def code(self) -> grpc.StatusCode:
        return self.status

    details = initial_metadata = trailing_metadata = time_remaining = cancel = is_active = add_callback = code


@pytest.mark.parametrize(
    "text",
    [
        "Pipeline failed: java.net.ConnectException: Connection refused: jobmanager/10.0.0.7:8081\n  at Netty",
        "org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (f00)",
    ],
)
def test_an_engine_that_does_not_answer_or_does_not_know_the_job_has_lost_it(text: str) -> None:
    with pytest.raises(JobLost, match="the engine behind the job server jobs:8099 lost the job") as lost:
        _Result(Ended(text), "jobs:8099").wait_until_finish()
    assert "\n" not in lost.value.what


def test_a_job_that_failed_is_not_lost_and_one_that_ended_tells_its_state() -> None:
    with pytest.raises(RuntimeError, match="out of memory"):
        _Result(Ended("out of memory"), "jobs:8099").wait_until_finish()
    well = _Result(Ended(), "jobs:8099")
    assert well.wait_until_finish(5) == "DONE after 5"
    assert well.state == "RUNNING"


@pytest.mark.parametrize("status", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED])
def test_a_server_that_is_away_is_named(status: grpc.StatusCode) -> None:
    with (
        pytest.raises(JobServerLost, match=f"the job server jobs:8099 does not answer .{status.name}."),
        _naming("jobs:8099"),
    ):
        raise Broken(status)


def test_another_error_of_grpc_stays_what_it_is() -> None:
    with pytest.raises(Broken), _naming("jobs:8099"):
        raise Broken(grpc.StatusCode.INVALID_ARGUMENT)


def test_messages_end_with_the_server_that_sends_them() -> None:
    def messages() -> Iterator[Any]:
        yield "first"
        raise Broken(grpc.StatusCode.UNAVAILABLE)

    assert list(_until_lost(messages())) == ["first"]


def test_a_server_that_is_not_there_is_named_before_a_job_is_sent() -> None:
    endpoint = f"127.0.0.1:{free_port()}"
    options = PipelineOptions([f"--job_endpoint={endpoint}", "--job_server_timeout=1"])
    with pytest.raises(JobServerLost, match=f"the job server {endpoint} does not answer"):
        JobServerRunner(patience_s=1).create_job_service(options)


@pytest.mark.parametrize("error", [JobServerLost("jobs:8099", "no connection"), JobLost("jobs:8099", "gone")])
def test_a_loss_says_what_to_do_also_after_pickling(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert "it makes what is missing" in str(again)
