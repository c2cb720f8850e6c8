"""A pool of external Python workers for Beam, for several taskmanagers of one machine.

It replaces Beam's own pool (`apache_beam.runners.worker.worker_pool_main`) because of a bug that is still in Beam 2.77:
`BeamFnExternalWorkerPoolServicer` keeps its worker processes in a dict by worker id alone, and each taskmanager numbers
its workers from 1-1. So with two taskmanagers, the one that has no more work stops the other's worker of the same id in
the middle of a shot, and the job hangs. This pool knows a worker by its id and the connection that asked for it. Once
Beam's pool tells workers of different taskmanagers apart, this module can go.

Two more differences. Beam's pool starts an interpreter for each worker, and Flink asks for new workers at nearly every
stage; here workers are forked from a process that has imported Beam and torch. Beam's pool listens on all interfaces;
this one on 127.0.0.1 alone.

python -m infra.stack.worker_pool --service_port 50000
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from typing import Any

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc
from apache_beam.utils.thread_pool_executor import shared_unbounded_instance

LOG = logging.getLogger(__name__)
IMPORTED = ("apache_beam.runners.worker.sdk_worker", "apache_beam.ml.inference.base")
PATIENCE_S = 10


class WorkerPool(beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolServicer):  # type: ignore[misc]
    """The gRPC service that starts a process for each worker, and stops it when the same taskmanager asks for it."""

    def __init__(self, work: Callable[[str, str], None], preloaded: Sequence[str] = IMPORTED) -> None:
        """Fork workers that call `work(control endpoint, worker id)` from a process that has imported `preloaded`."""
        self._work = work
        self._workers: dict[str, BaseProcess] = {}
        self._starting = threading.Lock()
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(list(preloaded))
        forkserver.ensure_running()

    def StartWorker(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC names the method
        """Start a worker that reports to the request's control endpoint."""
        name = f"{request.worker_id} of {context.peer()}"
        LOG.info("starting worker %s", name)
        arguments = (request.control_endpoint.url, request.worker_id)
        worker = self._processes.Process(target=self._work, args=arguments, name=name)
        with self._starting:
            try:
                worker.start()
            except OSError as error:
                return beam_fn_api_pb2.StartWorkerResponse(error=f"worker {name} cannot be started: {error}")
            self._workers[name] = worker
        return beam_fn_api_pb2.StartWorkerResponse()

    def StopWorker(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC names the method
        """Stop the worker of this id that was started on this connection.

        A connection that was idle for half an hour is replaced by another one, on which the worker is not known. Such
        a worker ends by itself when its taskmanager has closed the control stream and its last work item is done.
        """
        name = f"{request.worker_id} of {context.peer()}"
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


def run_worker(control: str, worker_id: str) -> None:
    """Run a Beam worker until its control stream ends, then exit at once: nobody receives what it still draws."""
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    try:
        SdkHarness(control, worker_id=worker_id, state_cache_size=0, data_buffer_time_limit_ms=-1).run()
    except grpc.RpcError as error:
        LOG.warning("worker %s lost its taskmanager %s: %s", worker_id, control, error)
    os._exit(0)


def serve(port: int, pool: WorkerPool) -> grpc.Server:
    """Start serving a pool on this port of 127.0.0.1 and return the server; OSError if the port is taken."""
    options = [("grpc.http2.max_pings_without_data", 0), ("grpc.http2.max_ping_strikes", 0), ("grpc.so_reuseport", 0)]
    server = grpc.server(shared_unbounded_instance(), options=options)
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(pool, server)
    try:
        server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as error:
        raise OSError(f"port {port} of 127.0.0.1 is taken; choose another with --service_port") from error
    server.start()
    return server


def main() -> None:
    """Serve until killed; the workers are children of this process and are stopped with its process group."""
    logging.basicConfig()  # Beam may have done so already, at another level
    logging.getLogger().setLevel(logging.INFO)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service_port", type=int, required=True)
    port = parser.parse_args().service_port
    serve(port, WorkerPool(run_worker)).wait_for_termination()


if __name__ == "__main__":
    main()
