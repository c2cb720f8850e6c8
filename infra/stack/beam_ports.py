"""Readiness checks of Beam's gRPC services on this machine."""

from __future__ import annotations

from infra.stack.server import NotYet


def check_channel(port: int, patience_s: float = 3) -> None:
    """Open a gRPC channel to a port of 127.0.0.1; NotYet if it is not ready within `patience_s` seconds."""
    import grpc

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=patience_s)
        except grpc.FutureTimeoutError as error:
            raise NotYet(f"no gRPC on port {port}") from error


def check_job_service(port: int, patience_s: float = 10) -> None:
    """Ask the Beam job service on a port of 127.0.0.1 for its pipeline options; NotYet if it names none."""
    import grpc
    from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        service = beam_job_api_pb2_grpc.JobServiceStub(channel)
        request = beam_job_api_pb2.DescribePipelineOptionsRequest()
        try:
            answer = service.DescribePipelineOptions(request, timeout=patience_s)
        except grpc.RpcError as error:
            raise NotYet(f"no Beam job service on port {port}") from error
        if not answer.options:
            raise NotYet("the job service knows no options")
