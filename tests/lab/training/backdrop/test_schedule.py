"""The learning rate rises, holds and falls, and its start does not depend on the end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.training.backdrop.schedule import FALLING, WARM_STEPS, learning_rate


def test_it_rises_to_the_most_holds_and_falls_over_the_last_part() -> None:
    rates = [learning_rate(step, 1_000, 2.0) for step in range(1_000)]
    assert rates[0] == pytest.approx(2.0 / WARM_STEPS)
    assert rates[WARM_STEPS - 1] == rates[500] == rates[699] == 2.0
    assert rates[850] == pytest.approx(1.0)
    assert rates[:WARM_STEPS] == sorted(rates[:WARM_STEPS])
    assert rates[700:] == sorted(rates[700:], reverse=True)
    assert rates[-1] > 0


@settings(max_examples=50, deadline=None)
@given(st.integers(400, 5_000), st.integers(400, 5_000), st.floats(0, 1, allow_subnormal=False))
def test_before_the_fall_of_the_shorter_run_both_have_the_same_rate(first: int, second: int, share: float) -> None:
    step = int(share * (1 - FALLING) * min(first, second))
    assert learning_rate(step, first, 1.0) == learning_rate(step, second, 1.0)
