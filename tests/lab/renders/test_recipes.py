"""Recipes show every scene in equal parts and never a pair that is held back."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from lab.renders.recipes import HELD_BACK, caption_of, draw_recipe, draw_recipes, held_back
from lab.renders.scenes import LIGHTS, ROOMS, SCENES
from models.backdrop.colours import COLOURS

SIZES = [(128, 128), (160, 96)]


def test_recipes_show_every_scene_and_no_pair_that_is_held_back() -> None:
    made = draw_recipes(216, SIZES, 3)
    assert Counter(one.kind for one in made) == dict.fromkeys(SCENES, 12)
    assert Counter((one.width_px, one.height_px) for one in made) == dict.fromkeys(SIZES, 108)
    assert {one.light for one in made} == set(LIGHTS)
    assert {one.room for one in made} == set(ROOMS)
    assert not any(held_back(one.kind, one.wall) for one in made)
    assert len({one.seed for one in made}) == len(made)


def test_a_seed_fixes_the_recipes_and_another_gives_others() -> None:
    assert draw_recipes(20, SIZES, 3) == draw_recipes(20, SIZES, 3)
    assert draw_recipes(20, SIZES, 3) != draw_recipes(20, SIZES, 4)


def test_more_recipes_begin_with_the_same_ones() -> None:
    assert draw_recipes(30, SIZES, 3)[:10] == draw_recipes(10, SIZES, 3)


def test_about_the_asked_share_of_pairs_is_held_back_for_good() -> None:
    pairs = [(kind, colour) for kind in SCENES for colour in COLOURS.values()]
    share = float(np.mean([held_back(kind, colour) for kind, colour in pairs]))
    assert abs(share - HELD_BACK) < 0.06
    assert [held_back("marble", colour) for colour in COLOURS.values()] == [
        held_back("marble", colour) for colour in COLOURS.values()
    ]


@pytest.mark.parametrize(("size", "usual"), [((128, 128), "top"), ((704, 384), "left")])
def test_the_calm_side_is_mostly_the_one_that_the_composition_leaves_free(size: tuple[int, int], usual: str) -> None:
    chance = np.random.default_rng(1)
    sides = Counter(draw_recipe(chance, "sweep", size).room for _ in range(200))
    assert sides.most_common(1)[0][0] == usual
    assert sides[usual] > 140


def test_a_caption_names_scene_light_and_calm_side() -> None:
    recipe = draw_recipes(1, SIZES, 3)[0]
    assert caption_of(recipe).split()[:5] == [recipe.kind, "light", recipe.light, "room", recipe.room]
