"""Planes of texture: (edge, edge) float32, mean about 0, deviation about 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]


def cloud(edge: int, chance: np.random.Generator, slope: float) -> Plane:
    """Return noise whose amplitude falls as frequency to the power of -slope: 0 is grain, 1 a photograph, 2 mist."""
    across = np.fft.rfftfreq(edge)[None, :]
    down = np.fft.fftfreq(edge)[:, None]
    frequency = np.sqrt(across**2 + down**2)
    frequency[0, 0] = 1
    white = np.fft.rfft2(chance.standard_normal((edge, edge)))
    white[0, 0] = 0
    return _normalise(np.fft.irfft2(white * frequency**-slope, (edge, edge)))


def weave(edge: int, chance: np.random.Generator) -> Plane:
    """Return crossing threads, slightly uneven."""
    x, y = _rotated_grid(edge, chance)
    step = float(chance.uniform(3, 12))
    warp = cloud(edge, chance, 1.5) * 0.3
    over = np.sin(2 * np.pi * x / step + warp) * (np.sin(np.pi * y / step) > 0)
    under = np.sin(2 * np.pi * y / step + warp) * (np.sin(np.pi * x / step) <= 0)
    return _normalise(over + under)


def stripes(edge: int, chance: np.random.Generator) -> Plane:
    """Return bent lines, as of wood, hair or water."""
    x, _ = _rotated_grid(edge, chance)
    step = float(np.exp(chance.uniform(np.log(2.5), np.log(60))))
    wave = np.sin(2 * np.pi * x / step + cloud(edge, chance, float(chance.uniform(1.2, 2.2))) * chance.uniform(0, 4))
    sharp = float(chance.uniform(0.5, 6))
    return _normalise(np.tanh(sharp * wave))


def tiles(edge: int, chance: np.random.Generator) -> Plane:
    """Return bricks with joints, or a chequered plane."""
    x, y = _rotated_grid(edge, chance)
    wide, high = chance.uniform(6, 48, 2)
    rows = np.floor(y / high)
    x = x + rows * wide * 0.5 * float(chance.integers(2))
    joint = float(chance.uniform(1, 4))
    inside = (np.mod(x, wide) > joint) & (np.mod(y, high) > joint)
    shade = np.mod(np.floor(x / wide) * 12.9898 + rows * 78.233, 1.7)
    return _normalise(inside * (1 + shade))


def texture(edge: int, chance: np.random.Generator) -> Plane:
    """Return a random one of these textures; clouds most often."""
    kind = chance.random()
    if kind < 0.55:
        return cloud(edge, chance, float(chance.uniform(0.2, 1.8)))
    return (weave, stripes, tiles)[int(chance.integers(3))](edge, chance)


def _rotated_grid(edge: int, chance: np.random.Generator) -> tuple[Plane, Plane]:
    angle = float(chance.uniform(0, np.pi))
    x, y = np.meshgrid(np.arange(edge, dtype=np.float32), np.arange(edge, dtype=np.float32))
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def _normalise(plane: Plane) -> Plane:
    centred = plane - plane.mean()
    return np.asarray(np.clip(centred / max(float(centred.std()), 1e-6), -3, 3), np.float32)
