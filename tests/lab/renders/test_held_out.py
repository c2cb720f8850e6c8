"""The held-out prompts are fixed, one for each scene in turn, and unlike training."""

from __future__ import annotations

from collections import Counter

import pytest

from lab.renders.held_out import PHRASES, held_out_prompts
from lab.renders.recipes import held_back
from lab.renders.scenes import SCENES


def test_the_prompts_are_fixed_and_a_few_are_the_first_of_many() -> None:
    assert held_out_prompts(40) == held_out_prompts(180)[:40]
    assert Counter(one.scene_kind for one in held_out_prompts(36)) == dict.fromkeys(SCENES, 2)


def test_every_scene_has_phrases_and_every_prompt_one_of_them() -> None:
    assert set(PHRASES) == set(SCENES)
    for one in held_out_prompts():
        assert one.text.startswith(PHRASES[one.scene_kind])
        assert one.text.endswith({"left": "left", "right": "right", "top": "above"}[one.light])


@pytest.mark.parametrize("kind", sorted(set(SCENES) - {"spotlight", "bokeh"}))
def test_walls_are_of_families_that_training_holds_back_for_the_scene(kind: str) -> None:
    walls = {one.palette[0] for one in held_out_prompts() if one.scene_kind == kind}
    assert walls
    assert all(held_back(kind, wall) for wall in walls)


def test_seeds_differ() -> None:
    assert len({one.seed for one in held_out_prompts()}) == 180
