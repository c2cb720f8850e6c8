"""Gauges follow the partitions that are ours; every metric has a name before its first sample."""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from itertools import product
from types import SimpleNamespace

import pytest

from pipelines.dispatcher.health import OF_ONE_TENANT, OUTAGE_KINDS, Health, OutageKind
from pipelines.dispatcher.metrics import DEAD_CODES, MOST_TENANTS, STATES, WHERE, Metrics
from pipelines.dispatcher.offsets import PartitionOffsets
from pipelines.dispatcher.order import Tally


@dataclass
class FakeTime:
    """A clock that stands where it is put."""

    now: float

    def __call__(self) -> float:
        return self.now


def value(metrics: Metrics, name: str, **labels: str) -> float:
    found = metrics.registry.get_sample_value(name, labels)
    assert found is not None, (name, labels)
    return found


def test_gauges_forget_partitions_that_went_elsewhere() -> None:
    metrics, offsets = Metrics(), PartitionOffsets()
    offsets.take(4)
    ends = SimpleNamespace(highwater=lambda part: 10)
    metrics.know_tenants(["aurelle"])
    metrics.update_gauges([(("campaign.briefs", 1), offsets)], {"aurelle": 1}, ends)
    assert 'foundry_lag_records{partition="1",topic="campaign.briefs"} 6.0' in metrics.exposition().decode()
    metrics.update_gauges([], {}, ends)
    assert "foundry_lag_records{" not in metrics.exposition().decode()


def test_gauges_of_state_are_true_even_while_the_loop_is_stuck() -> None:
    clock = FakeTime(1000.0)
    health = Health(stuck_s=0.0, joined=True, clock=clock)
    metrics = Metrics(health)
    metrics.know_tenants(["aurelle"])
    health.waiting_since = {"aurelle": 990.0, "a stranger": 400.0}
    health.admission_since = 970.0
    assert value(metrics, "foundry_ready") == 0.0
    health.stuck_s = 60.0
    assert value(metrics, "foundry_ready") == 1.0
    clock.now = 1010.0
    assert value(metrics, "foundry_oldest_waiting_seconds", tenant="aurelle") == 20.0
    assert value(metrics, "foundry_oldest_waiting_seconds", tenant="unknown") == 610.0
    assert value(metrics, "foundry_admission_running_seconds") == 40.0


@pytest.mark.parametrize("kind", OUTAGE_KINDS)
def test_an_outage_shows_by_kind_and_since_when(kind: OutageKind) -> None:
    clock = FakeTime(1000.0)
    health = Health(joined=True, clock=clock)
    metrics = Metrics(health)
    metrics.know_tenants(["aurelle"])
    tenant = "aurelle" if kind in OF_ONE_TENANT else ""
    labels = {"kind": kind, "tenant": tenant}
    assert value(metrics, "foundry_outage", **labels) == 0.0
    health.begin_outage(kind, tenant, "no answer")
    clock.now = 1060.0
    health.begin_outage(kind, tenant, "still no answer", by="lookout")
    assert value(metrics, "foundry_outage", **labels) == 1.0
    assert value(metrics, "foundry_outage_since_seconds", **labels) == 1000.0
    assert health.ready == (kind in OF_ONE_TENANT)
    health.end_outage(kind, tenant)
    assert value(metrics, "foundry_outage_since_seconds", **labels) == 1060.0
    health.end_outage(kind, tenant, by="lookout")
    assert value(metrics, "foundry_outage", **labels) == 0.0
    assert health.ready


def test_series_begin_at_zero_before_anything_has_happened() -> None:
    metrics = Metrics()
    metrics.know_tenants(["aurelle", "northpeak"])
    for tenant, state in product(("aurelle", "northpeak", "unknown"), STATES):
        assert value(metrics, "foundry_briefs_total", tenant=tenant, state=state) == 0.0
    for stage, codes in DEAD_CODES.items():
        for code in codes:
            assert value(metrics, "foundry_dead_letters_total", tenant="aurelle", stage=stage, code=code) == 0.0
    for where in WHERE:
        assert value(metrics, "foundry_bugs_total", where=where) == 0.0
    assert value(metrics, "foundry_brief_seconds_count", tenant="northpeak") == 0.0


def test_records_cannot_make_labels_of_their_own() -> None:
    metrics = Metrics()
    metrics.know_tenants(f"tenant-{number}" for number in range(MOST_TENANTS + 5))
    for number in range(1000):
        metrics.count_dead("admit", f"code_{number}", f"stranger-{number}")
        metrics.count_end(f"stranger-{number}", "refused")
        metrics.count_bug(f"place {number}")
    metrics.count_dead("admit", 'bad"code', "")
    text = metrics.exposition().decode()
    assert "stranger" not in text
    assert 'bad"code' not in text
    assert value(metrics, "foundry_briefs_total", tenant="unknown", state="refused") == 1000.0
    assert value(metrics, "foundry_bugs_total", where="other") == 1000.0
    assert f"tenant-{MOST_TENANTS - 1}" in text
    assert f'"tenant-{MOST_TENANTS}"' not in text
    dead = [line for line in text.splitlines() if line.startswith("foundry_dead_letters_total{")]
    assert len([line for line in dead if 'tenant="unknown"' in line]) < 220


def test_an_order_is_counted_by_how_it_ended() -> None:
    metrics, tally = Metrics(), Tally(made=3, reused=2, failed=1, shots_drawn=4, money=Decimal("0.5"), seconds=7.0)
    metrics.know_tenants(["aurelle"])
    metrics.count_order("aurelle", "cancelled", tally, 12.0)
    assert value(metrics, "foundry_briefs_total", tenant="aurelle", state="cancelled") == 1.0
    assert value(metrics, "foundry_briefs_total", tenant="aurelle", state="finished") == 0.0
    assert value(metrics, "foundry_variants_total", tenant="aurelle", outcome="made") == 3.0
    assert value(metrics, "foundry_usd_total", tenant="aurelle") == 0.5
    assert value(metrics, "foundry_brief_seconds_sum", tenant="aurelle") == 12.0


def test_the_version_and_the_start_are_told() -> None:
    before = time.time()
    metrics = Metrics()
    assert before <= value(metrics, "foundry_start_time_seconds") <= time.time()
    assert value(metrics, "foundry_build_info", version=version("campaign-foundry")) == 1.0


def test_every_metric_has_a_name_that_dashboards_can_ask_for() -> None:
    names = Metrics().names()
    assert {"foundry_lag_records", "foundry_briefs_total", "foundry_usd_total", "foundry_round_seconds_bucket"} <= names
    assert all(name.startswith("foundry_") for name in names)


def test_rebalances_are_counted_from_a_total() -> None:
    metrics = Metrics()
    for total in (1, 1, 3):
        metrics.count_rebalances(total)
    assert "foundry_rebalances_total 3.0" in metrics.exposition().decode()


def test_the_time_of_rounds_is_counted_by_steps_and_states_that_are_known() -> None:
    metrics = Metrics()
    assert value(metrics, "foundry_drawing_device_seconds_total", state="loading") == 0.0
    counts = {
        "processor_us/draw/draw": 1_500_000,
        "accelerator_us/draw/draw": 500_000,
        "processor_us/draw/of tomorrow": 250_000,
        "processor_us/of tomorrow/draw": 1,
        "device_us/cuda/busy": 2_000_000,
        "device_us/cuda/loading": 1_000_000,
        "files_made": 3,
    }
    for _ in range(2):
        metrics.time.count_run(counts)
    assert value(metrics, "foundry_processor_seconds_total", stage="draw", step="draw") == 3.0
    assert value(metrics, "foundry_accelerator_seconds_total", stage="draw", step="draw") == 1.0
    assert value(metrics, "foundry_processor_seconds_total", stage="draw", step="other") == 0.5
    assert value(metrics, "foundry_drawing_device_seconds_total", state="busy") == 4.0
    assert value(metrics, "foundry_drawing_device_seconds_total", state="loading") == 2.0
    assert "of tomorrow" not in metrics.exposition().decode()
