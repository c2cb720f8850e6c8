"""Ask Beam's gRPC services of this machine whether they work."""

from __future__ import annotations

from infra.stack.server import NotYet


def channel_works(port: int, patience_s: float = 3) -> None:
    """A gRPC channel to the port becomes ready; NotYet if not."""
    import grpc

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=patience_s)
        except grpc.FutureTimeoutError as error:
            raise NotYet(f"no gRPC on port {port}") from error


def job_service_works(port: int, patience_s: float = 10) -> None:
    """A Beam job service describes its pipeline options; NotYet if not."""
    import grpc
    from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        service = beam_job_api_pb2_grpc.JobServiceStub(channel)
        try:
            told = service.DescribePipelineOptions(
                beam_job_api_pb2.DescribePipelineOptionsRequest(), timeout=patience_s
            )
        except grpc.RpcError as error:
            raise NotYet(f"no Beam job service on port {port}") from error
        if not told.options:
            raise NotYet("the job service knows no options")
