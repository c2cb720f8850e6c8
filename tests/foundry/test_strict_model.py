"""What every parsed model has in common."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from foundry.strict_model import StrictModel


class Point(StrictModel):
    x: int = 0


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="y\n  Extra inputs are not permitted"):
        Point.model_validate({"x": 1, "y": 2})


def test_a_parsed_model_cannot_be_changed() -> None:
    point = Point(x=1)
    with pytest.raises(ValidationError, match="frozen"):
        point.x = 2  # type: ignore[misc]
    assert point.x == 1


def test_equal_content_is_equal_and_has_one_hash() -> None:
    assert {Point(x=1), Point(x=1), Point(x=2)} == {Point(x=1), Point(x=2)}
