"""The alerts about catalogs fire by their outage within their time, and not in an undisturbed night."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from foundry.catalog.runs import RunRecord, RunState
from pipelines.catalog.service_metrics import CatalogMetrics
from pipelines.dispatcher.health import Health
from tests.infra.monitoring.prometheus import Prometheus
from tests.infra.monitoring.service import TICK_S
from tests.support.scheduled import a_catalog

pytestmark = pytest.mark.promtool
SHOES = a_catalog()
ENDED = RunRecord(catalog="shoes", tenant="aurelle", run="20261130T023000Z", state=RunState.FINISHED, began="")


@dataclass
class Scheduler:
    """A process that leads, as Prometheus sees it."""

    instance: str = "catalogs-0"
    running: bool = True
    late_s: float = 0.0
    grows: bool = False
    health: Health = field(default_factory=lambda: Health(joined=True, stuck_s=1e9))

    def __post_init__(self) -> None:
        self.metrics = CatalogMetrics(self.health)
        self.metrics.know(SHOES)
        self.metrics.leader.set(1)

    def tick(self) -> None:
        """Let half a minute pass."""
        self.late_s += TICK_S if self.grows else 0.0
        self.metrics.show_late(SHOES, self.late_s)


def end(scheduler: Scheduler) -> None:
    scheduler.running = False


def lose_the_store(scheduler: Scheduler) -> None:
    scheduler.health.begin_outage("store", why="no answer")


def lead_no_more(scheduler: Scheduler) -> None:
    scheduler.metrics.leader.set(0)


def be_late(scheduler: Scheduler) -> None:
    scheduler.grows = True


def stop(scheduler: Scheduler) -> None:
    scheduler.metrics.count_run(replace(ENDED, state=RunState.STOPPED))


def fail(scheduler: Scheduler) -> None:
    for _ in range(3):
        scheduler.metrics.count_failure(SHOES)


def meet_a_bug(scheduler: Scheduler) -> None:
    scheduler.metrics.bugs.labels("run").inc()


DISTURBANCES: list[tuple[str, float, Callable[[Scheduler], None]]] = [
    ("FoundryCatalogsNotServing", 11, end),
    ("FoundryCatalogsNotServing", 11, lose_the_store),
    ("FoundryCatalogsNotServing", 11, lead_no_more),
    ("FoundryCatalogLate", 126, be_late),
    ("FoundryCatalogStopped", 1, stop),
    ("FoundryCatalogFails", 1, fail),
    ("FoundryCatalogFails", 1, meet_a_bug),
]
NAMES = sorted({told[0] for told in DISTURBANCES})


def live(prometheus: Prometheus, scheduler: Scheduler, minutes: float) -> None:
    for _ in range(int(60 * minutes / TICK_S)):
        scheduler.tick()
        prometheus.scrape([scheduler])  # type: ignore[list-item]


@pytest.mark.parametrize(("alert", "minutes", "begin"), DISTURBANCES, ids=[told[0] for told in DISTURBANCES])
def test_an_alert_about_catalogs_fires_by_its_outage_within_its_time(
    alert: str, minutes: float, begin: Callable[[Scheduler], None], tmp_path: Path
) -> None:
    prometheus, scheduler = Prometheus(), Scheduler()
    prometheus.scrape([scheduler])  # type: ignore[list-item]
    live(prometheus, scheduler, 20.0)
    calm = prometheus.minutes
    begin(scheduler)
    live(prometheus, scheduler, minutes)
    quiet = [(calm, name, False) for name in NAMES]
    prometheus.assert_firing([*quiet, (prometheus.minutes, alert, True)], tmp_path)


def test_a_night_with_a_long_run_and_an_odd_failure_is_quiet(tmp_path: Path) -> None:
    prometheus, scheduler = Prometheus(), Scheduler()
    prometheus.scrape([scheduler])  # type: ignore[list-item]
    live(prometheus, scheduler, 10.0)
    scheduler.grows = True
    scheduler.metrics.count_failure(SHOES)
    live(prometheus, scheduler, 90.0)
    scheduler.grows, scheduler.late_s = False, 0.0
    scheduler.metrics.count_run(ENDED)
    live(prometheus, scheduler, 20.0)
    moments = range(0, int(prometheus.minutes), 10)
    prometheus.assert_firing([(float(minute), name, False) for minute in moments for name in NAMES], tmp_path)
