"""A fixed set of free-text prompts unlike any in training: each pairs a scene with a wall that is held back for it.

Training leaves out these pairs of scene and colour family (`recipes.held_back`). Spotlight and bokeh have no such
pair: for them only the palette as a whole is new. The prompts are English as in a brief, not captions, so the prompt
compiler is judged along with the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.renders.palettes import family
from lab.renders.recipes import held_back
from lab.renders.scenes import SCENES
from models.backdrop.colours import COLOURS

PHRASES: dict[str, tuple[str, ...]] = {
    "sweep": ("A seamless studio sweep", "Clean infinity cove, studio"),
    "room": ("A plain plaster wall", "Empty gallery interior with a bare floor"),
    "podium": ("A round podium", "A cylinder plinth for the product"),
    "arch": ("An arched niche in the wall", "A rounded alcove behind a level floor"),
    "spotlight": ("A dramatic spotlight on the stage", "Moody theatre spot in the dark"),
    "window": ("Window light on a wall", "Sunlit panes falling through a window"),
    "leaves": ("Palm leaf shadows on a wall", "Tropical foliage shadow"),
    "papercut": ("Layered paper-cut landscape", "Cardboard cutouts, origami style"),
    "marble": ("A polished marble counter", "Veined marble slab"),
    "wood": ("A wooden table top", "Rustic oak planks"),
    "terrazzo": ("A terrazzo floor", "Speckled terrazzo chips"),
    "fabric": ("Draped silk folds", "Soft satin cloth, rippled fabric drapery"),
    "water": ("Ripples on still water", "A shallow pool with ripples"),
    "sunset": ("Sunset over the sea", "Golden dusk at the ocean"),
    "dunes": ("Desert dunes", "Soft sand dunes in the sahara"),
    "hills": ("Misty mountains", "Foggy hills in an alpine valley"),
    "snow": ("A snowy winter scene", "Fresh snowfall on frosty ground"),
    "bokeh": ("City lights in bokeh", "Defocused neon skyline"),
}
SIDES = {"left": "light from the left", "right": "light from the right", "top": "light from above"}


@dataclass(frozen=True)
class HeldOutPrompt:
    """One prompt, and what a picture of it must show; `palette` is wall, floor and accent as "#RRGGBB"."""

    text: str
    scene_kind: str
    light: str
    palette: tuple[str, str, str]
    seed: int


def held_out_prompts(count: int = 180) -> list[HeldOutPrompt]:
    """Return the first `count` of the fixed set: scenes in turn, each with walls of its held-back colours."""
    chance = np.random.default_rng(4_404)
    kinds = list(SCENES)
    return [_prompt(chance, kinds[at % len(kinds)], at // len(kinds), at) for at in range(count)]


def _prompt(chance: np.random.Generator, kind: str, turn: int, seed: int) -> HeldOutPrompt:
    walls = _walls(kind)
    wall = walls[turn % len(walls)]
    floor, accent = (str(name) for name in chance.choice(list(COLOURS), 2, replace=False))
    light = ("left", "right", "top")[int(chance.integers(3))]
    phrase = PHRASES[kind][turn % len(PHRASES[kind])]
    colours = (COLOURS[wall], COLOURS[floor], COLOURS[accent])
    return HeldOutPrompt(f"{phrase}, {SIDES[light]}", kind, light, colours, seed)


def _walls(kind: str) -> list[str]:
    """Return colour names whose family training never shows on this scene's wall, one family after another."""
    names = [name for name in COLOURS if name != "gray"]
    held = [name for name in names if held_back(kind, COLOURS[name])] or names
    return sorted(held, key=lambda name: (list(COLOURS).index(name) % 3, family(COLOURS[name])))
