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


def test_products_that_share_a_picture_share_its_facts_and_its_fault(tmp_path: Path) -> None:
    product_picture(tmp_path / "serum.png")
    shown = [{"id": f"p{at}", "name": "Serum", "picture": ("serum.png", "none.png")[at % 2]} for at in range(6)]
    facts, problems = inspect_products(brief(products=shown), tmp_path)
    assert facts["p0"] is facts["p2"] is facts["p4"]
    assert [str(problem).partition(":")[0] for problem in problems] == [f"products[{at}].picture" for at in (1, 3, 5)]


def test_files_are_no_longer_opened_once_a_refusal_has_its_fill(tmp_path: Path) -> None:
    product_picture(tmp_path / "last.png")
    shown = [{"id": f"p{at:03d}", "name": "Serum", "picture": f"{at}.png"} for at in range(150)]
    shown.append({"id": "last", "name": "Serum", "picture": "last.png"})
    facts, problems = inspect_products(brief(products=shown), tmp_path)
    assert (facts, len(problems)) == ({}, 101)
