"""The alerts over the series of a real dispatcher, whose records are in memory, with half a minute between scrapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.bus.messages import BusMessage
from pipelines.dispatcher.metrics import Metrics
from tests.infra.monitoring.prometheus import Prometheus
from tests.pipelines.dispatcher.test_loop import Rig, a_message

pytestmark = [pytest.mark.promtool, pytest.mark.campaign]


@dataclass
class Scraped:
    """What Prometheus sees of a dispatcher."""

    metrics: Metrics
    instance: str = "dispatcher-0"
    running: bool = True


@dataclass
class Watched:
    """A dispatcher, and the Prometheus that scrapes it."""

    rig: Rig
    prometheus: Prometheus
    scraped: Scraped

    def scrape(self, times: int = 1) -> None:
        for _ in range(times):
            self.prometheus.scrape([self.scraped])  # type: ignore[list-item]

    def make(self, *messages: BusMessage) -> None:
        self.rig.receive(*messages)
        self.rig.step_until_settled()
        self.rig.dispatcher._gauges_at = 0.0
        self.rig.dispatcher.step()

    def assert_firing(self, alert: str, firing: bool, folder: Path) -> None:
        self.prometheus.assert_firing([(self.prometheus.minutes, alert, firing)], folder)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    rig = Rig(tmp_path)
    ours = rig.dispatcher
    ours.metrics.watch(ours.health)
    ours.desk.open()
    one = Watched(rig, Prometheus(), Scraped(ours.metrics))
    one.make(a_message())
    one.scrape(20)
    yield one
    ours.desk.close()


def test_an_hour_in_which_campaigns_are_made_and_one_is_refused_is_quiet(watched: Watched, tmp_path: Path) -> None:
    for number in range(5):
        watched.make(a_message(campaign={"id": f"c{number}", "name": "C"}))
        watched.scrape(20)
    watched.make(a_message(tenant="nobody"))
    watched.scrape(20)
    checks = [(float(minute), "", False) for minute in range(int(watched.prometheus.minutes) + 1)]
    assert watched.prometheus.minutes >= 60
    watched.prometheus.assert_firing(checks, tmp_path)


def test_a_flood_of_records_that_cannot_be_read_fires_at_the_next_scrapes(watched: Watched, tmp_path: Path) -> None:
    watched.make(*(BusMessage(b"aurelle", b"{not json", ()) for _ in range(15)))
    watched.scrape(4)
    watched.assert_firing("FoundryDeadLetters", True, tmp_path)
    watched.assert_firing("FoundryBug", False, tmp_path)


def test_an_error_that_nobody_foresaw_fires_and_the_dispatcher_goes_on(watched: Watched, tmp_path: Path) -> None:
    watched.rig.dispatcher.maker.count_bug = watched.rig.dispatcher.metrics.count_bug
    watched.rig.producer.errors += [TypeError("a bug")] * 4
    watched.make(a_message(campaign={"id": "struck", "name": "C"}))
    watched.scrape(4)
    watched.assert_firing("FoundryBug", True, tmp_path)
    before = len(watched.rig.consumer.committed)
    watched.make(a_message(campaign={"id": "after", "name": "C"}))
    assert len(watched.rig.consumer.committed) > before
