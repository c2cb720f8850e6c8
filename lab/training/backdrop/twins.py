"""Twins: one recipe rendered as two scenes that are easily mistaken for each other, shown together under one noise.

What a scene's word decides is small beside what the colours decide: the surfaces of wood and marble differ in little
but their grain, and the denoiser learned to draw what both have. Twins have the same colours, light, chance and noise,
so that nothing but the word tells them apart.
"""

from __future__ import annotations

import dataclasses
from multiprocessing.pool import Pool
from pathlib import Path

import numpy as np

from lab.renders.captions import held_back, random_recipe
from lab.renders.scenes import Recipe, render
from lab.training.backdrop.networks import PatchCodes
from lab.training.backdrop.schedule import SIZES, Schedule

TWINS = (
    ("wood", "marble"), ("room", "leaves"), ("wood", "terrazzo"), ("room", "sweep"), ("wood", "room"),
    ("arch", "podium"), ("wood", "marble"), ("room", "window"), ("water", "marble"),
)  # fmt: skip


def twins(count: int, seed: int) -> list[tuple[Recipe, Recipe]]:
    """Pairs of recipes that differ in their scene alone; no scene with a wall that is held back for it."""
    chance = np.random.default_rng(seed)
    return [_pair(chance, TWINS[at // len(SIZES) % len(TWINS)], SIZES[at % len(SIZES)]) for at in range(count)]


def _pair(chance: np.random.Generator, kinds: tuple[str, str], size: tuple[int, int]) -> tuple[Recipe, Recipe]:
    first = random_recipe(chance, kinds[0], size)
    while held_back(kinds[1], first.wall):
        first = random_recipe(chance, kinds[0], size)
    return first, dataclasses.replace(first, kind=kinds[1])


def make_twins(pool: Pool, codes: PatchCodes, folder: Path, schedule: Schedule) -> list[tuple[Recipe, Recipe]]:
    """Write `twins_WxH.npy`, (pairs, 2, 8, height / 16, width / 16) float16 codes, for each size; the recipes."""
    made = twins(schedule.twins, schedule.seed + 7)
    for at, (width, height) in enumerate(SIZES):
        flat = [recipe for pair in made[at :: len(SIZES)] for recipe in pair]
        stored = [codes.encode(picture) for picture in pool.imap(render, flat, chunksize=16)]
        shape = len(stored) // 2, 2, *stored[0].shape
        np.save(folder / f"twins_{width}x{height}.npy", np.stack(stored).reshape(shape))
    return made
