"""A picture costs no more tries and no more time than its card allows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from foundry.retrying import RetryPolicy
from models.remote.effort import Effort
from models.remote.refusals import Transient, VendorOutage
from tests.support.fake_clock import FakeClock


def an_effort(clock: FakeClock, key: str = "key", **limits: float) -> Effort:
    policy = {"attempts": 3, "budget_s": 60.0, "first_pause_s": 0.5, "clock": clock, **limits}
    return Effort("vendor@1", "shot0", key, RetryPolicy(**policy))  # type: ignore[arg-type]


def failing(*faults: Transient) -> Callable[[], str]:
    """Return a step that raises these, then succeeds."""
    left = list(faults)

    def step() -> str:
        if left:
            raise left.pop(0)
        return "made"

    return step


def test_the_budget_covers_all_steps_of_a_picture_and_the_tries_those_of_each(clock: FakeClock) -> None:
    effort = an_effort(clock, attempts=2, budget_s=30.0)
    for _ in range(2):
        assert effort.repeat("drawing", failing(Transient("busy", 10.0))) == "made"
    assert clock.sleeps == [10.0, 10.0]
    assert effort.left_s == 10.0
    with pytest.raises(VendorOutage) as outage:
        effort.repeat("drawing", failing(Transient("busy", 10.0)))
    assert str(outage.value) == (
        "model vendor@1, shot shot0: drawing: busy; the next try, in 10.0 s, is after the deadline of 30 s. "
        "Nothing was kept; run again when the vendor answers."
    )


def test_the_last_reason_is_told_with_the_number_of_tries(clock: FakeClock) -> None:
    faults = [Transient("first"), Transient("second"), Transient("third")]
    with pytest.raises(VendorOutage, match="submitting: third, the last of 3 tries"):
        an_effort(clock).repeat("submitting", failing(*faults))


def test_pauses_of_one_key_and_step_are_the_same_in_every_run(clock: FakeClock) -> None:
    def pauses(key: str, step: str) -> list[float]:
        before = len(clock.sleeps)
        with pytest.raises(VendorOutage):
            an_effort(clock, key).repeat(step, failing(*[Transient("busy")] * 3))
        return clock.sleeps[before:]

    assert pauses("a", "drawing") == pauses("a", "drawing")
    assert pauses("a", "drawing") != pauses("b", "drawing")
    assert pauses("a", "drawing") != pauses("a", "submitting")


def test_a_pause_that_would_pass_the_deadline_is_not_begun(clock: FakeClock) -> None:
    effort = an_effort(clock, budget_s=5.0)
    effort.pause(4.0, "the job is not done")
    with pytest.raises(
        VendorOutage, match=r"the job is not done; the next try, in 1.0 s, is after the deadline of 5 s"
    ):
        effort.pause(1.0, "the job is not done")
    assert clock.now == 4.0
