"""The Prometheus metrics of one dispatcher, in their own registry; docs/serve.md lists them.

Every series that can be known begins at 0: those without a tenant when the process starts, those of a tenant when it
becomes known. Label values are bounded: a tenant that is not known is "unknown", a code that cannot be an error's is
"other".
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from pipelines.bus.client import Consumer
from pipelines.dispatcher.claims import Partition
from pipelines.dispatcher.health import OF_ONE_TENANT, OUTAGE_KINDS, Health
from pipelines.dispatcher.offsets import PartitionOffsets
from pipelines.dispatcher.order import Tally
from pipelines.dispatcher.time_metrics import TimeMetrics

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600)
ENDINGS = {"counter": ("_total", "_created"), "histogram": ("_bucket", "_count", "_sum", "_created")}
UNKNOWN, OTHER = "unknown", "other"
MOST_TENANTS = 500
"""Each tenant has about seventy series; the tenants beyond this number share the label "unknown"."""
MOST_CODES = 200
STATES = ("finished", "refused", "cancelled", "superseded")
DEAD_CODES = {
    "read": ("unreadable_message", "bad_document", "record_too_large", "admission_broke"),
    "admit": ("refused_input", "bad_input", "foreign_file", "admission_too_costly", "admission_broke"),
    "run": ("run_failed", "refused_input"),
}
"""The codes that dead letters of a stage usually have, by stage: their series begin at 0."""
WHERE = ("read", "admit", "round", "loop", "announce", "lookout")
COMMITS = ("done", "failed")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Metrics:
    """Counters, gauges and histograms of one dispatcher. Any thread may count."""

    def __init__(self, health: Health | None = None) -> None:
        self.registry = CollectorRegistry()
        self._rebalances = 0
        self._tenants: set[str] = set()
        self._codes: set[str] = set()
        self._lock = threading.Lock()
        self._state = _StateCollector(health or Health(), self._tenants)
        self.lag = self._gauge("foundry_lag_records", "Records that are not committed yet.", "topic", "partition")
        self.held = self._gauge("foundry_held_records", "Records taken and not settled.", "topic", "partition")
        self.at_hand = self._gauge("foundry_campaigns_at_hand", "Campaigns that wait or are being made.", "tenant")
        self.paused = self._gauge("foundry_paused_partitions", "Partitions that are paused for want of room.")
        self.started = self._gauge("foundry_start_time_seconds", "When the process started, since the epoch.")
        self.build = self._gauge("foundry_build_info", "1; its label is the version.", "version")
        self.briefs = self._counter("foundry_briefs", "Briefs by how they ended.", "tenant", "state")
        self.shots = self._counter("foundry_shots", "Shots drawn, reused and refused.", "tenant", "outcome")
        self.variants = self._counter("foundry_variants", "Files made, reused and failed.", "tenant", "outcome")
        self.dead = self._counter("foundry_dead_letters", "Records sent to the dead topic.", "tenant", "stage", "code")
        self.bugs = self._counter("foundry_bugs", "Errors that nobody foresaw.", "where")
        self.seconds = self._counter("foundry_seconds", "Seconds of rounds, shared by cost.", "tenant")
        self.money = self._counter("foundry_usd", "US dollars spent by the cards' prices.", "tenant")
        self.rebalances = self._counter("foundry_rebalances", "Times the group gave us partitions.")
        self.commits = self._counter("foundry_commits", "Offset commits.", "outcome")
        self.round_seconds = self._histogram("foundry_round_seconds", "How long rounds take.")
        self.admission_seconds = self._histogram("foundry_admission_seconds", "How long admissions take.")
        self.wait_seconds = self._histogram("foundry_brief_seconds", "From a brief's timestamp to its end.", "tenant")
        self.time = TimeMetrics(self.registry)
        self.registry.register(self._state)
        ProcessCollector(namespace="foundry", registry=self.registry)
        self._begin_at_zero()

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, labels, registry=self.registry)

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(name, help_text, labels, registry=self.registry)

    def _histogram(self, name: str, help_text: str, *labels: str) -> Histogram:
        return Histogram(name, help_text, labels, registry=self.registry, buckets=SECONDS)

    def _begin_at_zero(self) -> None:
        self.started.set(self._state.health.clock())
        self.build.labels(version("campaign-foundry")).set(1)
        for where in (*WHERE, OTHER):
            self.bugs.labels(where)
        for outcome in COMMITS:
            self.commits.labels(outcome)
        self._begin_tenant(UNKNOWN)

    def _begin_tenant(self, tenant: str) -> None:
        for state in STATES:
            self.briefs.labels(tenant, state)
        for outcome in ("made", "reused", "failed"):
            self.variants.labels(tenant, outcome)
        for outcome in ("drawn", "reused", "refused"):
            self.shots.labels(tenant, outcome)
        for stage, codes in DEAD_CODES.items():
            for code in codes:
                self.dead.labels(tenant, stage, code)
        for metric in (self.seconds, self.money, self.wait_seconds):
            metric.labels(tenant)

    def watch(self, health: Health) -> None:
        """Compute the gauges of readiness, outages and waiting briefs from this state, whenever they are asked for."""
        self._state.health = health

    def know_tenants(self, tenants: Iterable[str]) -> None:
        """Begin the series of tenants that were not known before. Call it with names of tenant folders only."""
        with self._lock:
            for tenant in tenants:
                if tenant not in self._tenants and len(self._tenants) < MOST_TENANTS:
                    self._tenants.add(tenant)
                    self._begin_tenant(tenant)

    def tenant_label(self, tenant: str) -> str:
        """Return the label of a tenant: its id if it is known, or "unknown", whatever a record calls itself."""
        return tenant if tenant in self._tenants else UNKNOWN

    def count_end(self, tenant: str, state: str) -> None:
        """Count a brief that ended: finished, refused, cancelled or superseded."""
        self.briefs.labels(self.tenant_label(tenant), state).inc()

    def count_order(self, tenant: str, state: str, tally: Tally, waited_s: float | None) -> None:
        """Count an order that ended, with the work that was done for it; waited_s: since its brief was sent."""
        label = self.tenant_label(tenant)
        self.count_end(tenant, state)
        for outcome, number in (("made", tally.made), ("reused", tally.reused), ("failed", tally.failed)):
            self.variants.labels(label, outcome).inc(number)
        shots = (("drawn", tally.shots_drawn), ("reused", tally.shots_reused), ("refused", tally.shots_refused))
        for outcome, number in shots:
            self.shots.labels(label, outcome).inc(number)
        self.seconds.labels(label).inc(tally.seconds)
        self.money.labels(label).inc(float(tally.money))
        if waited_s is not None:
            self.wait_seconds.labels(label).observe(max(0.0, waited_s))

    def count_dead(self, stage: str, code: str, tenant: str) -> None:
        """Count a record that was sent to the dead topic."""
        self.dead.labels(self.tenant_label(tenant), stage, self._code_label(code)).inc()

    def _code_label(self, code: str) -> str:
        with self._lock:
            if code not in self._codes and (len(self._codes) >= MOST_CODES or not _CODE.fullmatch(code)):
                return OTHER
            self._codes.add(code)
        return code

    def count_bug(self, where: str) -> None:
        """Count an error that nobody foresaw, by the place that met it (one of WHERE)."""
        self.bugs.labels(where if where in WHERE else OTHER).inc()

    def update_gauges(
        self,
        partitions: Iterable[tuple[Partition, PartitionOffsets]],
        at_hand: Mapping[str, int],
        consumer: Consumer,
    ) -> None:
        """Set the gauges of our partitions and tenants, and remove those of partitions and tenants that are gone.

        at_hand: number of campaigns by tenant.
        """
        from kafka import TopicPartition

        for gauge in (self.lag, self.held, self.at_hand):
            gauge.clear()
        for part, offsets in partitions:
            end = consumer.highwater(TopicPartition(*part))
            if end is not None and offsets.mark is not None:
                self.lag.labels(part[0], str(part[1])).set(max(0, end - offsets.mark))
            self.held.labels(part[0], str(part[1])).set(offsets.held)
        for tenant in sorted(self._tenants | at_hand.keys()):
            label = self.tenant_label(tenant)
            self.at_hand.labels(label).inc(at_hand.get(tenant, 0))

    def count_rebalances(self, times: int) -> None:
        """Advance the counter of rebalances to `times`."""
        self.rebalances.inc(times - self._rebalances)
        self._rebalances = times

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus's text format 0.0.4."""
        return generate_latest(self.registry)

    def names(self) -> set[str]:
        """Return every name that a dashboard may query."""
        return {name for family in self.registry.collect() for name in sample_names(family)}


class _StateCollector(Collector):
    """Computes gauges from the health when they are asked for, so that they are true even while the loop is stuck."""

    def __init__(self, health: Health, tenants: set[str]) -> None:
        self.health, self._tenants = health, tenants

    def collect(self) -> Iterator[Metric]:
        health, now = self.health, self.health.clock()
        yield GaugeMetricFamily(
            "foundry_ready", "1 if a brief that came now would be taken and finished.", health.ready
        )
        yield GaugeMetricFamily("foundry_admitting", "1 while admission lives.", health.admitting)
        began = health.admission_since
        yield GaugeMetricFamily(
            "foundry_admission_running_seconds",
            "How long the longest of the running admissions has taken; 0 while none runs.",
            max(0.0, now - began) if began is not None else 0.0,
        )
        yield from self._outages()
        yield self._oldest(now)

    def _outages(self) -> Iterator[Metric]:
        present = GaugeMetricFamily("foundry_outage", "1 during an outage.", labels=("kind", "tenant"))
        since = GaugeMetricFamily(
            "foundry_outage_since_seconds",
            "When the outage began, since the epoch; 0 if none.",
            labels=("kind", "tenant"),
        )
        begun: dict[tuple[str, str], float] = {}
        for outage in self.health.outages:
            key = (outage.kind, self._label(outage.tenant) if outage.tenant else "")
            begun[key] = min(outage.since, begun.get(key, outage.since))
        quiet: list[tuple[str, str]] = [(kind, "") for kind in OUTAGE_KINDS if kind not in OF_ONE_TENANT]
        quiet += list(product(sorted(OF_ONE_TENANT), sorted(self._tenants)))
        for labels in dict.fromkeys([*quiet, *begun]):
            present.add_metric(labels, float(labels in begun))
            since.add_metric(labels, begun.get(labels, 0.0))
        yield present
        yield since

    def _oldest(self, now: float) -> Metric:
        family = GaugeMetricFamily(
            "foundry_oldest_waiting_seconds",
            "Age of the oldest brief that has not ended; 0 if none.",
            labels=("tenant",),
        )
        ages = dict.fromkeys((*sorted(self._tenants), UNKNOWN), 0.0)
        for tenant, sent in dict(self.health.waiting_since).items():
            label = self._label(tenant)
            ages[label] = max(ages[label], now - sent)
        for tenant, age in ages.items():
            family.add_metric((tenant,), age)
        return family

    def _label(self, tenant: str) -> str:
        return tenant if tenant in self._tenants else UNKNOWN


def sample_names(family: Metric) -> list[str]:
    """Return the names of a family's samples, also if it has no sample yet."""
    if family.samples:
        return [sample.name for sample in family.samples]
    return [family.name + end for end in ENDINGS.get(family.type, ("",))]
