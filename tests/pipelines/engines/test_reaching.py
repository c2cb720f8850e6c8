"""An engine that does not answer is named within seconds, and waited for no longer than its patience."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path

import grpc
import pytest
import yaml
from apache_beam import Create, Pipeline

from console.exit_codes import Exit
from foundry.errors import Outage
from infra.stack.home import free_port
from pipelines.engines.engine import EngineSettings, choose_engine
from pipelines.engines.job_server import JobServerLost
from pipelines.engines.reaching import wait_until_reachable
from tests.console.test_program import foundry
from tests.support.briefs import EXAMPLES


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_refused_connection_is_named_at_once_and_given_up_in_time(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    endpoint, began = f"127.0.0.1:{free_port()}", time.monotonic()
    assert wait_until_reachable("the job server", endpoint, 3) == "connection refused"
    assert 2.5 < time.monotonic() - began < 10
    (record,) = caplog.records
    assert record.created - began < record.created
    assert record.getMessage().startswith(f"waiting for the job server {endpoint} (connection refused); giving up in ")


def test_what_answers_without_being_a_job_server_is_told_from_silence(silent: int) -> None:
    assert wait_until_reachable("it", f"127.0.0.1:{silent}", 1.5) == "something answers, but it is no job server"


def test_a_server_that_comes_late_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    port, server = free_port(), grpc.server(futures.ThreadPoolExecutor(1))

    def come() -> None:
        server.add_insecure_port(f"127.0.0.1:{port}")
        server.start()

    timer = threading.Timer(2.5, come)
    timer.start()
    try:
        assert wait_until_reachable("it", f"127.0.0.1:{port}", 60) == ""
    finally:
        timer.join()
        server.stop(None).wait(10)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("engine", ["flink", "prism"])
def test_a_run_gives_up_on_an_engine_that_is_away(engine: str) -> None:
    endpoint = f"127.0.0.1:{free_port()}"
    settings = EngineSettings.model_validate({engine: {"job_endpoint": endpoint, "patience_s": 2}})
    where = choose_engine(engine, settings)
    pipeline = Pipeline(runner=where.runner, options=where.options)
    _ = pipeline | Create([1])
    with pytest.raises(JobServerLost, match="connection refused") as risen:
        pipeline.run()
    assert isinstance(risen.value, Outage)


@pytest.mark.campaign
@pytest.mark.parametrize("engine", ["flink", "prism"])
def test_the_command_says_what_it_waits_for_and_ends_with_4(engine: str, tmp_path: Path) -> None:
    endpoint, program = f"127.0.0.1:{free_port()}", tmp_path / "prism"
    program.write_text("#!/bin/sh\nexit 7\n")
    program.chmod(0o755)
    sections = {"flink": {"job_endpoint": endpoint, "patience_s": 3}, "prism": {"location": str(program)}}
    (tmp_path / "engines.yaml").write_text(yaml.safe_dump(sections))
    done = foundry(
        "run", EXAMPLES / "northpeak-first-light.yaml", "--store", tmp_path / "store", "--engine", engine,
        "--engine-config", tmp_path / "engines.yaml",
    )  # fmt: skip
    assert done.returncode == Exit.OUTAGE, done.stderr
    last = done.stderr.splitlines()[-1]
    if engine == "flink":
        assert f"waiting for the job server {endpoint} (connection refused)" in done.stderr
        assert f"the job server {endpoint} does not answer (connection refused)" in last
    else:
        assert f"Prism ({program}) did not start (Service failed to start up with error 7)" in last
