"""Tileable patterns: noise, and the normals of a height field."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from models.sets.graph import Floats, Numbers

FIELDS = 3


def fractal(
    size: int, seed: int, *, roughness: float = 1.0, low: float = 1, high: float = 1e9, stretch: float = 1
) -> Floats:
    """Return tileable noise (size, size) with mean 0 and deviation 1, made from waves of `low` to `high` periods.

    Its amplitude falls with the frequency to the power of `roughness`. `stretch` draws it out along u. A process makes
    a few fields of each kind; the seed chooses one and where it begins.
    """
    field = _field(size, seed % FIELDS, roughness, low, high, stretch)
    begin = np.random.default_rng(seed).integers(0, size, 2)
    return np.roll(field, begin, (0, 1))


@lru_cache(maxsize=40)
def _field(size: int, seed: int, roughness: float, low: float, high: float, stretch: float) -> Floats:
    rng = np.random.default_rng(seed)
    strength = _strength(size, roughness, low, high, stretch)
    turns = rng.random(strength.shape, np.float32) * np.float32(2 * np.pi)
    field = np.fft.irfft2(strength * (np.cos(turns) + np.complex64(1j) * np.sin(turns)), (size, size))
    return ((field - field.mean()) / max(float(field.std()), 1e-12)).astype(np.float32)


@lru_cache(maxsize=64)
def _strength(size: int, roughness: float, low: float, high: float, stretch: float) -> Floats:
    """Return how strong each wave of a tile is."""
    up, across = np.meshgrid(np.fft.fftfreq(size) * size, np.fft.rfftfreq(size) * size, indexing="ij")
    often = np.hypot(up, across * stretch)
    within = (often >= low) & (often <= high)
    return np.where(within, np.maximum(often, 1e-6) ** -(roughness + 0.5), 0.0).astype(np.float32)


def smooth_field(shape: tuple[int, int], waves: int, seed: int) -> Floats:
    """Return slow noise of about `waves` periods, of any shape, mean 0 and deviation 1."""
    square = fractal(max(shape), seed, roughness=1.5, low=1, high=waves)
    return square[: shape[0], : shape[1]]


def normals_of(height: Numbers, depth: float) -> Floats:
    """Return the normal map of a tileable height field; `depth` is its height in edges of the tile."""
    size = height.shape[0]
    along = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * (depth * size / 2)
    down = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * (depth * size / 2)
    facing = np.stack([-along, -down, np.ones_like(height)], -1)
    facing /= np.linalg.norm(facing, axis=-1, keepdims=True)
    return (facing * 0.5 + 0.5).astype(np.float32)


def tinted(colour: Floats, shade: Numbers, least: float = 0.0) -> Floats:
    """Return a texture (height, width, 3) of a colour times a shade whose mean it brings to 1, at most white."""
    balanced = np.maximum(shade / max(float(shade.mean()), 1e-6), least)
    return np.clip(colour[None, None] * balanced[..., None], 0, 0.97).astype(np.float32)


def mixed(one: Numbers, other: Numbers, share: Numbers) -> Floats:
    """Return a texture between two colours or textures by a share (height, width) of the other."""
    part = np.clip(share, 0, 1)[..., None]
    return (one * (1 - part) + other * part).astype(np.float32)
