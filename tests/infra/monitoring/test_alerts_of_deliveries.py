"""The alerts about deliveries fire by their outage within their time, and not on an undisturbed day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import State
from pipelines.delivery.delivering import DeliveryRun
from pipelines.delivery.service_metrics import DeliveryMetrics
from pipelines.dispatcher.health import Health
from tests.infra.monitoring.prometheus import Prometheus
from tests.infra.monitoring.service import TICK_S

pytestmark = pytest.mark.promtool
PLACE = ("aurelle", "dam")
WHOLE = DeliveryRun(
    tenant="aurelle", target="dam", scope="campaign:spring", states={State.DELIVERED: 5}, sent=5, proofs={Proof.HASH: 5}
)


@dataclass
class Courier:
    """A process that delivers, as Prometheus sees it."""

    instance: str = "deliveries-0"
    running: bool = True
    late_s: float = 0.0
    grows: bool = False
    health: Health = field(default_factory=lambda: Health(joined=True, stuck_s=1e9))

    def __post_init__(self) -> None:
        self.metrics = DeliveryMetrics(self.health)
        self.metrics.know(*PLACE)

    def tick(self) -> None:
        """Let half a minute pass."""
        self.late_s += TICK_S if self.grows else 0.0
        self.metrics.show_late({PLACE: self.late_s})


def end(courier: Courier) -> None:
    courier.running = False


def lose_the_brokers(courier: Courier) -> None:
    courier.health.begin_outage("broker", why="no answer")


def be_late(courier: Courier) -> None:
    courier.grows = True


def set_a_file_aside(courier: Courier) -> None:
    courier.metrics.count_failed_files(*PLACE, {"set_aside": 1})


def fail(courier: Courier) -> None:
    for _ in range(4):
        courier.metrics.count_failure(*PLACE)


def meet_a_bug(courier: Courier) -> None:
    courier.metrics.bugs.labels("run").inc()


DISTURBANCES: list[tuple[str, float, Callable[[Courier], None]]] = [
    ("FoundryDeliveriesNotServing", 11, end),
    ("FoundryDeliveriesNotServing", 11, lose_the_brokers),
    ("FoundryDeliveryLate", 66, be_late),
    ("FoundryDeliveryFails", 1, set_a_file_aside),
    ("FoundryDeliveryFails", 1, fail),
    ("FoundryDeliveryFails", 1, meet_a_bug),
]
NAMES = sorted({told[0] for told in DISTURBANCES})


def live(prometheus: Prometheus, courier: Courier, minutes: float) -> None:
    for _ in range(int(60 * minutes / TICK_S)):
        courier.tick()
        prometheus.scrape([courier])  # type: ignore[list-item]


@pytest.mark.parametrize(("alert", "minutes", "begin"), DISTURBANCES, ids=[told[0] for told in DISTURBANCES])
def test_an_alert_about_deliveries_fires_by_its_outage_within_its_time(
    alert: str, minutes: float, begin: Callable[[Courier], None], tmp_path: Path
) -> None:
    prometheus, courier = Prometheus(), Courier()
    prometheus.scrape([courier])  # type: ignore[list-item]
    live(prometheus, courier, 20.0)
    calm = prometheus.minutes
    begin(courier)
    live(prometheus, courier, minutes)
    quiet = [(calm, name, False) for name in NAMES]
    prometheus.assert_firing([*quiet, (prometheus.minutes, alert, True)], tmp_path)


def test_a_day_with_a_slow_target_and_an_odd_outage_is_quiet(tmp_path: Path) -> None:
    prometheus, courier = Prometheus(), Courier()
    prometheus.scrape([courier])  # type: ignore[list-item]
    live(prometheus, courier, 10.0)
    courier.grows = True
    courier.metrics.count_failure(*PLACE)
    live(prometheus, courier, 45.0)
    courier.grows, courier.late_s = False, 0.0
    courier.metrics.count_run(WHOLE)
    live(prometheus, courier, 20.0)
    moments = range(0, int(prometheus.minutes), 5)
    prometheus.assert_firing([(float(minute), name, False) for minute in moments for name in NAMES], tmp_path)
