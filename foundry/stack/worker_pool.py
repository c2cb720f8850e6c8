"""Beam's pool of external Python workers, for several taskmanagers of one machine.

Beam's own pool knows a worker by its id alone, and each taskmanager counts its workers for itself: two taskmanagers
both have a worker 1-1, and the one that has no more work for its own would stop the other's in the middle of a shot.
Here a worker also belongs to the connection on which it was asked for. It listens on 127.0.0.1 only.

python -m foundry.stack.worker_pool --service_port 50000
"""

from __future__ import annotations

import argparse
import logging
import threading
from typing import Any

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc
from apache_beam.runners.worker.worker_pool_main import BeamFnExternalWorkerPoolServicer
from apache_beam.utils.thread_pool_executor import shared_unbounded_instance

LOG = logging.getLogger(__name__)


class WorkerPool(BeamFnExternalWorkerPoolServicer):  # type: ignore[misc]
    """Starts a process for each worker that a taskmanager asks for, and stops it when that same taskmanager asks."""

    def __init__(self) -> None:
        super().__init__(use_process=True, data_buffer_time_limit_ms=-1)
        self._changing = threading.Lock()

    def StartWorker(self, request: Any, context: Any) -> Any:  # noqa: N802 - the service's own name
        """Start a worker that reports to the request's control endpoint."""
        with self._changing:
            answer = super().StartWorker(request, context)
            process = self._worker_processes.pop(request.worker_id, None)
            if process:
                self._worker_processes[_name(context.peer(), request.worker_id)] = process
        return answer

    def StopWorker(self, request: Any, context: Any) -> Any:  # noqa: N802 - the service's own name
        """Stop the worker of this id that was asked for on this connection.

        A connection that lay idle for half an hour is made anew. Then the worker is not known any more, and ends by
        itself, when its taskmanager has closed its control stream and what it had begun is done.
        """
        name = _name(context.peer(), request.worker_id)
        if name not in self._worker_processes:
            LOG.warning("worker %s was not started on this connection; it ends with its control stream", name)
        return super().StopWorker(beam_fn_api_pb2.StopWorkerRequest(worker_id=name), context)


def _name(peer: str, worker_id: str) -> str:
    return f"{peer} {worker_id}"


def serve(port: int) -> grpc.Server:
    """A pool that answers on this port of 127.0.0.1; OSError if the port is taken."""
    patient = [("grpc.http2.max_pings_without_data", 0), ("grpc.http2.max_ping_strikes", 0), ("grpc.so_reuseport", 0)]
    server = grpc.server(shared_unbounded_instance(), options=patient)
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(WorkerPool(), server)
    try:
        server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as error:
        raise OSError(f"port {port} of 127.0.0.1 is taken; choose another with --service_port") from error
    server.start()
    return server


def main() -> None:
    """Serve until killed; whoever stops the pool's family of processes stops its workers with it."""
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service_port", type=int, required=True)
    serve(parser.parse_args().service_port).wait_for_termination()


if __name__ == "__main__":
    main()
