"""A value on its limit passes, and the record names value and limit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.screening.threshold_checks import at_least, at_most


@pytest.mark.parametrize(("value", "passes"), [(0.0999, False), (0.1, True), (0.2, True)])
def test_at_least_passes_from_the_limit_upwards(value: float, passes: bool) -> None:
    assert at_least("contrast", value, Decimal("0.1"), "of luma").passed is passes


@pytest.mark.parametrize(("value", "passes"), [(0.0, True), (0.1, True), (0.1001, False)])
def test_at_most_passes_up_to_the_limit(value: float, passes: bool) -> None:
    assert at_most("clipped", value, Decimal("0.1"), "of pixels").passed is passes


def test_a_value_that_is_no_number_passes_neither_way() -> None:
    assert not at_least("a", float("nan"), Decimal(0), "").passed
    assert not at_most("a", float("nan"), Decimal(1), "").passed


def test_the_record_has_four_decimals_and_the_limit_as_the_card_writes_it() -> None:
    check = at_most("unsafe", 0.123456, Decimal("0.50"), "probability of unsafe content")
    assert (check.name, check.measured, check.limit) == (
        "unsafe", "0.1235 probability of unsafe content", "at most 0.50",
    )  # fmt: skip
