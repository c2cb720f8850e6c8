"""The render that answers a prompt exactly, as a perfectly trained embedded model would draw it."""

from __future__ import annotations

from foundry.names import seed_of
from lab.evaluation.prompts import EvaluationPrompt
from lab.evaluation.scaling import Picture
from lab.renders.scenes import Recipe, render

EDGE_PX = 512


def matched_render(prompt: EvaluationPrompt, number: int = 0) -> Picture:
    """Return a 512 px square render of the scene, light and colours of a prompt; `number` varies its random details."""
    wall, floor, accent = (*prompt.palette, prompt.palette[-1])[:3]
    seed = seed_of(f"matched/{prompt.id}", number)
    recipe = Recipe(
        kind=prompt.scene, light=prompt.light, room="top", wall=wall, floor=floor, accent=accent, width_px=EDGE_PX,
        height_px=EDGE_PX, seed=seed,
    )  # fmt: skip
    return render(recipe)
