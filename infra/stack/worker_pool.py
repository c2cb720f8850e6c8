"""A pool of external Python workers for Beam, for several taskmanagers of one machine.

Beam's own pool (`apache_beam.runners.worker.worker_pool_main`) differs in three ways. It knows a worker by its id
alone, and each taskmanager counts its workers for itself: two taskmanagers both have a worker 1-1, and the one that has
no more work for its own stops the other's in the middle of a shot. Here a worker also belongs to the connection on
which it was asked for. It starts an interpreter for each worker, and Flink asks for new workers at nearly every stage:
here they are forked from a process that has imported Beam and torch. And it listens on all interfaces, this one on
127.0.0.1 alone.

python -m infra.stack.worker_pool --service_port 50000
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import threading
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from typing import Any

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc
from apache_beam.utils.thread_pool_executor import shared_unbounded_instance

LOG = logging.getLogger(__name__)
IMPORTED = ["apache_beam.runners.worker.sdk_worker", "apache_beam.ml.inference.base"]
PATIENCE_S = 10


class WorkerPool(beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolServicer):  # type: ignore[misc]
    """Starts a process for each worker that a taskmanager asks for, and stops it when that same taskmanager asks."""

    def __init__(self) -> None:
        self._workers: dict[str, BaseProcess] = {}
        self._starting = threading.Lock()
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(IMPORTED)
        forkserver.ensure_running()

    def StartWorker(self, request: Any, context: Any) -> Any:  # noqa: N802 - the service's own name
        """Start a worker that reports to the request's control endpoint."""
        name = _name(context.peer(), request.worker_id)
        LOG.info("starting worker %s", name)
        told = (request.control_endpoint.url, request.worker_id)
        worker = self._processes.Process(target=work, args=told, name=name)
        with self._starting:
            try:
                worker.start()
            except OSError as error:
                return beam_fn_api_pb2.StartWorkerResponse(error=f"worker {name} cannot be started: {error}")
            self._workers[name] = worker
        return beam_fn_api_pb2.StartWorkerResponse()

    def StopWorker(self, request: Any, context: Any) -> Any:  # noqa: N802 - the service's own name
        """Stop the worker of this id that was asked for on this connection.

        A connection that lay idle for half an hour is made anew. Then the worker is not known any more, and ends by
        itself, when its taskmanager has closed its control stream and what it had begun is done.
        """
        name = _name(context.peer(), request.worker_id)
        worker = self._workers.pop(name, None)
        if worker is None:
            LOG.warning("worker %s was not started on this connection; it ends with its control stream", name)
            return beam_fn_api_pb2.StopWorkerResponse()
        worker.terminate()
        worker.join(PATIENCE_S)
        if worker.exitcode is None:
            worker.kill()
            worker.join()
        return beam_fn_api_pb2.StopWorkerResponse()


def _name(peer: str, worker_id: str) -> str:
    return f"{worker_id} of {peer}"


def work(control: str, worker_id: str) -> None:
    """Be a worker until the control stream ends; what then is still being drawn would reach nobody."""
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    try:
        SdkHarness(control, worker_id=worker_id, state_cache_size=0, data_buffer_time_limit_ms=-1).run()
    except grpc.RpcError as error:
        LOG.warning("worker %s lost its taskmanager %s: %s", worker_id, control, error)
    os._exit(0)


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
    logging.basicConfig()  # Beam may have done so already, at another level
    logging.getLogger().setLevel(logging.INFO)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service_port", type=int, required=True)
    serve(parser.parse_args().service_port).wait_for_termination()


if __name__ == "__main__":
    main()
