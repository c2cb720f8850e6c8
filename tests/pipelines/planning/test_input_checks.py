"""What is said against the files and placements that a brief names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundry.brief.brief import Brief
from foundry.brief.intake import parse
from foundry.channel.placement import resolve_placements
from pipelines.planning.input_checks import check_placements, inspect_products, inspect_sounds
from tests.support.briefs import BRIEF, a_brief, product_picture


def brief(**changes: Any) -> Brief:
    return parse(a_brief(**changes))


def test_pictures_are_inspected_below_the_folder_by_product(tmp_path: Path) -> None:
    product_picture(tmp_path / "pictures" / "serum.png")
    facts, problems = inspect_products(
        brief(products=[{**BRIEF["products"][0], "picture": "pictures/serum.png"}]), tmp_path
    )
    assert (list(facts), problems) == (["serum"], [])


def test_a_product_without_a_file_is_neither_a_fact_nor_a_problem(tmp_path: Path) -> None:
    assert inspect_products(brief(products=[{"id": "cream", "name": "Cream"}]), tmp_path) == ({}, [])


@pytest.mark.parametrize(
    ("field", "name"), [("picture", "nowhere.png"), ("model", "nowhere.glb")], ids=["picture", "model"]
)
def test_a_missing_file_is_told_with_its_field_and_the_others_go_on(tmp_path: Path, field: str, name: str) -> None:
    product_picture(tmp_path / "serum.png")
    missing = {"id": "cream", "name": "Cream", field: name}
    facts, (problem,) = inspect_products(brief(products=[BRIEF["products"][0], missing]), tmp_path)
    assert list(facts) == ["serum"]
    assert str(problem).startswith(f"products[1].{field}: '{name}' ")


def test_placements_are_resolved_in_the_briefs_order() -> None:
    placements, problems = check_placements(brief())
    assert (placements, problems) == (resolve_placements(tuple(BRIEF["placements"])), [])


def test_one_unknown_placement_leaves_none_and_names_its_position() -> None:
    placements, (problem,) = check_placements(brief(placements=["google/leaderboard", "google/leaderbord"]))
    assert placements == ()
    assert str(problem).startswith("placements[1]: 'google/leaderbord' is refused; ")


def test_a_brief_without_films_names_no_sounds(tmp_path: Path) -> None:
    assert inspect_sounds(brief(), tmp_path) == ([], [])


def test_a_missing_sound_is_told_with_its_field(tmp_path: Path) -> None:
    sounds, (problem,) = inspect_sounds(brief(film={"music": "song.wav"}), tmp_path)
    assert sounds == []
    assert str(problem).startswith("film.music: 'song.wav' ")
