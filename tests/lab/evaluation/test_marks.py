"""Marks: the limit itself passes, and the file states the side of the limit in words."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lab.evaluation.marks import Mark, MarkResult


@pytest.mark.parametrize(
    ("value", "least", "passed"),
    [(0.9, True, True), (0.8999, True, False), (0.91, True, True), (0.9, False, True), (0.9001, False, False)],
)
def test_a_figure_equal_to_the_limit_passes_on_both_sides(value: float, least: bool, passed: bool) -> None:
    assert Mark("scene", value, 0.9, least=least).passed is passed


def test_the_result_states_value_limit_and_outcome() -> None:
    low = Mark("scene", 0.5, 0.9, least=True).result()
    assert low == MarkResult(value=0.5, limit="at least 0.9", passed=False)
    high = Mark("seconds", 0.5, 2.0, least=False).result()
    assert high == MarkResult(value=0.5, limit="at most 2", passed=True)


def test_a_count_stays_a_whole_number_in_the_file() -> None:
    assert Mark("prompts", 126, 100, least=True).result().model_dump_json().startswith('{"value":126,')
    assert MarkResult.model_validate_json('{"value": 126.0, "limit": "", "passed": true}').model_dump()["value"] == 126


def test_a_result_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        MarkResult.model_validate({"value": 1, "limit": "at least 1", "passed": True, "weight": 2})
