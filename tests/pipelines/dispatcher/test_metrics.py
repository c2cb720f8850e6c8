"""Gauges follow the partitions that are ours; every metric has a name before its first sample."""

from __future__ import annotations

from types import SimpleNamespace

from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.offsets import PartitionOffsets


def test_gauges_forget_partitions_that_went_elsewhere() -> None:
    metrics, offsets = Metrics(), PartitionOffsets()
    offsets.take(4)
    ends = SimpleNamespace(highwater=lambda part: 10)
    metrics.update_gauges([(("campaign.briefs", 1), offsets)], {"aurelle": 1}, ends)
    assert 'foundry_lag_records{partition="1",topic="campaign.briefs"} 6.0' in metrics.exposition().decode()
    metrics.update_gauges([], {}, ends)
    assert "foundry_lag_records{" not in metrics.exposition().decode()


def test_every_metric_has_a_name_that_dashboards_can_ask_for() -> None:
    names = Metrics().names()
    assert {"foundry_lag_records", "foundry_briefs_total", "foundry_usd_total", "foundry_round_seconds_bucket"} <= names
    assert all(name.startswith("foundry_") for name in names)


def test_rebalances_are_counted_from_a_total() -> None:
    metrics = Metrics()
    for total in (1, 1, 3):
        metrics.count_rebalances(total)
    assert "foundry_rebalances_total 3.0" in metrics.exposition().decode()
