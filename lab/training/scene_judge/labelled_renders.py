"""The judge's training pictures: renders with every scene equally often, as for the backdrop model.

The pairs of scene and colour that are held back from the generator are held back from its judge too.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.evaluation.scaling import Picture, with_short_edge
from lab.renders.recipes import draw_recipes
from lab.renders.scenes import SCENES, render

SIZES = [(256, 256), (256, 320), (224, 384), (384, 224)]
KEPT_PX = 144
TRAINING_SEED, HELD_OUT_SEED = 20_261, 90_417


@dataclass(frozen=True)
class LabelledRender:
    """A render, and the kind of its scene."""

    picture: Picture
    kind: str


def kinds() -> tuple[str, ...]:
    """Return every scene kind, in a fixed order."""
    return tuple(sorted(SCENES))


def labelled_renders(count: int, seed: int) -> list[LabelledRender]:
    """Return `count` renders, the kinds in turn, averaged to a short edge of 144 px; the seed fixes their accidents."""
    recipes = draw_recipes(count, SIZES, seed)
    return [LabelledRender(with_short_edge(render(recipe), KEPT_PX), recipe.kind) for recipe in recipes]
