"""A failed action is repeated with growing pauses, as often and as long as its policy allows."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.retrying import RetriesEnded, RetryPolicy, SystemClock
from tests.support.fake_clock import FakeClock


class Busy(Exception):
    """A fault that passes, with the pause that the other side asks for."""

    def __init__(self, pause_s: float = 0.0):
        super().__init__(pause_s)
        self.pause_s = pause_s


def failing(*faults: Exception) -> Callable[[], str]:
    """Return an action that raises these, then succeeds."""
    left = list(faults)

    def act() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return act


def test_an_action_that_works_is_called_once_and_nothing_is_waited_for() -> None:
    clock = FakeClock()
    assert RetryPolicy(attempts=1, budget_s=0, clock=clock).repeat(failing(), Busy) == "done"
    assert clock.sleeps == []


def test_pauses_double_up_to_the_longest() -> None:
    clock = FakeClock()
    policy = RetryPolicy(first_pause_s=1, longest_pause_s=5, clock=clock)
    assert policy.repeat(failing(*[Busy()] * 5), Busy) == "done"
    assert clock.sleeps == [1, 2, 4, 5, 5]


def test_the_last_failure_is_told_when_the_tries_run_out() -> None:
    clock, last = FakeClock(), Busy(9)
    with pytest.raises(RetriesEnded) as ended:
        RetryPolicy(attempts=3, clock=clock).repeat(failing(Busy(), Busy(), last, Busy()), Busy)
    assert (ended.value.fault, ended.value.tries, ended.value.pause_s) == (last, 3, None)
    assert ended.value.__cause__ is last
    assert clock.sleeps == [1, 2]


def test_a_try_that_would_begin_after_the_budget_is_not_waited_for() -> None:
    clock = FakeClock()
    policy = RetryPolicy(budget_s=4, clock=clock)
    with pytest.raises(RetriesEnded) as ended:
        policy.repeat(failing(*[Busy()] * 9), Busy)
    assert clock.sleeps == [1, 2]
    assert (ended.value.tries, ended.value.pause_s) == (3, 4)


def test_a_budget_may_have_begun_before_the_action() -> None:
    clock = FakeClock()
    began = clock.monotonic()
    clock.sleep(3.5)
    with pytest.raises(RetriesEnded):
        RetryPolicy(budget_s=4, clock=clock).repeat(failing(Busy()), Busy, began=began)
    assert clock.sleeps == [3.5]


def test_the_pause_may_follow_what_the_fault_asks_for() -> None:
    clock = FakeClock()
    policy = RetryPolicy(clock=clock)
    policy.repeat(failing(Busy(20), Busy()), Busy, pause_s=lambda failures, busy: max(busy.pause_s, failures))
    assert clock.sleeps == [20, 2]


def test_failures_are_counted_anew_after_progress() -> None:
    clock, further = FakeClock(), iter([False, True, False, True, False])
    policy = RetryPolicy(attempts=3, clock=clock)
    assert policy.repeat(failing(*[Busy()] * 5), Busy, progressed=lambda: next(further)) == "done"
    assert clock.sleeps == [1, 1, 2, 1, 2]


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt()])
def test_other_errors_rise_at_once(error: BaseException) -> None:
    clock, calls = FakeClock(), list[int]()

    def act() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        RetryPolicy(clock=clock).repeat(act, Busy)
    assert (calls, clock.sleeps) == ([1], [])


@settings(max_examples=50, deadline=None)
@given(
    first=st.floats(0.001, 100),
    longest=st.floats(0.001, 100),
    budget=st.floats(0, 1000, allow_subnormal=False),
    attempts=st.integers(1, 2000),
)
def test_no_policy_waits_longer_than_its_budget_or_tries_more_than_its_attempts(
    first: float, longest: float, budget: float, attempts: int
) -> None:
    clock, calls = FakeClock(), list[int]()
    policy = RetryPolicy(
        attempts=attempts, budget_s=budget, first_pause_s=first, longest_pause_s=max(longest, 1.0), clock=clock
    )

    def act() -> None:
        calls.append(1)
        raise Busy

    with pytest.raises(RetriesEnded) as ended:
        policy.repeat(act, Busy)
    assert len(calls) == ended.value.tries <= attempts
    assert sum(clock.sleeps) <= budget
    assert len(clock.sleeps) == len(calls) - 1
    assert all(earlier <= later for earlier, later in zip(clock.sleeps, clock.sleeps[1:], strict=False))


def test_the_pause_stays_finite_however_often_an_action_failed() -> None:
    policy = RetryPolicy(first_pause_s=0.5, longest_pause_s=math.inf)
    assert math.isfinite(policy.pause_s(10**6))


def test_a_policy_is_a_plain_value_that_goes_to_workers() -> None:
    policy = RetryPolicy(attempts=2, budget_s=3)
    assert pickle.loads(pickle.dumps(policy)) == policy
    assert hash(policy) == hash(RetryPolicy(attempts=2, budget_s=3))
    assert policy.clock == SystemClock()
