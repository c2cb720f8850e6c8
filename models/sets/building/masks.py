"""Masks before the key light that a studio has: a spot's round opening, a slit between flags."""

from __future__ import annotations

import numpy as np

from models.sets.building.gobos import Gobo
from models.sets.graph import Floats

EDGE = 256


def _across() -> tuple[Floats, Floats]:
    at = np.linspace(-3, 3, EDGE, dtype=np.float32)
    x, y = np.meshgrid(at, at)
    return x, y


def spot(seed: int) -> Floats:  # noqa: ARG001 - every mask has a seed
    """Return a round pool of light around the product, with a soft rim."""
    x, y = _across()
    away = np.hypot(x, y)
    return np.asarray(np.clip((1.45 - away) / 0.5, 0, 1) ** 1.5 + 0.02, np.float32).clip(0, 1)


def slit(seed: int) -> Floats:
    """Return a slanting band of light between two flags."""
    x, y = _across()
    lean = np.random.default_rng(seed).uniform(0.5, 0.9)
    away = np.abs(y * np.cos(lean) - x * np.sin(lean))
    return np.asarray(np.clip((0.85 - away) / 0.16, 0.04, 1), np.float32)


GOBOS: dict[str, Gobo] = {"slit": slit, "spot": spot}
