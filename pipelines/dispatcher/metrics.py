"""Prometheus metrics of one dispatcher, in a registry of their own; docs/serve.md lists them. Labels name tenants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from pipelines.dispatcher.budget import PartitionOffsets

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600)


class Metrics:
    """Counters, gauges and histograms; each dispatcher has its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._rebalances = 0
        self.lag = self._gauge("foundry_lag_records", "Records that are not committed yet.", "topic", "partition")
        self.held = self._gauge("foundry_held_records", "Records taken and not settled.", "topic", "partition")
        self.at_hand = self._gauge("foundry_campaigns_at_hand", "Campaigns that wait or are being made.", "tenant")
        self.paused = self._gauge("foundry_paused_partitions", "Partitions that are not read while the desk is full.")
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

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(name, says, labels, registry=self.registry)

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(name, says, labels, registry=self.registry)

    def _histogram(self, name: str, says: str, *labels: str) -> Histogram:
        return Histogram(name, says, labels, registry=self.registry, buckets=SECONDS)

    def look(
        self, partitions: Iterable[tuple[tuple[str, int], PartitionOffsets]], at_hand: dict[str, int], consumer: Any
    ) -> None:
        """Set the gauges; partitions and tenants that are gone leave no figures behind."""
        from kafka import TopicPartition

        for gauge in (self.lag, self.held, self.at_hand):
            gauge.clear()
        for part, ledger in partitions:
            end = consumer.highwater(TopicPartition(*part))
            if end is not None and ledger.mark is not None:
                self.lag.labels(part[0], str(part[1])).set(max(0, end - ledger.mark))
            self.held.labels(part[0], str(part[1])).set(ledger.held)
        for tenant, number in at_hand.items():
            self.at_hand.labels(tenant).set(number)

    def rebalanced(self, times: int) -> None:
        """The group gave us partitions so many times."""
        self.rebalances.inc(times - self._rebalances)
        self._rebalances = times

    def text(self) -> bytes:
        """The exposition format, version 0.0.4."""
        return generate_latest(self.registry)

    def names(self) -> set[str]:
        """Every name that a dashboard may use."""
        return {sample.name for family in self.registry.collect() for sample in _samples(family)}


def _samples(family: Any) -> list[Any]:
    """A family's samples; one without any yet still has its names."""
    if family.samples:
        return list(family.samples)
    ends = {"counter": ("_total", "_created"), "histogram": ("_bucket", "_count", "_sum", "_created")}
    return [_Named(family.name + end) for end in ends.get(family.type, ("",))]


class _Named:
    def __init__(self, name: str) -> None:
        self.name = name
