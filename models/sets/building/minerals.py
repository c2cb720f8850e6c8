"""Mineral materials: plaster, marble."""

from __future__ import annotations

import numpy as np

from models.sets.building.surface import Maker
from models.sets.graph import Floats, Material


def plaster(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return fine plaster."""
    return Material(colour=colour, roughness=0.75, specular=0.25)


def marble(colour: Floats, scale: float, seed: int) -> Material:
    """Return polished marble with veins."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:512, 0:512] / 512
    phase = sum(
        rng.uniform(-1, 1) * np.sin(2 * np.pi * (rng.integers(-3, 4) * x + rng.integers(-3, 4) * y)) for _ in range(8)
    )
    veins = np.abs(np.sin(2 * np.pi * (x + y) + phase)) ** 0.2
    texture = (colour[None, None] * (0.55 + 0.45 * veins[..., None])).astype(np.float32)
    return Material(colour=texture, roughness=0.12, repeat=(1 / scale, 1 / scale))


MATERIALS: dict[str, Maker] = {"plaster": plaster, "marble": marble}
