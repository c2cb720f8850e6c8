"""The shots that a brief expands into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundry.plan.shot_plan import ShotPlan
from tests.support.briefs import BRIEF, admitted

TWO_SCENES = [{"id": "wall", "prompt": "Plaster wall"}, {"id": "arch", "prompt": "An arch"}]


def plan(folder: Path, **changes: Any) -> ShotPlan:
    return admitted(folder, **changes).plan


def names(found: ShotPlan) -> list[str]:
    return [shot.name for shot in found.shots()]


def test_there_is_a_shot_for_each_scene_and_alternative(tmp_path: Path) -> None:
    found = plan(tmp_path, scenes=TWO_SCENES, alternatives=3, placements=["google/leaderboard"])
    shots = list(found.shots())
    assert len(shots) == found.shot_count == 2 * 3
    assert len({shot.name for shot in shots}) == len(shots)
    assert sorted({shot.alternative for shot in shots}) == [0, 1, 2]


def test_products_that_share_a_picture_share_their_shots(tmp_path: Path) -> None:
    twin = {**BRIEF["products"][0], "id": "twin", "name": "Twin"}
    one = plan(tmp_path, placements=["google/leaderboard"])
    two = plan(tmp_path, products=[BRIEF["products"][0], twin], placements=["google/leaderboard"])
    assert names(one) == names(two)
    assert [subject.products for subject in two.subjects] == [(0, 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"campaign": {"id": "other", "name": "Other"}},
        {"metadata": {"season": "spring"}},
        {"scenes": [{"id": "renamed", "prompt": BRIEF["scenes"][0]["prompt"]}]},
        {"priority": 9},
    ],
    ids=["campaign", "metadata", "scene id", "priority"],
)
def test_what_no_picture_shows_changes_no_shot(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert names(plan(tmp_path, **changes)) == names(plan(tmp_path))


@pytest.mark.parametrize(
    "changes",
    [
        {"scenes": [{"id": "wall", "prompt": "Another wall"}]},
        {"scenes": [{**BRIEF["scenes"][0], "negative_prompt": "cracks"}]},
    ],
    ids=["prompt", "negative prompt"],
)
def test_what_a_picture_shows_changes_every_shot(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert not set(names(plan(tmp_path, **changes))) & set(names(plan(tmp_path)))


def test_right_to_left_copy_adds_mirrored_shots_only_where_the_composition_has_sides(tmp_path: Path) -> None:
    messages = {"en-US": {"headline": "Hello"}, "ar-EG": {"headline": "مرحبا"}}
    sided = plan(tmp_path, messages=messages, placements=["google/leaderboard"])
    assert sorted(shot.mirrored for shot in sided.shots()) == [False, True]
    assert [shot.mirrored for shot in plan(tmp_path, placements=["google/leaderboard"]).shots()] == [False]
