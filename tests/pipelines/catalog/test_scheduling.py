"""The scheduler: what is due begins once, by one leader of several processes, whatever the clock does."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry.catalog.run_book import latest_runs, read_run
from foundry.catalog.runs import RunRecord, RunState
from pipelines.catalog.due_runs import note_schedule
from pipelines.catalog.scheduling import LEADER, CatalogScheduler
from pipelines.catalog.setting import CatalogSetting
from tests.support.briefs import EXAMPLES
from tests.support.scheduled import (
    FastClock,
    HandClock,
    PaperRefresh,
    a_catalog,
    a_setting,
    keep,
    store_of,
)
from tests.support.waiting import until


class Rig:
    """One scheduler that leads, stepped by hand, with a clock that is set by hand."""

    def __init__(self, folder: Path, *catalogs: Any, added: str = "2026-11-29T12:00", **setting: Any) -> None:
        self.clock = HandClock(datetime.now(UTC))
        self.clock.set(added)
        self.setting: CatalogSetting = a_setting(folder, self.clock, **setting)
        self.paper = PaperRefresh(folder / "book")
        for each in catalogs:
            note_schedule(keep(self.setting, each), each, self.clock.moment)
        self.scheduler = CatalogScheduler(setting=self.setting, refresh=self.paper, look_s=0)

    def at(self, *moments: str) -> list[str]:
        """Step at each moment, until nothing runs and nothing begins; return the runs so far."""
        for moment in moments:
            self.clock.set(moment)
            with ThreadPoolExecutor(4) as pool:
                self.scheduler.step(pool)
            self.scheduler._running.clear()
        return self.paper.lines()


def test_a_night_has_one_run_at_its_time(tmp_path: Path) -> None:
    rig = Rig(tmp_path, a_catalog(timezone="Europe/Berlin"))
    assert rig.at("2026-11-30T01:29", "2026-11-30T01:29:59") == []
    assert rig.at("2026-11-30T01:30", "2026-11-30T01:30:05", "2026-11-30T05:00") == ["shoes 20261130T013000Z"]


def test_the_nights_of_summer_time_have_one_run_each(tmp_path: Path) -> None:
    rig = Rig(tmp_path, a_catalog(timezone="Europe/Berlin"), added="2026-03-28T12:00")
    minute = datetime(2026, 3, 28, 23, tzinfo=UTC)
    spring = [f"{minute + timedelta(minutes=10 * number):%Y-%m-%dT%H:%M}" for number in range(30)]
    assert rig.at(*spring) == ["shoes 20260329T010000Z"]
    minute = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    autumn = [f"{minute + timedelta(minutes=10 * number):%Y-%m-%dT%H:%M}" for number in range(30)]
    found = rig.at("2026-10-24T22:00", *autumn)
    assert found[1:] == ["shoes 20261024T003000Z", "shoes 20261025T003000Z"]


def test_a_clock_that_jumps_runs_nothing_twice(tmp_path: Path) -> None:
    rig = Rig(tmp_path, a_catalog())
    rig.at("2026-11-30T02:30", "2026-11-30T01:00", "2026-11-30T02:30", "2026-11-30T02:31")
    assert rig.paper.lines() == ["shoes 20261130T023000Z"]
    rig.at("2026-12-09T00:00", "2026-11-30T03:00", "2026-12-01T02:30", "2026-12-08T02:30", "2026-12-09T00:00")
    assert rig.paper.lines() == [
        "shoes 20261130T023000Z", "shoes 20261208T023000Z", "shoes 20261201T023000Z",
    ]  # fmt: skip


def test_of_many_missed_nights_one_is_made_up_for(tmp_path: Path) -> None:
    rig = Rig(tmp_path, a_catalog())
    assert rig.at("2026-12-24T12:00", "2026-12-24T12:01") == ["shoes 20261224T023000Z"]


def test_missed_nights_of_a_schedule_that_skips_them_are_recorded_and_counted(tmp_path: Path) -> None:
    catalog = a_catalog(missed="skip")
    rig = Rig(tmp_path, catalog)
    assert rig.at("2026-12-24T12:00", "2026-12-24T12:01") == []
    [record] = latest_runs(store_of(rig.setting, catalog), "shoes", 5)
    assert (record.run, record.state) == ("20261224T023000Z", RunState.SKIPPED)
    assert record.reason.startswith("no scheduler was there when it was due, 570 minutes ago")
    assert rig.scheduler.metrics.runs.labels("aurelle", "skipped")._value.get() == 1
    assert rig.at("2026-12-25T02:30") == ["shoes 20261225T023000Z"]


def test_a_catalog_that_is_added_has_missed_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    keep(rig.setting, a_catalog())
    assert rig.at("2026-11-30T12:00", "2026-11-30T23:00") == []
    assert rig.at("2026-12-01T02:30") == ["shoes 20261201T023000Z"]


def test_a_changed_schedule_is_followed_and_a_removed_catalog_is_forgotten(tmp_path: Path) -> None:
    rig = Rig(tmp_path, a_catalog())
    rig.at("2026-11-30T01:00")
    own = keep(rig.setting, a_catalog(cron="0 4 * * *"))
    assert rig.at("2026-11-30T02:30", "2026-11-30T04:00") == ["shoes 20261130T040000Z"]
    own.remove("catalogs/shoes/catalog.json")
    assert len(rig.at("2026-12-01T04:00")) == 1
    assert b'catalog="shoes"' not in rig.scheduler.metrics.exposition()


def test_catalogs_stay_known_while_the_folder_of_tenants_is_away(tmp_path: Path) -> None:
    (tmp_path / "tenants").symlink_to(EXAMPLES / "tenants")
    rig = Rig(tmp_path, a_catalog(), tenants=tmp_path / "tenants")
    rig.at("2026-11-30T02:00")
    (tmp_path / "tenants").unlink()
    assert rig.at("2026-11-30T02:30") == []
    (tmp_path / "tenants").symlink_to(EXAMPLES / "tenants")
    assert rig.at("2026-11-30T02:31") == ["shoes 20261130T023000Z"]


def test_a_catalog_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    rig = Rig(tmp_path, a_catalog(), a_catalog("hats"))
    own = store_of(rig.setting, a_catalog())
    own.revise("catalogs/broken/catalog.json", lambda _: b"{")
    assert sorted(rig.at("2026-11-30T02:30")) == ["hats 20261130T023000Z"]
    assert sorted(rig.at("2026-11-30T02:31")) == ["hats 20261130T023000Z", "shoes 20261130T023000Z"]


def test_a_run_that_waits_for_a_free_place_is_not_missed(tmp_path: Path) -> None:
    rig = Rig(tmp_path, a_catalog("hats", missed="skip"), a_catalog(missed="skip"))
    rig.at("2026-11-30T02:30")
    assert len(rig.at("2026-11-30T04:30")) == 2


def test_a_run_that_breaks_off_is_tried_again_and_how_late_it_is_shows(tmp_path: Path) -> None:
    rig = Rig(tmp_path, a_catalog())
    broken = [OSError("away"), ValueError("a bug")]

    def breaks(_: RunRecord) -> None:
        if broken:
            raise broken.pop(0)

    rig.paper.meanwhile = breaks
    assert rig.at("2026-11-30T02:30", "2026-11-30T02:34") == []
    late = rig.scheduler.metrics.late.labels("aurelle", "shoes")._value
    assert late.get() == 240
    assert rig.at("2026-11-30T02:35", "2026-11-30T02:50") == []
    assert rig.scheduler.metrics.bugs.labels("run")._value.get() == 1
    assert rig.at("2026-11-30T02:55") == ["shoes 20261130T023000Z"]
    rig.at("2026-11-30T02:56")
    assert late.get() == 0
    exposition = rig.scheduler.metrics.exposition().decode()
    assert 'foundry_catalog_runs_total{state="failed",tenant="aurelle"} 2.0' in exposition
    assert 'foundry_catalog_runs_total{state="finished",tenant="aurelle"} 1.0' in exposition


def test_a_run_finds_files_in_its_own_tenants_folder_alone(tmp_path: Path) -> None:
    rig = Rig(tmp_path, a_catalog(), a_catalog(tenant="northpeak"), files=tmp_path / "files")
    rig.at("2026-11-30T02:30", "2026-11-30T02:31")
    assert rig.paper.folders == [tmp_path / "files" / "aurelle", tmp_path / "files" / "northpeak"]


def schedule_for_ever(setting: CatalogSetting, book: Path) -> None:
    """Run a scheduler in a process of its own, until it is ended."""
    CatalogScheduler(setting=setting, refresh=PaperRefresh(book), tick_s=0.02, look_s=0.2).run()


@contextmanager
def in_thread(scheduler: CatalogScheduler) -> Any:
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    try:
        yield scheduler
    finally:
        scheduler.draining.set()
        thread.join(60)
        assert not thread.is_alive()


def test_of_two_processes_one_leads_and_after_its_death_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FastClock(datetime(2026, 11, 30, 2, tzinfo=UTC), speed=60)
    setting, paper = a_setting(tmp_path, clock), PaperRefresh(tmp_path / "book")
    keep(setting, a_catalog(cron="* * * * *"))
    monkeypatch.setattr("pipelines.catalog.scheduling.FOLLOW_S", 0.1)
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=schedule_for_ever, args=(setting, paper.book))
    process.start()
    until(lambda: len(paper.lines()) >= 1)
    with in_thread(CatalogScheduler(setting=setting, refresh=paper, tick_s=0.02, look_s=0.2)) as second:
        until(lambda: second.health.joined)
        before = len(paper.lines())
        until(lambda: len(paper.lines()) >= before + 2)
        assert second.metrics.leader._value.get() == 0
        os.kill(int(process.pid or 0), signal.SIGKILL)
        process.join(60)
        until(lambda: second.metrics.leader._value.get() == 1)
        before = len(paper.lines())
        until(lambda: len(paper.lines()) >= before + 2)
    assert len(paper.lines()) == len(set(paper.lines()))


def test_a_drain_waits_for_the_run_and_asks_it_to_stop(tmp_path: Path) -> None:
    clock = HandClock(datetime(2026, 11, 30, 2, tzinfo=UTC))
    setting, catalog = a_setting(tmp_path, clock), a_catalog()
    own = keep(setting, catalog)
    paper, begun = PaperRefresh(tmp_path / "book"), threading.Event()
    scheduler = CatalogScheduler(setting=setting, refresh=paper, tick_s=0.02, look_s=0.05)

    def works_until_asked(_: RunRecord) -> None:
        begun.set()
        until(scheduler.setting.stopping)

    paper.meanwhile = works_until_asked
    with in_thread(scheduler):
        until(lambda: scheduler.timetable.known)
        clock.set("2026-11-30T02:30")
        assert begun.wait(60)
    assert read_run(own, "shoes", "20261130T023000Z").state is RunState.FINISHED
    assert not scheduler.health.outages


def test_an_outage_of_the_store_is_shown_and_waited_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.catalog.scheduling.FOLLOW_S", 0.05)
    setting = a_setting(tmp_path, HandClock(datetime(2026, 11, 30, 2, tzinfo=UTC)))
    Path(setting.store).write_bytes(b"no folder")
    with in_thread(CatalogScheduler(setting=setting, refresh=PaperRefresh(tmp_path / "book"))) as scheduler:
        until(lambda: scheduler.health.outages)
        assert "outage of store" in scheduler.health.reasons[-1]
        Path(setting.store).unlink()
        until(lambda: scheduler.health.ready)
    assert (Path(setting.store) / LEADER).exists()
