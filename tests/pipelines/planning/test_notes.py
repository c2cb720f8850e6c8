"""The sentences that whoever ordered a plan should know before it runs."""

from __future__ import annotations

from pathlib import Path

from pipelines.planning.notes import notes_on
from tests.support.briefs import BRIEF, admitted


def test_a_plan_with_pictures_and_prices_needs_no_note(tmp_path: Path) -> None:
    assert list(notes_on(admitted(tmp_path).plan)) == []


def test_each_product_without_a_price_is_noted(tmp_path: Path) -> None:
    bare = {"id": "cream", "name": "Cream", "picture": "serum.png"}
    notes = list(notes_on(admitted(tmp_path, products=[BRIEF["products"][0], bare]).plan))
    assert notes == ["Product cream has no price; layouts leave its place free."]


def test_a_product_without_a_picture_is_noted_by_what_is_shown_of_it(tmp_path: Path) -> None:
    product = {key: value for key, value in BRIEF["products"][0].items() if key != "picture"}
    drawn = list(notes_on(admitted(tmp_path, draws=True, products=[product]).plan))
    assert drawn == ["Product serum has no picture; model backdrop draws it from its description."]
    lettered = list(notes_on(admitted(tmp_path, products=[product], products_without_pictures="words").plan))
    assert lettered == ["Product serum has no picture; its name stands in its place, as type."]


def test_only_the_first_products_are_named_and_the_others_counted(tmp_path: Path) -> None:
    bare = [{"id": f"p{at:02d}", "name": f"Cream {at}", "picture": "serum.png"} for at in range(25)]
    notes = list(notes_on(admitted(tmp_path, products=bare).plan))
    assert len(notes) == 21
    assert notes[-1] == "5 more products have no price."
