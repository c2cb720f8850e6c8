"""Layouts refuse what cannot be drawn, with the reason and the way out."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from foundry.layout.layout import Layout, Place

LAYOUT: dict[str, Any] = {
    "id": "plain",
    "version": 1,
    "family": "square",
    "blocks": {"copy": {"area": {"columns": [1, 6], "rows": [1, 12]}, "slots": ["headline", ["price", "offer"]]}},
    "styles": {field: {"size": ["small", "title"]} for field in ("headline", "price", "offer")},
}

TWICE = {"area": [0, 0, 500, 500], "slots": ["price"]}


def a_layout(**changes: Any) -> Layout:
    return Layout.model_validate({**LAYOUT, **changes})


def test_slots_are_listed_in_reading_order() -> None:
    layout = a_layout()
    assert layout.blocks["copy"].slots == (("headline",), ("price", "offer"))
    assert layout.blocks["copy"].fields == ("headline", "price", "offer")
    assert layout.fields == {"headline", "price", "offer"}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"blocks": {**LAYOUT["blocks"], "more": TWICE}}, "price stands in two blocks; take it out of one"),
        ({"styles": {**LAYOUT["styles"], "slogan": {"size": [10, 20]}}}, "no slot is called slogan; there are badge, "),
        ({"styles": {"headline": {"size": [10, 20]}}}, "offer, price has no style; add it under styles"),
        ({"gives_way": ["offer", "headline"]}, "headline never gives way; take it out of gives_way"),
        ({"grid": {"columns": 5}}, r"tracks \[1, 6\] are not on the grid, which has 5; count from 1"),
        ({"logo": {"area": {"columns": [0, 2], "rows": [1, 1]}}}, r"tracks \[0, 2\] are not on the grid"),
        ({"surprise": 1}, "Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_a_layout_that_cannot_be_drawn_is_refused(changes: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        a_layout(**changes)


@pytest.mark.parametrize(
    ("area", "wrong"),
    [
        ({"columns": [1, 2]}, "an area is columns and rows, or a box of four thousandths; give one of them"),
        ({"columns": [1, 2], "rows": [1, 2], "box": [0, 0, 9, 9]}, "give one of them"),
        ({}, "give one of them"),
        ([500, 0, 400, 900], "ends before it begins"),
        ([500, 0, 500, 900], "ends before it begins"),
        ({"columns": [3, 2], "rows": [1, 2]}, "ends before it begins"),
        ([0, 0, 1001, 900], "less than or equal to 1000"),
    ],
)
def test_an_area_that_is_none_is_refused(area: Any, wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        Place.model_validate(area)


def test_four_numbers_are_a_box_of_the_frame() -> None:
    assert Place.model_validate([0, 0, 500, 900]) == Place(box=(0, 0, 500, 900), of="frame")
    assert Place.model_validate({"columns": [2, 2], "rows": [1, 1]}).of == "safe"


def test_one_area_is_a_list_of_one() -> None:
    assert len(a_layout().blocks["copy"].areas) == 1


@pytest.mark.parametrize(
    "changes", [{"version": 2}, {"base": 30}, {"panels": {"p": {"area": [0, 0, 9, 9], "colour": "ink"}}}]
)
def test_anything_that_a_designer_changes_changes_the_digest(changes: dict[str, Any]) -> None:
    assert a_layout(**changes).digest != a_layout().digest == a_layout().digest
