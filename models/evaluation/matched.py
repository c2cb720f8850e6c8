"""The render that answers a prompt exactly: what a perfect pupil of the training pictures would draw."""

from __future__ import annotations

from functools import lru_cache

from foundry.names import seed_of
from models.evaluation.prompts import EvaluationPrompt
from models.evaluation.scaling import Picture
from models.training.backdrop.scenes import COLOURS, Recipe, render

EDGE_PX = 256


def matched_render(prompt: EvaluationPrompt, number: int = 0) -> Picture:
    """A square render of the prompt's scene, light and colours; another number has other accidents."""
    wall, floor, accent = (_named(colour) for colour in (*prompt.palette, prompt.palette[-1])[:3])
    seed = seed_of(f"matched/{prompt.id}", number)
    return render(Recipe(prompt.scene, prompt.light, wall, floor, accent, EDGE_PX, EDGE_PX, seed))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {colour: name for name, colour in COLOURS.items()}


def _named(colour: str) -> str:
    return _names()[colour]
