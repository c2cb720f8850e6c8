"""What is away is noticed while nobody needs it, by whom it belongs to, and its return too."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import yaml

from pipelines.bus.settings import BusSettings
from pipelines.dispatcher.admission import Folders
from pipelines.dispatcher.health import Health
from pipelines.dispatcher.lookout import Check, Lookout, Surroundings, Unusable
from pipelines.dispatcher.metrics import Metrics
from tests.support.buckets import client_of, named_bucket
from tests.support.waiting import until


def tenant_file(folder: Path, name: str, **more: object) -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    palette = {"paper": "#FFFFFF", "ink": "#000000", "accent": "#0000FF", "primary": "#808080", "scene": ["#AAAAAA"]}
    told = {"id": name, "name": name, "brand": {"palette": palette}, **more}
    (folder / name / "tenant.yaml").write_text(yaml.safe_dump(told))


def silent_broker() -> BusSettings:
    """Settings of an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return BusSettings(bootstrap=f"127.0.0.1:{taken.getsockname()[1]}")


def surroundings(folder: Path, metrics: Metrics, bus: BusSettings | None = None, **more: object) -> Surroundings:
    folders = Folders(folder / "tenants", folder / "files")
    for each in folders.required:
        each.mkdir(exist_ok=True)
    told = {"address": str(folder / "store"), "clock": lambda: 0.0, **more}
    return Surroundings(bus or BusSettings(), folders, metrics=metrics, **told)


def without_broker(checks: Surroundings) -> list[Check]:
    return [check for check in checks.checks() if check.kind != "broker"]


def test_what_fails_is_an_outage_until_it_works_again() -> None:
    health, sick = Health(joined=True), [True]

    def act() -> None:
        if sick[0]:
            raise Unusable("gone")

    lookout = Lookout(health, Metrics(health), lambda: [Check("tenant_store", "aurelle", act), Check("store", "", act)])
    lookout.look()
    assert [(one.kind, one.tenant, one.why) for one in health.outages] == [
        ("store", "", "gone"),
        ("tenant_store", "aurelle", "gone"),
    ]
    sick[0] = False
    lookout.look()
    assert health.outages == ()


def test_it_ends_its_own_outages_only() -> None:
    health = Health(joined=True)
    health.begin_outage("store", why="a write failed", by="round")
    Lookout(health, Metrics(health), lambda: [Check("store", "", lambda: None)]).look()
    assert [one.why for one in health.outages] == ["a write failed"]


def test_a_tenant_that_is_gone_has_no_outage() -> None:
    health = Health(joined=True)
    checks = [Check("tenant_store", "aurelle", lambda: (_ for _ in ()).throw(Unusable("gone")).__next__())]
    lookout = Lookout(health, Metrics(health), lambda: checks)
    lookout.look()
    assert health.outages
    checks.clear()
    lookout.look()
    assert health.outages == ()


def test_a_bug_in_it_is_counted_and_it_goes_on() -> None:
    health = Health(joined=True)
    metrics, looks = Metrics(health), []

    def checks() -> list[Check]:
        looks.append(1)
        raise KeyError("a bug")

    with Lookout(health, metrics, checks, every_s=0.01).running():
        until(lambda: len(looks) > 2, 10.0)
    assert metrics.registry.get_sample_value("foundry_bugs_total", {"where": "lookout"}) >= 2.0


def test_a_broker_that_nobody_asks_is_missed(tmp_path: Path) -> None:
    health = Health(joined=True)
    lookout = Lookout(health, Metrics(health), surroundings(tmp_path, Metrics(), silent_broker()).checks)
    lookout.look()
    assert [one.kind for one in health.outages] == ["broker"]
    assert not health.ready


def test_folders_and_a_local_store_are_looked_at(tmp_path: Path) -> None:
    health, metrics = Health(joined=True), Metrics()
    around = surroundings(tmp_path, metrics)
    tenant_file(tmp_path / "tenants", "aurelle")
    lookout = Lookout(health, metrics, lambda: without_broker(around))
    lookout.look()
    assert health.outages == ()
    assert metrics.tenant_label("aurelle") == "aurelle"
    (tmp_path / "files").rmdir()
    lookout.look()
    assert [one.kind for one in health.outages] == ["folders"]
    assert str(tmp_path / "files") in health.outages[0].why


def test_a_store_that_is_a_file_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder")
    health, metrics = Health(joined=True), Metrics()
    around = surroundings(tmp_path, metrics, address=str(tmp_path / "taken" / "store"))
    Lookout(health, metrics, lambda: without_broker(around)).look()
    assert [one.kind for one in health.outages] == ["store"]


@pytest.mark.gcs
def test_a_missing_bucket_is_its_tenants_and_the_common_one_matters_only_if_it_is_used(
    gcs: object, tmp_path: Path
) -> None:
    times, metrics = [0.0], Metrics()
    with client_of(gcs.endpoint):  # type: ignore[attr-defined]
        tenant_file(tmp_path / "tenants", "aurelle", storage={"bucket": named_bucket()})
        tenant_file(tmp_path / "tenants", "northpeak", storage={"bucket": "no-such-bucket-here"})
        health = Health(joined=True)
        around = surroundings(tmp_path, metrics, address="gs://no-common-bucket", clock=lambda: times[0])
        lookout = Lookout(health, metrics, lambda: without_broker(around))
        lookout.look()
        assert [(one.kind, one.tenant) for one in health.outages] == [("tenant_store", "northpeak")]
        assert health.ready
        tenant_file(tmp_path / "tenants", "orchard")  # keeps its objects in the common bucket
        times[0] += 61.0
        lookout.look()
        assert [one.kind for one in health.outages] == ["store", "tenant_store"]
        assert not health.ready


@pytest.mark.kafka
def test_a_broker_that_answers_is_no_outage(bus: BusSettings, tmp_path: Path) -> None:
    health = Health(joined=True)
    Lookout(health, Metrics(health), surroundings(tmp_path, Metrics(), bus).checks).look()
    assert health.outages == ()
