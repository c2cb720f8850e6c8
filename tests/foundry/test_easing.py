"""Easing: progress from 0 to 1, for every curve of CSS."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.easing import NAMED, ease

SHARES = st.floats(0, 1, allow_subnormal=False)


@pytest.mark.parametrize("name", NAMED)
def test_a_movement_begins_and_ends_where_it_should(name: str) -> None:
    assert (ease(name, 0.0), ease(name, 1.0), ease(name, -1.0), ease(name, 2.0)) == (0.0, 1.0, 0.0, 1.0)


@settings(max_examples=50, deadline=None)
@given(share=SHARES)
def test_a_linear_movement_is_its_time(share: float) -> None:
    assert ease("linear", share) == pytest.approx(share, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(one=SHARES, other=SHARES, name=st.sampled_from(sorted(NAMED)))
def test_the_curves_of_css_never_go_back(one: float, other: float, name: str) -> None:
    early, late = sorted((one, other))
    assert ease(name, early) <= ease(name, late) + 1e-9


@settings(max_examples=50, deadline=None)
@given(share=SHARES)
def test_easing_out_is_easing_in_turned_round(share: float) -> None:
    assert ease("ease-out", share) == pytest.approx(1 - ease("ease-in", 1 - share), abs=1e-6)


def test_a_curve_may_overshoot_its_end() -> None:
    assert max(ease("cubic-bezier(0.3, 1.6, 0.6, 1)", share / 100) for share in range(101)) > 1.02
