"""Metrics of a running job are read from Flink's REST service, whatever that answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from apache_beam.metrics.monitoring_infos import int64_user_counter
from apache_beam.portability.api import beam_job_api_pb2
from apache_beam.runners.portability.portable_runner import PortableMetrics
from google.protobuf import json_format

from pipelines.engines.flink_metrics import FlinkRest
from pipelines.engines.job_server import EngineLost
from pipelines.engines.run_counts import attempted_counts


class Rest(BaseHTTPRequestHandler):
    """A REST service with these answers by path."""

    answers: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        """Send the answer, or 404."""
        known = self.path in self.answers
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(self.answers.get(self.path, b""))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def rest() -> Iterator[FlinkRest]:
    """The service at an address of this machine."""
    Rest.answers = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Rest)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield FlinkRest(f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    thread.join()
    server.server_close()


def told(number: int) -> bytes:
    """What Flink says of a job whose accumulator holds one counter."""
    info = int64_user_counter("campaign-foundry/aa", "shots", number, ptransform="step")
    answer = beam_job_api_pb2.GetJobMetricsResponse()
    answer.metrics.attempted.append(info)
    value = json_format.MessageToJson(answer)
    accumulators = [{"name": "other", "value": "7"}, {"name": "__metricscontainers", "value": value}]
    return json.dumps({"user-task-accumulators": accumulators}).encode()


def jobs(*named: tuple[str, str, str]) -> bytes:
    """What Flink says of jobs by id, name and state."""
    return json.dumps({"jobs": [{"jid": jid, "name": name, "state": state} for jid, name, state in named]}).encode()


def test_the_counts_of_the_running_job_of_this_name_are_read(rest: FlinkRest) -> None:
    of_others = [("1", "another", "RUNNING"), ("2", "ours", "FINISHED")]
    Rest.answers = {
        "/jobs/overview": jobs(*of_others, ("3", "ours", "RUNNING")),
        "/jobs/3/accumulators": told(4),
    }
    assert attempted_counts(PortableMetrics(rest.read_metrics("ours")).query()).of("aa") == {"shots": 4}


def test_a_job_that_has_no_metrics_yet_has_no_counts(rest: FlinkRest) -> None:
    Rest.answers = {"/jobs/overview": jobs()}
    assert attempted_counts(PortableMetrics(rest.read_metrics("ours")).query()).total == {}
    Rest.answers = {
        "/jobs/overview": jobs(("3", "ours", "RUNNING")),
        "/jobs/3/accumulators": json.dumps({"user-task-accumulators": []}).encode(),
    }
    assert attempted_counts(PortableMetrics(rest.read_metrics("ours")).query()).total == {}


@pytest.mark.parametrize("overview", [b"", b"{}", b"[]", b'{"jobs": [{}]}', b"<html>", b'{"jobs": 3}', b"\xff"])
def test_any_other_answer_is_a_lost_engine(overview: bytes, rest: FlinkRest) -> None:
    Rest.answers = {"/jobs/overview": overview}
    with pytest.raises(EngineLost):
        rest.read_metrics("ours")


def test_a_service_that_does_not_answer_is_a_lost_engine() -> None:
    with pytest.raises(EngineLost):
        FlinkRest("http://127.0.0.1:9").read_metrics("ours")
