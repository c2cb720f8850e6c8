"""Occurrences of schedules: time zones, both nights of summer time, delays, and what no cron expression is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.catalog.catalog import Schedule
from foundry.errors import Problem
from pipelines.catalog.schedule import (
    check_schedule,
    due_run,
    moment_of,
    next_start,
    occurrences,
    occurrences_back,
    run_at,
    start_of,
)
from tests.support.scheduled import a_catalog

SHOES, HATS = a_catalog(), a_catalog("hats")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu")
EXPRESSIONS = (
    "30 2 * * *",
    "*/20 2 * * *",
    "0 * * * *",
    "15 0,3 * * mon-fri",
    "0 4 1 * *",
    "30 */2 * * *",
    "0 0 L * *",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def first(cron: str, zone: str, after: str, number: int) -> list[str]:
    found = islice(occurrences(Schedule(cron=cron, timezone=zone), at(after)), number)
    return [f"{each:%d %H:%M}" for each in found]


def test_the_night_that_leaves_the_hour_out_has_one_run_after_the_gap() -> None:
    assert first("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00", 3) == ["28 01:30", "29 01:00", "30 00:30"]


def test_the_night_that_has_the_hour_twice_has_one_run_the_first_time() -> None:
    assert first("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00", 3) == ["24 00:30", "25 00:30", "26 01:30"]


def test_two_times_within_the_gap_become_one_run() -> None:
    assert first("0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", 2) == ["29 01:00", "30 00:00"]


def test_hourly_runs_go_on_by_real_hours_on_both_nights() -> None:
    spring = first("0 * * * *", "Europe/Berlin", "2026-03-28T23:30", 4)
    assert spring == ["29 00:00", "29 01:00", "29 02:00", "29 03:00"]
    autumn = first("0 * * * *", "Europe/Berlin", "2026-10-24T23:30", 4)
    assert autumn == ["25 00:00", "25 01:00", "25 02:00", "25 03:00"]


def test_a_moment_within_the_hour_that_comes_again_has_the_next_run_tomorrow() -> None:
    assert first("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10", 1) == ["26 01:30"]


@settings(max_examples=60)
@given(
    st.sampled_from(EXPRESSIONS),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
)
def test_the_way_back_meets_the_same_occurrences(cron: str, zone: str, after: datetime) -> None:
    schedule = Schedule(cron=cron, timezone=zone)
    forwards = list(islice(occurrences(schedule, after), 30))
    assert all(one < other for one, other in pairwise([after, *forwards]))
    assert list(islice(occurrences_back(schedule, forwards[-1]), 30)) == forwards[::-1]
    assert next(occurrences_back(schedule, forwards[0] - timedelta(seconds=1))) <= after


@settings(max_examples=20)
@given(st.sampled_from(ZONES), st.integers(0, 23), st.integers(0, 59))
def test_each_night_of_two_years_has_exactly_one_run_of_a_daily_schedule(zone: str, hour: int, minute: int) -> None:
    schedule = Schedule(cron=f"{minute} {hour} * * *", timezone=zone)
    begin = datetime(2026, 1, 1, 12, tzinfo=schedule.zone)
    found = list(islice(occurrences(schedule, begin), 730))
    days = [each.astimezone(schedule.zone).date() for each in found]
    assert len(set(days)) == 730
    assert days[-1] - days[0] == timedelta(days=729)


@pytest.mark.parametrize(
    ("cron", "says"),
    [
        ("@daily", "has other than 5 fields"),
        ("30 2 * *", "has other than 5 fields"),
        ("0 30 2 * * *", "has other than 5 fields"),
        ("61 2 * * *", "is no cron expression (bad minute)"),
        ("30 2 30 2 *", "is no cron expression (bad day-of-month)"),
        ("x 2 * * *", "is no cron expression (bad minute)"),
        ("*/0 2 * * *", "is no cron expression (bad minute)"),
    ],
)
def test_what_is_no_schedule_is_refused_with_a_remedy(cron: str, says: str) -> None:
    with pytest.raises(Problem) as refused:
        check_schedule(Schedule(cron=cron))
    assert says in str(refused.value)
    assert "'30 2 * * *'" in str(refused.value)


def test_names_weekdays_and_last_days_are_taken() -> None:
    for cron in (*EXPRESSIONS, "0 5 * * fri#2", "0 5 29 2 *"):
        check_schedule(Schedule(cron=cron))


def test_a_delay_is_the_same_on_all_machines_and_another_for_each_night_and_catalog() -> None:
    schedule = Schedule(cron="30 2 * * *", jitter_s=600)
    nights = list(islice(occurrences(schedule, at("2026-11-01T00:00")), 200))
    delays = [(start_of(SHOES, schedule, night) - night).total_seconds() for night in nights]
    assert delays == [(start_of(SHOES, schedule, night) - night).total_seconds() for night in nights]
    assert (0 <= min(delays) < 60, 540 < max(delays) <= 600) == (True, True)
    assert [(start_of(HATS, schedule, night) - night).total_seconds() for night in nights] != delays


def test_the_due_run_is_the_newest_whose_delay_has_passed() -> None:
    schedule = Schedule(cron="* * * * *", jitter_s=600)
    now = at("2026-11-30T02:00")
    due = due_run(SHOES, schedule, now)
    assert due is not None
    assert due.starts <= now
    minute = due.occurrence + timedelta(minutes=1)
    while minute <= now:
        assert start_of(SHOES, schedule, minute) > now
        minute += timedelta(minutes=1)


def test_a_run_is_named_for_the_moment_that_it_is_due() -> None:
    schedule = Schedule(cron="30 2 * * *", timezone="Europe/Berlin", jitter_s=60)
    due, coming = (ask(SHOES, schedule, at("2026-11-30T12:00")) for ask in (due_run, next_start))
    assert due is not None
    assert coming is not None
    assert (due.run, coming.run) == ("20261130T013000Z", "20261201T013000Z")
    assert run_at(moment_of(due.run)) == due.run
    assert coming.occurrence <= coming.starts <= coming.occurrence + timedelta(seconds=60)
