"""The run of an occurrence: once, tried again if it broke off, skipped beside another, made up for or not if missed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry.catalog.catalog import Catalog
from foundry.catalog.run_book import begin_run, read_run
from foundry.catalog.runs import RunRecord, RunState
from foundry.errors import BadInput
from foundry.store.lease import hold
from pipelines.catalog.due_runs import Stand, begin, lease_name, note_schedule, run_due, skip, standing
from pipelines.catalog.schedule import DueRun, due_run
from pipelines.catalog.setting import CatalogSetting
from tests.support.scheduled import HandClock, PaperRefresh, a_catalog, a_setting, store_of

NIGHT = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)


class Night:
    """A catalog whose run is due at half past two, and what a scheduler sees of it."""

    def __init__(self, folder: Path, **schedule: Any) -> None:
        self.clock = HandClock(NIGHT)
        self.setting: CatalogSetting = a_setting(folder, self.clock)
        self.catalog: Catalog = a_catalog(**schedule)
        self.own = store_of(self.setting, self.catalog)
        self.paper = PaperRefresh(folder / "book")
        assert self.catalog.schedule is not None
        due = due_run(self.catalog, self.catalog.schedule, self.clock.moment)
        assert due is not None
        self.due: DueRun = due

    def stand(self, minutes: float = 0, patient: bool = True) -> tuple[Stand, int]:
        found = standing(
            self.own, self.catalog, self.due, self.clock.moment + timedelta(minutes=minutes), patient=patient
        )
        return found.stand, found.next_try

    def begin(self, number: int = 1) -> RunRecord | None:
        return begin(self.catalog, self.setting, self.due, number, self.paper)


def test_a_run_is_made_once_however_often_it_is_begun(tmp_path: Path) -> None:
    night = Night(tmp_path)
    assert night.stand() == (Stand.DUE, 1)
    record = night.begin()
    assert record is not None
    assert (record.run, record.state, record.scheduled) == ("20261130T023000Z", RunState.FINISHED, True)
    assert night.stand() == (Stand.OVER, 1)
    assert night.begin() is None
    assert night.paper.lines() == ["shoes 20261130T023000Z"]


def test_a_run_that_broke_off_is_tried_again_after_pauses_three_times_in_all(tmp_path: Path) -> None:
    night = Night(tmp_path)

    def breaks(_: RunRecord) -> None:
        raise OSError("the shop does not answer")

    night.paper.meanwhile = breaks
    with pytest.raises(OSError, match="does not answer"):
        night.begin()
    assert (night.stand(4), night.stand(5)) == ((Stand.LATER, 2), (Stand.DUE, 2))
    assert night.stand(0, patient=False) == (Stand.DUE, 2)
    with pytest.raises(OSError, match="does not answer"):
        night.begin(2)
    assert (night.stand(19), night.stand(20)) == ((Stand.LATER, 3), (Stand.DUE, 3))
    night.paper.meanwhile = lambda _: None
    assert night.begin(3) is not None
    assert night.stand() == (Stand.OVER, 1)
    assert night.paper.lines() == ["shoes 20261130T023000Z"]


def test_after_three_tries_a_run_is_left_to_people(tmp_path: Path) -> None:
    night = Night(tmp_path)

    def breaks(_: RunRecord) -> None:
        raise OSError("away")

    night.paper.meanwhile = breaks
    for number in (1, 2, 3):
        with pytest.raises(OSError, match="away"):
            night.begin(number)
    assert night.stand(600) == (Stand.OVER, 1)
    assert read_run(night.own, "shoes", night.due.run).state is RunState.FAILED


def test_a_claim_whose_process_died_at_once_is_followed_by_the_next_try(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.own.put_once("catalogs/shoes/runs/20261130T023000Z/tries/1.json", b'{"began": "2026-11-30T02:30:00+00:00"}')
    assert (night.stand(1), night.stand(5)) == ((Stand.LATER, 2), (Stand.DUE, 2))
    assert night.begin(1) is None
    assert night.begin(2) is not None


@pytest.mark.parametrize(("missed", "stand"), [("once", Stand.DUE), ("skip", Stand.MISSED)])
def test_a_run_that_nobody_began_in_time_is_made_up_for_or_not(tmp_path: Path, missed: str, stand: Stand) -> None:
    night = Night(tmp_path, missed=missed)
    assert night.stand(15) == (Stand.DUE, 1)
    assert night.stand(16) == (stand, 1)
    assert night.stand(16, patient=False) == (Stand.DUE, 1)


def test_beside_another_run_it_is_skipped_with_the_reason(tmp_path: Path) -> None:
    night = Night(tmp_path)
    with hold(night.own, lease_name("shoes"), seconds=0.5):
        record = night.begin()
    assert record is not None
    assert record.state is RunState.SKIPPED
    assert "another run was at it: lease catalogs/shoes/lease.json is held by" in record.reason
    assert night.stand() == (Stand.OVER, 1)


def test_with_overlap_wait_it_begins_when_the_other_run_has_ended(tmp_path: Path) -> None:
    night = Night(tmp_path, overlap="wait")
    with hold(night.own, lease_name("shoes"), seconds=0.5):
        assert night.begin() is None
        assert night.stand() == (Stand.DUE, 1)
    assert night.begin() is not None


def test_the_same_run_in_another_process_is_never_recorded_as_skipped(tmp_path: Path) -> None:
    night = Night(tmp_path)
    record = RunRecord(catalog="shoes", tenant="aurelle", run=night.due.run, state=RunState.RUNNING, began="")
    begin_run(night.own, record)
    with hold(night.own, lease_name("shoes"), seconds=0.5):
        assert night.begin() is None
    assert read_run(night.own, "shoes", night.due.run) == record
    kept = skip(night.own, night.catalog, night.due, night.clock.moment, "another run was at it")
    assert kept == record


def test_a_job_of_another_scheduler_makes_the_run_of_the_newest_occurrence_and_waits_for_its_delay(
    tmp_path: Path,
) -> None:
    night = Night(tmp_path, jitter_s=600)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        night.clock.moment += timedelta(seconds=seconds)

    record = run_due(night.catalog, night.setting, night.paper, sleep)
    assert record is not None
    assert record.run == "20261130T023000Z"
    assert 0 < slept[0] <= 600
    again = run_due(night.catalog, night.setting, night.paper, sleep)
    assert again == record
    assert night.paper.lines() == ["shoes 20261130T023000Z"]


def test_a_job_that_starts_by_a_clock_that_is_ahead_makes_tonights_run(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.clock.set("2026-11-30T02:29:30")
    slept: list[float] = []
    record = run_due(night.catalog, night.setting, night.paper, slept.append)
    assert record is not None
    assert (record.run, slept) == ("20261130T023000Z", [30.0])


def test_a_job_waits_until_the_run_that_is_at_it_has_ended(tmp_path: Path) -> None:
    night = Night(tmp_path, overlap="wait")
    other = hold(night.own, lease_name("shoes"), seconds=0.5)
    other.__enter__()

    def sleep(seconds: float) -> None:
        if seconds:
            other.__exit__(None, None, None)
        time.sleep(0)

    record = run_due(night.catalog, night.setting, night.paper, sleep)
    assert record is not None
    assert record.state is RunState.FINISHED


def test_a_catalog_without_a_schedule_has_no_run_that_is_due(tmp_path: Path) -> None:
    night = Night(tmp_path)
    bare = night.catalog.model_copy(update={"schedule": None})
    with pytest.raises(BadInput, match="catalog aurelle/shoes: has no schedule; add one to its file"):
        run_due(bare, night.setting, night.paper, time.sleep)


def test_a_schedule_counts_from_when_it_was_first_seen_and_a_changed_one_anew(tmp_path: Path) -> None:
    night = Night(tmp_path)
    first = note_schedule(night.own, night.catalog, night.clock.moment)
    assert note_schedule(night.own, night.catalog, night.clock.moment + timedelta(days=3)) == first
    changed = a_catalog(cron="0 4 * * *")
    later = night.clock.moment + timedelta(days=5)
    assert note_schedule(night.own, changed, later) == later
    assert note_schedule(night.own, changed, later + timedelta(days=1)) == later
