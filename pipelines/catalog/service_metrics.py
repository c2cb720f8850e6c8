"""The Prometheus metrics of one process of `foundry serve --catalog`, in their own registry; docs/serve.md lists them.

Their names all begin with foundry_catalog, so that no sum over dispatchers counts this process. Label values are
bounded: catalogs beyond MOST_CATALOGS share the label "other".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from foundry.catalog.catalog import Catalog
from foundry.catalog.runs import RunRecord, RunState
from pipelines.dispatcher.health import Health
from pipelines.dispatcher.metrics import sample_names

OTHER = "other"
MOST_CATALOGS = 500
RUN_SECONDS = (1, 5, 15, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800)
CHANGE_SECONDS = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600)
ENDED = ("finished", "unchanged", "stopped", "failed", "skipped")
OUTCOMES = ("refreshed", "refused")
WHERE = ("look", "run", "change")


class CatalogMetrics:
    """Counters, gauges and histograms of one process that refreshes catalogs. Any thread may count."""

    def __init__(self, health: Health | None = None) -> None:
        self.registry = CollectorRegistry()
        self._known: set[tuple[str, str]] = set()
        self._state = _ReadyCollector(health or Health())
        self.build = self._gauge("foundry_catalog_build_info", "1; its label is the version.", "version")
        self.leader = self._gauge("foundry_catalog_leader", "1 while this process starts the runs that are due.")
        self.late = self._gauge(
            "foundry_catalog_late_seconds",
            "How long ago the newest run that is due and has not ended should have begun; 0 if none.",
            "tenant",
            "catalog",
        )
        self.rows = self._gauge(
            "foundry_catalog_rows", "Rows of the last run, usable and set aside.", "tenant", "catalog", "outcome"
        )
        self.runs = self._counter("foundry_catalog_runs", "Runs by how they ended.", "tenant", "state")
        self.changes = self._counter("foundry_catalog_changes", "Records of changed items.", "tenant", "outcome")
        self.bugs = self._counter("foundry_catalog_bugs", "Errors that nobody foresaw.", "where")
        self.run_seconds = self._histogram("foundry_catalog_run_seconds", "How long runs take.", RUN_SECONDS)
        self.change_seconds = self._histogram(
            "foundry_catalog_change_seconds", "From the time of a record of changed items to its end.", CHANGE_SECONDS
        )
        self.registry.register(self._state)
        ProcessCollector(namespace="foundry_catalog", registry=self.registry)
        self.build.labels(version("campaign-foundry")).set(1)
        for where in WHERE:
            self.bugs.labels(where)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, labels, registry=self.registry)

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(name, help_text, labels, registry=self.registry)

    def _histogram(self, name: str, help_text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, help_text, registry=self.registry, buckets=buckets)

    def watch(self, health: Health) -> None:
        """Compute the gauge of readiness from this state, whenever it is asked for."""
        self._state.health = health

    def know(self, catalog: Catalog) -> None:
        """Begin the series of a catalog, and of its tenant, at 0."""
        key = (catalog.tenant, catalog.id)
        if key in self._known or len(self._known) >= MOST_CATALOGS:
            return
        self._known.add(key)
        self.late.labels(*key)
        for state in ENDED:
            self.runs.labels(catalog.tenant, state)
        for outcome in OUTCOMES:
            self.changes.labels(catalog.tenant, outcome)

    def forget(self, tenant: str, catalog: str) -> None:
        """Remove the series of a catalog that is gone."""
        if (tenant, catalog) in self._known:
            self._known.discard((tenant, catalog))
            self.late.remove(tenant, catalog)
            for outcome in ("usable", "set_aside"):
                with suppress(KeyError):  # it has not run yet
                    self.rows.remove(tenant, catalog, outcome)

    def show_late(self, catalog: Catalog, seconds: float) -> None:
        """Set how late the newest due run of a catalog is."""
        self.late.labels(*self._labels(catalog.tenant, catalog.id)).set(max(0.0, seconds))

    def count_run(self, record: RunRecord) -> None:
        """Count a run that ended, and show its rows."""
        tenant, catalog = self._labels(record.tenant, record.catalog)
        self.runs.labels(tenant, str(record.state)).inc()
        if record.state is RunState.SKIPPED:
            return
        self.run_seconds.observe(record.work.seconds)
        for outcome, number in (("usable", record.tally.usable), ("set_aside", record.tally.set_aside)):
            self.rows.labels(tenant, catalog, outcome).set(number)

    def count_failure(self, catalog: Catalog) -> None:
        """Count a run that ended without a record, by an outage or a bug."""
        self.runs.labels(self._labels(catalog.tenant, catalog.id)[0], "failed").inc()

    def count_change(self, tenant: str, outcome: str, seconds: float) -> None:
        """Count a record of changed items that was refreshed or refused, `seconds` after it was sent."""
        known = any(tenant == each for each, _ in self._known)
        self.changes.labels(tenant if known else OTHER, outcome).inc()
        self.change_seconds.observe(max(0.0, seconds))

    def _labels(self, tenant: str, catalog: str) -> tuple[str, str]:
        return (tenant, catalog) if (tenant, catalog) in self._known else (OTHER, OTHER)

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus's text format 0.0.4."""
        return generate_latest(self.registry)

    def names(self) -> set[str]:
        """Return every name that a dashboard may query."""
        return {name for family in self.registry.collect() for name in sample_names(family)}


class _ReadyCollector(Collector):
    """Computes the readiness when it is asked for, so that it is true even while the loop is stuck."""

    def __init__(self, health: Health) -> None:
        self.health = health

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "foundry_catalog_ready", "1 if a run that is due now would be started.", self.health.ready
        )
