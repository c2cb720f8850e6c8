"""A pool keeps the workers of two taskmanagers apart, although both number them alike."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc, endpoints_pb2

from infra.stack.home import free_port
from infra.stack.worker_pool import WorkerPool, serve
from tests.support.waiting import until


def note_and_sleep(folder: str, worker_id: str) -> None:
    """A worker that writes down its process; the control endpoint is the folder where it does."""
    (Path(folder) / f"{os.getpid()}.new").write_text(worker_id)
    (Path(folder) / f"{os.getpid()}.new").rename(Path(folder) / str(os.getpid()))
    time.sleep(60)


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a pool whose workers sleep."""
    chosen = free_port()
    server = serve(chosen, WorkerPool(note_and_sleep, preloaded=()))
    yield chosen
    server.stop(None).wait()


@contextmanager
def taskmanager(port: int) -> Iterator[Any]:
    """A connection of its own to the pool."""
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
        yield beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolStub(channel)


def start(pool: Any, folder: Path, worker_id: str = "1-1") -> int:
    """Ask for a worker; its pid."""
    folder.mkdir(exist_ok=True)
    control = endpoints_pb2.ApiServiceDescriptor(url=str(folder))
    request = beam_fn_api_pb2.StartWorkerRequest(worker_id=worker_id, control_endpoint=control)
    assert pool.StartWorker(request).error == ""
    return int(until(lambda: [path.name for path in folder.iterdir() if path.suffix == ""], 30)[0])


def stop(pool: Any, worker_id: str = "1-1") -> None:
    pool.StopWorker(beam_fn_api_pb2.StopWorkerRequest(worker_id=worker_id))


def test_a_taskmanager_stops_its_own_worker_and_not_the_others_of_the_same_id(port: int, tmp_path: Path) -> None:
    with taskmanager(port) as first, taskmanager(port) as second:
        mine, yours = start(first, tmp_path / "first"), start(second, tmp_path / "second")
        stop(first)
        assert not psutil.pid_exists(mine)
        assert psutil.pid_exists(yours)
        stop(first)
        assert psutil.pid_exists(yours), "a worker that is not known here is nobody's to stop"
        stop(second)
        assert not psutil.pid_exists(yours)


def test_a_port_that_is_taken_is_named(port: int) -> None:
    with pytest.raises(OSError, match=f"port {port} of 127.0.0.1 is taken; choose another with --service_port"):
        serve(port, WorkerPool(note_and_sleep, preloaded=()))
