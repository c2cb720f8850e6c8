"""Shares are counted to four places and shown in percent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.evaluation.shares import percent, share


def test_no_values_have_the_share_zero() -> None:
    assert share([]) == 0.0


def test_a_generator_is_counted_once() -> None:
    assert share(value > 1 for value in range(3)) == 0.3333


@settings(max_examples=50, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_a_share_is_the_count_over_the_length(values: list[bool]) -> None:
    assert share(values) == pytest.approx(values.count(True) / len(values), abs=5e-5)
    assert isinstance(share(values), float)


@pytest.mark.parametrize(("value", "text"), [(0, "0.0 %"), (0.9246, "92.5 %"), (1, "100.0 %")])
def test_people_read_a_share_in_percent_with_one_place(value: float, text: str) -> None:
    assert percent(value) == text
