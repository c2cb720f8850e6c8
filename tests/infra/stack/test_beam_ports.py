"""Readiness checks against gRPC servers of this process."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc

from infra.stack.beam_ports import check_channel, check_job_service
from infra.stack.home import free_port
from infra.stack.server import NotYet


class JobService(beam_job_api_pb2_grpc.JobServiceServicer):  # type: ignore[misc]
    """Describes as many pipeline options as it is given."""

    def __init__(self, options: int) -> None:
        self.options = options

    def DescribePipelineOptions(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC names the method
        described = [beam_job_api_pb2.PipelineOptionDescriptor(name=f"option{n}") for n in range(self.options)]
        return beam_job_api_pb2.DescribePipelineOptionsResponse(options=described)


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a job service with so many options; with None, of a gRPC server without that service."""
    with ThreadPoolExecutor(2) as threads:
        server = grpc.server(threads)
        if request.param is not None:
            beam_job_api_pb2_grpc.add_JobServiceServicer_to_server(JobService(request.param), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield port
        server.stop(None).wait()


@pytest.mark.parametrize("served", [None, 3], indirect=True)
def test_a_server_that_speaks_grpc_is_ready_for_a_channel(served: int) -> None:
    check_channel(served)


@pytest.mark.parametrize("served", [3], indirect=True)
def test_a_job_service_that_knows_options_is_ready(served: int) -> None:
    check_job_service(served)


@pytest.mark.parametrize(
    ("served", "reason"), [(0, "knows no options"), (None, "no Beam job service")], indirect=["served"]
)
def test_another_service_or_an_empty_one_is_not_ready(served: int, reason: str) -> None:
    with pytest.raises(NotYet, match=reason):
        check_job_service(served)


def test_a_closed_port_is_not_ready() -> None:
    port = free_port()
    with pytest.raises(NotYet, match=f"no gRPC on port {port}"):
        check_channel(port, patience_s=0.2)
    with pytest.raises(NotYet, match=f"no Beam job service on port {port}"):
        check_job_service(port, patience_s=0.2)
