"""Compositions that a brief's scenes choose: the shots, the layouts and the sides that follow from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundry.errors import FoundryError
from foundry.plan.composition import composition_named, composition_names, composition_of
from foundry.plan.plan import Plan
from tests.support.briefs import BRIEF, admitted

SQUARE = ["meta/feed-square"]
TWO_WAYS = {
    "en-US": {"headline": "Wake up radiant", "call_to_action": "Shop now"},
    "ar-EG": {"headline": "استيقظي متألقة", "call_to_action": "تسوقي الآن"},
}


def plan(folder: Path, composition: str | None, **changes: Any) -> Plan:
    scene = {**BRIEF["scenes"][0], **({"composition": composition} if composition else {})}
    return admitted(folder, scenes=[scene], placements=SQUARE, **changes).plan


def test_the_usual_composition_has_the_same_names_whether_it_is_said_or_not(tmp_path: Path) -> None:
    silent, said = plan(tmp_path, None), plan(tmp_path, "center")
    assert [shot.name for shot in silent.shots()] == [shot.name for shot in said.shots()]
    assert silent.variant_at(0).name == said.variant_at(0).name
    assert "composition" not in silent.brief.model_dump(mode="json")["scenes"][0]


def test_another_composition_is_another_picture_in_a_layout_of_its_own(tmp_path: Path) -> None:
    usual, right = plan(tmp_path, None), plan(tmp_path, "right")
    assert usual.shot_at(0).name != right.shot_at(0).name
    assert composition_of(right.shot_at(0)) == composition_named("square", "right")
    assert usual.variant_at(0).layout.blocks["copy"] != right.variant_at(0).layout.blocks["copy"]


def test_each_alternative_of_a_scene_that_varies_has_another_composition(tmp_path: Path) -> None:
    many = len(composition_names())
    shots = list(plan(tmp_path, "vary", alternatives=many).shots())
    unmirrored = [shot.composition for shot in shots if not shot.mirrored]
    assert sorted(unmirrored) == sorted(composition_names())
    assert [shot.name for shot in plan(tmp_path, "vary", alternatives=2).shots()] == [
        shot.name for shot in shots if shot.alternative < 2
    ]


@pytest.mark.parametrize(("composition", "sides"), [(None, [False]), ("right", [False, True]), ("low", [False])])
def test_pictures_with_a_side_are_mirrored_for_copy_from_right_to_left(
    tmp_path: Path, composition: str | None, sides: list[bool]
) -> None:
    found = plan(tmp_path, composition, messages=TWO_WAYS)
    assert [mirrored for _, mirrored, _ in found.sides] == sides
    boxes = {shot.mirrored: composition_of(shot).box(shot.mirrored) for shot in found.shots()}
    if len(boxes) == 2:
        assert boxes[True].left == 1000 - boxes[False].right


def test_every_layout_that_pictures_come_to_is_known_before_anything_is_drawn(tmp_path: Path) -> None:
    found = plan(tmp_path, "vary", alternatives=3)
    looks = {found.variant_at(at).layout.digest for at in range(found.variant_count)}
    assert looks <= {cell.layout.digest for cell in found.every_cell}
    assert len(looks) == 3


def test_an_unknown_composition_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(FoundryError, match=r"diagonal.*center, right, left, low, close, wide, and vary"):
        plan(tmp_path, "diagonal")
