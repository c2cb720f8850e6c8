"""The Prometheus metrics of one process of `foundry serve --delivery`, in their own registry; docs/serve.md lists them.

Their names all begin with foundry_delivery, so that no sum over dispatchers counts this process. Label values are
bounded: targets beyond MOST_TARGETS share the label "other".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from foundry.delivery.proof import Proof
from pipelines.delivery.delivering import DeliveryRun
from pipelines.dispatcher.health import Health
from pipelines.dispatcher.metrics import sample_names

OTHER = "other"
MOST_TARGETS = 500
RUN_SECONDS = (0.5, 1, 5, 15, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800)
ENDED = ("whole", "partly", "away", "refused", "stopped", "failed")
FAILURES = ("set_aside", "conflict")
OUTCOMES = ("asked", "nothing", "refused", "unreadable")
WHERE = ("ask", "look", "run")


class DeliveryMetrics:
    """Counters, gauges and histograms of one process that delivers. Any thread may count."""

    def __init__(self, health: Health | None = None) -> None:
        self.registry = CollectorRegistry()
        self._known: set[tuple[str, str]] = set()
        self._state = _ReadyCollector(health or Health())
        of_target = ("tenant", "target")
        self.build = self._gauge("foundry_delivery_build_info", "1; its label is the version.", "version")
        self.late = self._gauge(
            "foundry_delivery_late_seconds",
            "How long ago the oldest delivery that is due and has not ended was asked for; 0 if none.",
            *of_target,
        )
        self.scopes = self._gauge("foundry_delivery_due_scopes", "Campaigns and catalogs with deliveries that are due.")
        self.files = self._counter("foundry_delivery_files", "Files that a target took.", *of_target, "proof")
        self.bytes = self._counter("foundry_delivery_bytes", "Bytes of the files that a target took.", *of_target)
        self.expired = self._counter("foundry_delivery_expired", "Files that were taken out of use.", *of_target)
        self.failed = self._counter(
            "foundry_delivery_failed_files", "Files that were set aside, or that others changed.", *of_target, "state"
        )
        self.runs = self._counter("foundry_delivery_runs", "Runs by how they ended.", *of_target, "end")
        self.events = self._counter("foundry_delivery_events", "Events that the brokers took.")
        self.asked = self._counter("foundry_delivery_asked", "Orders and runs that topics told of.", "outcome")
        self.bugs = self._counter("foundry_delivery_bugs", "Errors that nobody foresaw.", "where")
        self.run_seconds = Histogram(
            "foundry_delivery_run_seconds", "How long runs take.", registry=self.registry, buckets=RUN_SECONDS
        )
        self.registry.register(self._state)
        ProcessCollector(namespace="foundry_delivery", registry=self.registry)
        self.build.labels(version("campaign-foundry")).set(1)
        for where in WHERE:
            self.bugs.labels(where)
        for outcome in OUTCOMES:
            self.asked.labels(outcome)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, labels, registry=self.registry)

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(name, help_text, labels, registry=self.registry)

    def watch(self, health: Health) -> None:
        """Compute the gauge of readiness from this state, whenever it is asked for."""
        self._state.health = health

    def know(self, tenant: str, target: str) -> None:
        """Begin the series of a target at 0."""
        key = (tenant, target)
        if key in self._known or len(self._known) >= MOST_TARGETS:
            return
        self._known.add(key)
        self.late.labels(*key)
        self.bytes.labels(*key)
        self.expired.labels(*key)
        for proof in Proof:
            self.files.labels(*key, str(proof))
        for end in ENDED:
            self.runs.labels(*key, end)
        for state in FAILURES:
            self.failed.labels(*key, state)

    def show_late(self, late: Mapping[tuple[str, str], float]) -> None:
        """Set how late each target's oldest due delivery is, in seconds; 0 for the targets that are not named."""
        for key in self._known:
            self.late.labels(*key).set(max(0.0, late.get(key, 0.0)))

    def count_run(self, run: DeliveryRun) -> None:
        """Count a run that ended, and its files."""
        key = self._labels(run.tenant, run.target)
        self.runs.labels(*key, end_of(run)).inc()
        self.run_seconds.observe(run.seconds)
        self.bytes.labels(*key).inc(run.size_bytes)
        self.expired.labels(*key).inc(run.expired)
        for proof, number in run.proofs.items():
            self.files.labels(*key, str(proof)).inc(number)

    def count_failed_files(self, tenant: str, target: str, states: Mapping[str, int]) -> None:
        """Count files that are set aside or in conflict, once for each time that their event is new."""
        for state, number in states.items():
            self.failed.labels(*self._labels(tenant, target), state).inc(number)

    def count_failure(self, tenant: str, target: str) -> None:
        """Count a run that ended with an error."""
        self.runs.labels(*self._labels(tenant, target), "failed").inc()

    def _labels(self, tenant: str, target: str) -> tuple[str, str]:
        return (tenant, target) if (tenant, target) in self._known else (OTHER, OTHER)

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus's text format 0.0.4."""
        return generate_latest(self.registry)

    def names(self) -> set[str]:
        """Return every name that a dashboard may query."""
        return {name for family in self.registry.collect() for name in sample_names(family)}


def end_of(run: DeliveryRun) -> str:
    """Return how a run ended, as the metrics call it."""
    if run.stopped:
        return "stopped"
    if run.away:
        return "refused" if run.refused else "away"
    return "whole" if run.whole else "partly"


class _ReadyCollector(Collector):
    """Computes the readiness when it is asked for, so that it is true even while the loop is stuck."""

    def __init__(self, health: Health) -> None:
        self.health = health

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "foundry_delivery_ready", "1 if a delivery that is asked for now would be begun.", self.health.ready
        )
