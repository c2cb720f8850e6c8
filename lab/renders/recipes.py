"""Recipes of rendered scenes, chosen by chance, and the pairs of scene and colour that training never shows."""

from __future__ import annotations

import numpy as np

from foundry.names import digest
from lab.renders.palettes import family, random_palette
from lab.renders.scene_stage import nearest_composition
from lab.renders.scenes import LIGHTS, ROOMS, SCENES, Recipe
from models.backdrop.caption_grammar import caption

HELD_BACK = 0.15
"""Share of the pairs of scene and wall colour family that training leaves out, for the evaluation."""


def caption_of(recipe: Recipe) -> str:
    """Return the caption of a render."""
    return caption(recipe.kind, recipe.light, recipe.room, (recipe.wall, recipe.floor, recipe.accent))


def held_back(kind: str, wall: str) -> bool:
    """Tell if training never shows this scene with walls of this colour's family."""
    number = int(digest("held-back", scene=kind, family=family(wall))[:8], 16)
    return number / 16**8 < HELD_BACK


def draw_recipes(count: int, sizes: list[tuple[int, int]], seed: int) -> list[Recipe]:
    """Return recipes with every scene and size equally often, and no pair that is held back."""
    chance = np.random.default_rng(seed)
    return [
        draw_recipe(chance, list(SCENES)[at // len(sizes) % len(SCENES)], sizes[at % len(sizes)]) for at in range(count)
    ]


def draw_recipe(chance: np.random.Generator, kind: str, size: tuple[int, int]) -> Recipe:
    """Return a recipe of this scene with random colours, light and calm side; no wall that is held back."""
    colours = random_palette(chance)
    while held_back(kind, colours[0]):
        colours = random_palette(chance)
    light = LIGHTS[int(chance.integers(len(LIGHTS)))]
    room, (wall, floor, accent), (width, height) = _room(chance, size), colours, size
    return Recipe(
        kind=kind, light=light, room=room, wall=wall, floor=floor, accent=accent, width_px=width, height_px=height,
        seed=int(chance.integers(2**31)),
    )  # fmt: skip


def _room(chance: np.random.Generator, size: tuple[int, int]) -> str:
    """Return a calm side: mostly the one that the size's composition leaves free."""
    usual = "left" if nearest_composition(*size).has_sides else "top"
    return usual if chance.random() < 0.75 else str(chance.choice(ROOMS))
