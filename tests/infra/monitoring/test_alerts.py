"""Each alert fires by its outage within its time, and none in an undisturbed hour, as Prometheus itself evaluates them.

The series are those of the real metrics of a dispatcher whose life is simulated in steps of half a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
import yaml

from pipelines.dispatcher.health import OutageKind
from tests.infra.monitoring.prometheus import RULES, Change, Prometheus
from tests.infra.monitoring.service import Load, Service
from tests.infra.monitoring.test_alerts_of_catalogs import NAMES as OF_CATALOGS
from tests.infra.monitoring.test_alerts_of_deliveries import NAMES as OF_DELIVERIES

pytestmark = pytest.mark.promtool


@dataclass(frozen=True)
class Disturbance:
    """After `before` minutes of calm, `begin` acts once and `go_on` each half minute; `alert` fires in `minutes`."""

    alert: str
    minutes: float
    begin: Change = lambda _: None
    go_on: Change | None = None
    before: float = 20.0
    others: int = 0
    """How many undisturbed dispatchers there are beside it."""


def leave(service: Service) -> None:
    service.health.joined = False


def end(service: Service) -> None:
    service.running = False


def stop_admission(service: Service) -> None:
    service.health.admitting = False


def admit_for_ever(service: Service) -> None:
    service.health.admission_since = service.now


def admit_slowly(service: Service) -> None:
    service.admission_s = 45.0


def hang(service: Service) -> None:
    service.hangs = True


def flood(service: Service) -> None:
    service.load["aurelle"].arrivals = 60.0


def go(kind: OutageKind, tenant: str = "") -> Change:
    """What the lookout asks for is away."""

    def act(service: Service) -> None:
        service.away[kind, tenant] = "no answer"

    return act


def tell(kind: OutageKind) -> Change:
    """A round meets the outage."""
    return lambda service: service.health.begin_outage(kind, why="no answer", by="round")


def every(ticks: int, act: Change) -> Change:
    numbers = count()

    def at_times(service: Service) -> None:
        if next(numbers) % ticks == 0:
            act(service)

    return at_times


def fail_commits(service: Service) -> None:
    service.metrics.commits.labels("failed").inc()


def meet_a_bug(where: str) -> Change:
    return lambda service: service.metrics.count_bug(where)


def refuse(tenant: str, stage: str, code: str) -> Change:
    return lambda service: service.refuse(tenant, stage, code)


def fail_files(service: Service) -> None:
    service.load["northpeak"] = Load(arrivals=1.0, made=10, failed=2)


def starve(service: Service) -> None:
    service.load["orchard"].waited_s = 1200.0


def spend(service: Service) -> None:
    service.load["aurelle"].usd = Decimal(5)


def one_brief_is_left(service: Service) -> None:
    service.waiting.append((service.now - 7000.0, "nobody", service.offset))


DISTURBANCES = [
    Disturbance("FoundryNotServing", 6, leave),
    Disturbance("FoundryNotServing", 6, go("broker")),
    Disturbance("FoundryNotReady", 21, leave, others=1),
    Disturbance("FoundryNoMetrics", 6, end),
    Disturbance("FoundryNoMetrics", 6, end, others=1),
    Disturbance("FoundryRestarts", 10, go_on=every(4, Service.start)),
    Disturbance("FoundryOutage", 6, go("broker")),
    Disturbance("FoundryOutage", 6, go("store")),
    Disturbance("FoundryOutage", 6, go("folders")),
    Disturbance("FoundryOutage", 6, tell("engine")),
    Disturbance("FoundryOutage", 6, tell("admission")),
    Disturbance("FoundryTenantOutage", 11, go("tenant_store", "northpeak")),
    Disturbance("FoundryAdmissionStopped", 3, stop_admission),
    Disturbance("FoundryAdmissionSlow", 6, admit_for_ever),
    Disturbance("FoundryAdmissionSlow", 20, admit_slowly),
    Disturbance("FoundryBriefWaits", 127, hang),
    Disturbance("FoundryBriefWaits", 127, go("tenant_store", "northpeak")),
    Disturbance("FoundryLagGrows", 40, flood),
    Disturbance("FoundryStuck", 140, hang),
    Disturbance("FoundryCommitsFail", 5, go_on=fail_commits),
    Disturbance("FoundryBug", 1, meet_a_bug("admit")),
    Disturbance("FoundryBug", 1, meet_a_bug("round")),
    Disturbance("FoundryDeadLetters", 8, go_on=refuse("aurelle", "admit", "refused_input")),
    Disturbance("FoundryDeadLetters", 8, go_on=refuse("a stranger", "read", "unreadable_message")),
    Disturbance("FoundryFilesFail", 40, fail_files),
    Disturbance("FoundryTenantWaits", 110, starve),
    Disturbance("FoundryRebalances", 15, go_on=Service.rebalance),
    Disturbance("FoundryMoney", 60, spend, before=13 * 60.0),
]


def names(disturbance: Disturbance) -> str:
    return disturbance.alert


@pytest.mark.parametrize("told", DISTURBANCES, ids=names)
def test_an_alert_fires_by_its_outage_within_its_time(told: Disturbance, tmp_path: Path) -> None:
    services = [Service(f"dispatcher-{number}") for number in range(1 + told.others)]
    prometheus = Prometheus()
    prometheus.scrape(services)
    prometheus.live(services, told.before)
    calm = prometheus.minutes
    told.begin(services[0])
    prometheus.live(services, told.minutes, told.go_on)
    prometheus.assert_firing([(calm, "", False), (prometheus.minutes, told.alert, True)], tmp_path)


def test_every_alert_is_made_to_fire() -> None:
    rules = [rule["alert"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    assert {told.alert for told in DISTURBANCES} | set(OF_CATALOGS) | set(OF_DELIVERIES) == set(rules)


def ordinary(service: Service) -> None:
    """What happens in any hour: a brief is refused, another one cancelled, a revision replaces one."""
    if service.ticks % 40 == 10:
        service.refuse("aurelle")
    if service.ticks % 40 == 20:
        service.metrics.count_end("northpeak", "cancelled")
    if service.ticks % 40 == 30:
        service.metrics.count_end("orchard", "superseded")


def test_no_alert_fires_in_an_undisturbed_hour(tmp_path: Path) -> None:
    services = [Service(f"dispatcher-{number}") for number in range(2)]
    prometheus = Prometheus()
    prometheus.scrape(services)
    prometheus.live(services, 60.0, ordinary)
    prometheus.assert_firing([(float(minute), "", False) for minute in range(61)], tmp_path)


def test_no_alert_fires_while_two_dispatchers_are_replaced_one_after_the_other(tmp_path: Path) -> None:
    """Each drains for three minutes, ends, and starts again under another name half a minute later."""
    services = [Service(f"dispatcher-{number}") for number in range(2)]
    prometheus = Prometheus()
    prometheus.scrape(services)
    for number in range(2):
        prometheus.live(services, 5.0)
        services[number].health.draining = True
        prometheus.live(services, 3.0)
        old = services.pop(number)
        prometheus.live(services, 0.5)
        services.insert(number, Service(f"replaced-{number}", now=old.now))
    prometheus.live(services, 20.0)
    checks = [(float(minute), "", False) for minute in range(int(prometheus.minutes) + 1)]
    prometheus.assert_firing(checks, tmp_path)


@pytest.mark.parametrize("kind", ["broker", "store", "folders"])
def test_the_alert_of_an_outage_ends_with_it(kind: OutageKind, tmp_path: Path) -> None:
    service, prometheus = Service(), Prometheus()
    prometheus.scrape([service])
    go(kind)(service)
    prometheus.live([service], 10.0)
    away = prometheus.minutes
    service.away.clear()
    prometheus.live([service], 2.0)
    prometheus.assert_firing([(away, "FoundryOutage", True), (prometheus.minutes, "", False)], tmp_path)


def test_one_tenants_outage_alerts_for_it_alone(tmp_path: Path) -> None:
    service, prometheus = Service(), Prometheus()
    prometheus.scrape([service])
    go("tenant_store", "northpeak")(service)
    prometheus.live([service], 30.0)
    others = [(prometheus.minutes, name, False) for name in ("FoundryOutage", "FoundryNotServing", "FoundryNotReady")]
    prometheus.assert_firing([(prometheus.minutes, "FoundryTenantOutage", True), *others], tmp_path)


def test_a_first_day_that_costs_money_is_no_alarm(tmp_path: Path) -> None:
    service, prometheus = Service(), Prometheus()
    spend(service)
    prometheus.scrape([service])
    prometheus.live([service], 90.0)
    prometheus.assert_firing([(prometheus.minutes, "FoundryMoney", False)], tmp_path)
