"""Spans and metrics by OTLP, as OpenTelemetry's standard variables say: the extra `otel`, and a collector's address.

Without OTEL_EXPORTER_OTLP_ENDPOINT (or its forms for traces and metrics) nothing is imported and nothing is sent.
docs/reference/command-line.md lists the variables.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.samples import Sample

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import Metric, MetricsData
    from opentelemetry.sdk.resources import Resource

SERVICE = "campaign-foundry"
INTERVAL_MS = 60_000
LAST_S = 5.0
"""The time for the last spans and metrics when the process ends."""
PACKAGES = {"http/protobuf": "opentelemetry.exporter.otlp.proto.http", "grpc": "opentelemetry.exporter.otlp.proto.grpc"}
"""The packages that speak each protocol."""
log = logging.getLogger("foundry.telemetry")


@contextmanager
def exporting(registry: CollectorRegistry) -> Iterator[None]:
    """Export the spans of this process, and the metrics of a registry, while the block runs."""
    traces, metrics = _is_wanted("TRACES"), _is_wanted("METRICS")
    if not (traces or metrics):
        yield
        return
    resource = _resource()
    stops = [_export_spans(resource)] if traces else []
    stops += [_export_metrics(resource, registry)] if metrics else []
    try:
        yield
    finally:
        _within(LAST_S, stops)


def _is_wanted(signal: str) -> bool:
    """Return whether the environment names a collector for TRACES or METRICS, and this program can send to it."""
    variables = os.environ
    if variables.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if variables.get(f"OTEL_{signal}_EXPORTER", "otlp") != "otlp":
        return False
    own, common = f"OTEL_EXPORTER_OTLP_{signal}_", "OTEL_EXPORTER_OTLP_"
    if not (variables.get(f"{own}ENDPOINT") or variables.get(f"{common}ENDPOINT")):
        return False
    return _exporters(signal) is not None


def _exporters(signal: str) -> str | None:
    """Return the package of exporters for the protocol of TRACES or METRICS; None, with a warning, if there is none."""
    own, common = f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"
    protocol = os.environ.get(own) or os.environ.get(common) or "http/protobuf"
    package = PACKAGES.get(protocol)
    if package is None:
        log.warning("%s is %r: nothing is exported; the protocols are %s", common, protocol, " and ".join(PACKAGES))
        return None
    with suppress(ModuleNotFoundError):  # of a parent package
        if find_spec(package) and find_spec("opentelemetry.sdk"):
            return package
    log.warning("nothing is exported to the collector; install it with pip install 'campaign-foundry[otel]'")
    return None


def _resource() -> Resource:
    """Return the identity of this process; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word."""
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource

    named = {"service.name": SERVICE, "service.version": version("campaign-foundry")}
    return Resource.create(named).merge(OTELResourceDetector().detect())


def _export_spans(resource: Resource) -> Any:
    """Begin to export spans; return the function that sends the last ones. A provider that is set already is kept."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        trace.set_tracer_provider(provider)
    exporters = import_module(f"{_exporters('TRACES')}.trace_exporter")
    processor = BatchSpanProcessor(exporters.OTLPSpanExporter())
    provider.add_span_processor(processor)
    return processor.shutdown


def _export_metrics(resource: Resource, registry: CollectorRegistry) -> Any:
    """Begin to export metrics at intervals; return the function that sends them a last time."""
    exporters = import_module(f"{_exporters('METRICS')}.metric_exporter")
    exporter, ended, began = exporters.OTLPMetricExporter(), threading.Event(), time.time_ns()
    interval_s = float(os.environ.get("OTEL_METRIC_EXPORT_INTERVAL") or INTERVAL_MS) / 1000

    def send() -> None:
        try:
            exporter.export(otlp_metrics(registry, resource, began))
        except Exception:  # the service goes on without its metrics
            log.warning("the metrics were not exported", exc_info=True)

    def send_at_intervals() -> None:
        while not ended.wait(interval_s):
            send()

    def stop() -> None:
        ended.set()
        send()
        exporter.shutdown()

    threading.Thread(target=send_at_intervals, name="metrics", daemon=True).start()
    return stop


def _within(seconds: float, stops: list[Any]) -> None:
    """Call the functions, and go on after so many seconds if a collector does not answer."""
    threads = [threading.Thread(target=stop, daemon=True) for stop in stops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)


def otlp_metrics(registry: CollectorRegistry, resource: Resource, began_ns: int) -> MetricsData:
    """Return the metrics of a registry in OpenTelemetry's form: cumulative since `began_ns` (since 1970)."""
    from opentelemetry.sdk.metrics.export import MetricsData, ResourceMetrics, ScopeMetrics
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    now = time.time_ns()
    found = [metric for family in registry.collect() if (metric := _metric(family, began_ns, now))]
    scope = InstrumentationScope(SERVICE, version(SERVICE))
    return MetricsData([ResourceMetrics(resource, [ScopeMetrics(scope, found, "")], "")])


def _metric(family: Family, began: int, now: int) -> Metric | None:
    from opentelemetry.sdk.metrics.export import AggregationTemporality, Gauge, Histogram, Metric, NumberDataPoint, Sum

    cumulative = AggregationTemporality.CUMULATIVE
    data: Any
    if family.type == "histogram":
        data = Histogram(_histogram_points(family, began, now), cumulative)
    else:
        wanted = f"{family.name}_total" if family.type == "counter" else family.name
        samples = [sample for sample in family.samples if sample.name == wanted]
        points = [NumberDataPoint(sample.labels, began, now, sample.value) for sample in samples]
        data = Sum(points, cumulative, is_monotonic=True) if family.type == "counter" else Gauge(points)
    return Metric(family.name, family.documentation, family.unit, data) if data.data_points else None


def _histogram_points(family: Family, began: int, now: int) -> list[Any]:
    """Return a point for each set of labels. Prometheus counts up to a bound, OpenTelemetry between two bounds."""
    from opentelemetry.sdk.metrics.export import HistogramDataPoint

    by_labels: dict[tuple[tuple[str, str], ...], list[Sample]] = defaultdict(list)
    for sample in family.samples:
        by_labels[tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))].append(sample)
    points = []
    for labels, samples in by_labels.items():
        upto = sorted((float(one.labels["le"]), int(one.value)) for one in samples if one.name.endswith("_bucket"))
        counts = [count - before for (_, count), before in zip(upto, [0, *(c for _, c in upto)], strict=False)]
        total = next(one.value for one in samples if one.name.endswith("_sum"))
        bounds = [bound for bound, _ in upto[:-1]]  # the last one is infinite
        unknown = float("nan")
        points.append(
            HistogramDataPoint(dict(labels), began, now, upto[-1][1], total, counts, bounds, unknown, unknown)
        )
    return points
