"""Spans and metrics reach a collector that the standard variables name, and nothing is sent without them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from tests.support.briefs import ROOT

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
WORK = f"""
import sys
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pipelines.dispatcher.logs import log_as_json
from pipelines.dispatcher.telemetry import exporting
from pipelines.dispatcher.tracing import span
log_as_json()
registry = CollectorRegistry()
Counter("foundry_briefs", "Briefs.", ["tenant"], registry=registry).labels("aurelle").inc(3)
Gauge("foundry_ready", "Ready.", registry=registry).set(1)
seconds = Histogram("foundry_round_seconds", "Rounds.", registry=registry, buckets=(1, 10))
for value in (0.5, 2, 3, 40):
    seconds.observe(value)
with exporting(registry):
    with span("admit", ["00-{TRACE}-00f067aa0ba902b7-01"], tenant="aurelle"):
        pass
print([name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))])
"""


@dataclass
class Collector:
    """What a collector received, as it decoded it."""

    port: int = 0
    spans: list[Any] = field(default_factory=list)
    metrics: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def take(self, request: Any) -> None:
        if isinstance(request, ExportTraceServiceRequest):
            self.spans += request.resource_spans
        else:
            self.metrics += request.resource_metrics


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector of OTLP over HTTP on this machine."""
    found = Collector()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            kinds = {"/v1/traces": ExportTraceServiceRequest, "/v1/metrics": ExportMetricsServiceRequest}
            found.take(kinds[self.path].FromString(body))
            found.headers.append(dict(self.headers))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    found.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


@contextmanager
def speaking_grpc() -> Iterator[Collector]:
    found = Collector()

    class Traces(trace_service_pb2_grpc.TraceServiceServicer):
        def Export(self, request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC's name
            found.take(request)
            return trace_service_pb2.ExportTraceServiceResponse()

    class Measurements(metrics_service_pb2_grpc.MetricsServiceServicer):
        def Export(self, request: Any, _context: Any) -> Any:  # noqa: N802 - gRPC's name
            found.take(request)
            return metrics_service_pb2.ExportMetricsServiceResponse()

    server = grpc.server(futures.ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Traces(), server)
    metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(Measurements(), server)
    found.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield found
    server.stop(None).wait(10)


def work(**variables: str) -> tuple[list[str], list[str]]:
    """Do a little work in a process with these variables; the modules of the SDK that it loaded, and its log."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(
        [sys.executable, "-c", WORK], cwd=ROOT, capture_output=True, text=True, check=True, timeout=100,
        env={**bare, **variables},
    )  # fmt: skip
    return json.loads(done.stdout.replace("'", '"')), done.stderr.splitlines()


def attributes(of: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in of.attributes}


def check_all(collector: Collector, service: str) -> None:
    (resource,) = collector.spans
    assert attributes(resource.resource)["service.name"] == service
    assert attributes(resource.resource)["service.version"] == "0.1.0"
    (sent,) = resource.scope_spans[0].spans
    assert (sent.name, sent.trace_id.hex()) == ("admit", TRACE)
    assert attributes(sent) == {"foundry.tenant": "aurelle"}
    (measured,) = collector.metrics
    assert attributes(measured.resource)["service.name"] == service
    found = {metric.name: metric for metric in measured.scope_metrics[0].metrics}
    assert list(found) == ["foundry_briefs", "foundry_ready", "foundry_round_seconds"]
    (point,) = found["foundry_briefs"].sum.data_points
    assert (point.as_double, attributes(point)) == (3, {"tenant": "aurelle"})
    assert found["foundry_briefs"].sum.is_monotonic
    assert found["foundry_ready"].gauge.data_points[0].as_double == 1
    (point,) = found["foundry_round_seconds"].histogram.data_points
    assert (point.count, point.sum) == (4, 45.5)
    assert (list(point.explicit_bounds), list(point.bucket_counts)) == ([1, 10], [1, 2, 1])


def test_spans_and_metrics_reach_the_collector_of_the_standard_variables(collector: Collector) -> None:
    address = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}"}
    _, log = work(**address, OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20x")
    assert log == []
    check_all(collector, "campaign-foundry")
    assert {headers["authorization"] for headers in collector.headers} == {"Bearer x"}


def test_the_service_is_named_by_its_variable(collector: Collector) -> None:
    work(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.port}", OTEL_SERVICE_NAME="studio")
    check_all(collector, "studio")


def test_grpc_is_spoken_where_the_protocol_asks_for_it() -> None:
    with speaking_grpc() as collector:
        address = f"http://127.0.0.1:{collector.port}"
        work(OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
        check_all(collector, "campaign-foundry")


@pytest.mark.parametrize(
    "variables",
    [{}, {"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"}],
    ids=["no address", "disabled", "none"],
)
def test_nothing_is_loaded_or_sent_unless_it_is_asked_for(collector: Collector, variables: dict[str, str]) -> None:
    address = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}"} if variables else {}
    modules, log = work(**address, **variables)
    assert (modules, log) == ([], [])
    assert (collector.spans, collector.metrics) == ([], [])


def test_one_signal_can_be_asked_for_alone(collector: Collector) -> None:
    work(OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=f"http://127.0.0.1:{collector.port}/v1/metrics")
    assert (len(collector.spans), len(collector.metrics)) == (0, 1)


def test_a_protocol_that_nobody_speaks_is_said_and_stops_nothing(collector: Collector) -> None:
    address = f"http://127.0.0.1:{collector.port}"
    _, log = work(OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_EXPORTER_OTLP_PROTOCOL="http/json")
    assert "the protocols are http/protobuf and grpc" in json.loads(log[0])["message"]
    assert (collector.spans, collector.metrics) == ([], [])


def test_a_collector_that_is_away_stops_nothing_and_is_logged() -> None:
    _, log = work(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", OTEL_EXPORTER_OTLP_TIMEOUT="1")
    assert log
    assert all(json.loads(line)["logger"].startswith("opentelemetry") for line in log)


def test_every_kind_of_metric_has_its_form() -> None:
    from opentelemetry.sdk.resources import Resource

    from pipelines.dispatcher.telemetry import otlp_metrics

    registry = CollectorRegistry()
    Counter("a", "A.", ["x"], registry=registry)
    Gauge("b", "B.", registry=registry).set(2)
    seconds = Histogram("c", "C.", ["tenant"], registry=registry, buckets=(1,))
    seconds.labels("one").observe(0.5)
    seconds.labels("two").observe(5)
    data = otlp_metrics(registry, Resource.create({}), 7)
    by_name = {metric.name: metric.data for metric in data.resource_metrics[0].scope_metrics[0].metrics}
    assert list(by_name) == ["b", "c"]  # a counter without a series has nothing to send
    counts = {str(point.attributes): point.bucket_counts for point in by_name["c"].data_points}
    assert counts == {"{'tenant': 'one'}": [1, 0], "{'tenant': 'two'}": [0, 1]}
