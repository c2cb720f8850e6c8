"""Hosts are asked in turn, within their places and pauses, and left when they fail."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalog.host_queues import LONGEST_WAIT_S, MOST_FAILURES, HostQueues


def queues(at_once: int = 2, pause_s: float = 0.0) -> HostQueues[str]:
    return HostQueues(at_once, pause_s, 1.0)


def filled(made: HostQueues[str], **jobs: int) -> HostQueues[str]:
    for host, count in jobs.items():
        for number in range(count):
            made.add(host, f"{host}{number}")
    return made


def taken(made: HostQueues[str], now: float = 0.0) -> list[str]:
    found = []
    while job := made.take(now):
        found.append(job)
    return found


def test_hosts_take_turns_within_their_places() -> None:
    made = filled(queues(), a=5, b=1, c=3)
    assert taken(made) == ["a0", "b0", "c0", "a1", "c1"]
    assert made.next_at(0.0) == math.inf
    made.answered("a", 1.0)
    assert taken(made, 1.0) == ["a2"]
    assert made.count == 3


def test_a_place_rests_after_its_request() -> None:
    made = filled(queues(pause_s=2.0), a=5)
    assert taken(made) == ["a0", "a1"]
    made.answered("a", 1.0)
    assert (taken(made, 2.9), made.next_at(2.9)) == ([], 3.0)
    assert taken(made, 3.1) == ["a2"]


def test_a_host_that_asks_for_a_pause_is_asked_one_at_a_time() -> None:
    made = filled(queues(at_once=3), a=9)
    assert taken(made) == ["a0", "a1", "a2"]
    made.answered("a", 1.0, pause_s=5.0)
    assert taken(made, 7.0) == []
    made.answered("a", 8.0)
    made.answered("a", 9.0)
    assert made.next_at(9.0) == 14.0
    assert taken(made, 14.5) == ["a3"]


def test_a_failure_makes_all_of_a_host_wait_and_a_success_forgives() -> None:
    made = filled(queues(at_once=1), a=9, b=1)
    assert taken(made) == ["a0", "b0"]
    made.failed("a", 0.0, "it was silent")
    assert made.next_at(0.0) == 1.0
    assert taken(made, 1.5) == ["a1"]
    made.failed("a", 1.5, "it was silent")
    assert made.next_at(1.5) == 3.5
    assert taken(made, 4.0) == ["a2"]
    made.answered("a", 4.0)
    assert taken(made, 4.0) == ["a3"]
    assert made.away("a") == ""


def test_a_host_is_away_after_too_many_failures_in_a_row() -> None:
    made = filled(queues(), a=9)
    for number in range(MOST_FAILURES):
        assert made.take(1_000.0 * number)
        made.failed("a", 1_000.0 * number, "it was silent")
    assert made.away("a") == f"failed {MOST_FAILURES} times in a row (it was silent)"
    assert made.drop("a") == ["a6", "a7", "a8"]
    assert (made.count, made.take(1e9)) == (0, None)


def test_a_wait_is_kept_and_too_long_a_one_is_left() -> None:
    made = filled(queues(), a=9)
    assert taken(made) == ["a0", "a1"]
    made.failed("a", 0.0, "it answers 429", wait_s=60.0)
    assert (made.next_at(0.0), made.away("a")) == (60.0, "")
    made.failed("a", 0.0, "it answers 429", wait_s=LONGEST_WAIT_S + 1)
    assert made.away("a") == "asks to be left alone for 121 s"


@given(
    st.integers(1, 4),
    st.floats(0, 3),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 6)), max_size=6),
    st.lists(st.tuples(st.floats(0, 2), st.booleans(), st.floats(0, 5)), min_size=1),
)
def test_every_job_is_taken_once_and_no_host_has_more_than_its_places(
    at_once: int, pause_s: float, jobs: list[tuple[str, int]], ends: list[tuple[float, bool, float]]
) -> None:
    made, now, busy, seen, turn = queues(at_once, pause_s), 0.0, [], [], 0
    added = [f"{host}-{number}-{each}" for number, (host, count) in enumerate(jobs) for each in range(count)]
    for job in added:
        made.add(job[0], job)
    while made.count or busy:
        for job in taken(made, now):
            busy.append(job)
            seen.append(job)
        assert all(sum(job[0] == host for job in busy) <= at_once for host in "abc")
        step, fails, wish = ends[turn % len(ends)]
        turn += 1
        if busy:
            now += step
            job = busy.pop(0)
            if fails:
                made.failed(job[0], now, "it was silent")
            else:
                made.answered(job[0], now, wish)
        elif made.count:
            assert made.next_at(now) < math.inf
            now = made.next_at(now)
    assert sorted(seen) == sorted(added)
