"""The Prometheus metrics of one dispatcher, in their own registry; docs/serve.md lists them. Labels name tenants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import Metric

from pipelines.bus.client import Consumer
from pipelines.dispatcher.claims import Partition
from pipelines.dispatcher.offsets import PartitionOffsets

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600)
ENDINGS = {"counter": ("_total", "_created"), "histogram": ("_bucket", "_count", "_sum", "_created")}


class Metrics:
    """Counters, gauges and histograms of one dispatcher."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._rebalances = 0
        self.lag = self._gauge("foundry_lag_records", "Records that are not committed yet.", "topic", "partition")
        self.held = self._gauge("foundry_held_records", "Records taken and not settled.", "topic", "partition")
        self.at_hand = self._gauge("foundry_campaigns_at_hand", "Campaigns that wait or are being made.", "tenant")
        self.paused = self._gauge("foundry_paused_partitions", "Partitions that are paused for want of room.")
        self.ready = self._gauge("foundry_ready", "1 while briefs are taken.")
        self.briefs = self._counter("foundry_briefs", "Briefs by how they ended.", "tenant", "state")
        self.shots = self._counter("foundry_shots", "Shots drawn and reused.", "tenant", "outcome")
        self.variants = self._counter("foundry_variants", "Files made, reused and failed.", "tenant", "outcome")
        self.dead = self._counter("foundry_dead_letters", "Records sent to the dead topic.", "stage", "code")
        self.seconds = self._counter("foundry_seconds", "Seconds of rounds, shared by cost.", "tenant")
        self.money = self._counter("foundry_usd", "US dollars spent by the cards' prices.", "tenant")
        self.rebalances = self._counter("foundry_rebalances", "Times the group gave us partitions.")
        self.commits = self._counter("foundry_commits", "Offset commits.", "outcome")
        self.round_seconds = self._histogram("foundry_round_seconds", "How long rounds take.")
        self.wait_seconds = self._histogram("foundry_brief_seconds", "From a brief's timestamp to its end.", "tenant")

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, labels, registry=self.registry)

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(name, help_text, labels, registry=self.registry)

    def _histogram(self, name: str, help_text: str, *labels: str) -> Histogram:
        return Histogram(name, help_text, labels, registry=self.registry, buckets=SECONDS)

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
        for tenant, number in at_hand.items():
            self.at_hand.labels(tenant).set(number)

    def count_rebalances(self, times: int) -> None:
        """Advance the counter of rebalances to `times`."""
        self.rebalances.inc(times - self._rebalances)
        self._rebalances = times

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus's text format 0.0.4."""
        return generate_latest(self.registry)

    def names(self) -> set[str]:
        """Return every name that a dashboard may query."""
        return {name for family in self.registry.collect() for name in _sample_names(family)}


def _sample_names(family: Metric) -> list[str]:
    """Return the names of a family's samples, also if it has no sample yet."""
    if family.samples:
        return [sample.name for sample in family.samples]
    return [family.name + end for end in ENDINGS.get(family.type, ("",))]
