"""Twins: one recipe rendered as two scenes that are easily mistaken for each other, trained together under one noise.

A scene's word decides little beside the colours: the surfaces of wood and marble differ in their grain alone, and
without twins the denoiser learns to draw what both have in common. Twins have the same colours, light, random numbers
and noise, so that only the word tells them apart.
"""

from __future__ import annotations

import dataclasses
from multiprocessing.pool import Pool
from pathlib import Path

import numpy as np

from lab.renders.recipes import draw_recipe, held_back
from lab.renders.scenes import Recipe, render
from lab.training.backdrop.networks import PatchCodes
from lab.training.backdrop.schedule import SIZES, BackdropSchedule

TWINS = (
    ("wood", "marble"), ("room", "leaves"), ("wood", "terrazzo"), ("room", "sweep"), ("wood", "room"),
    ("arch", "podium"), ("wood", "marble"), ("room", "window"), ("water", "marble"),
)  # fmt: skip


def twin_recipes(count: int, seed: int) -> list[tuple[Recipe, Recipe]]:
    """Return pairs of recipes that differ in their scene alone; no scene has a wall that is held back for it."""
    chance = np.random.default_rng(seed)
    return [_pair(chance, TWINS[at // len(SIZES) % len(TWINS)], SIZES[at % len(SIZES)]) for at in range(count)]


def _pair(chance: np.random.Generator, kinds: tuple[str, str], size: tuple[int, int]) -> tuple[Recipe, Recipe]:
    first = draw_recipe(chance, kinds[0], size)
    while held_back(kinds[1], first.wall):
        first = draw_recipe(chance, kinds[0], size)
    return first, dataclasses.replace(first, kind=kinds[1])


def make_twins(pool: Pool, codes: PatchCodes, folder: Path, schedule: BackdropSchedule) -> list[tuple[Recipe, Recipe]]:
    """Render twins and return their recipes.

    Writes `twins_WxH.npy` for each size: float16 codes (pairs, 2, 8, height / 16, width / 16).
    """
    pairs = twin_recipes(schedule.twins, schedule.seed + 7)
    for at, (width, height) in enumerate(SIZES):
        flat = [recipe for pair in pairs[at :: len(SIZES)] for recipe in pair]
        stored = [codes.encode(picture) for picture in pool.imap(render, flat, chunksize=16)]
        shape = len(stored) // 2, 2, *stored[0].shape
        np.save(folder / f"twins_{width}x{height}.npy", np.stack(stored).reshape(shape))
    return pairs
