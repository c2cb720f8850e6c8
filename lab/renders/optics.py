"""Numerical optics of the renders: noise, soft masks, blur and tone mapping; float32, linear light."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.colour import srgb_of_linear

Plane = NDArray[Any]
"""float32, (height, width) or (height, width, 3), or what broadcasts to it: NumPy's types follow no such arithmetic."""
TILE = 1024


def step(low: float, high: float, value: Plane) -> Plane:
    """Return a smooth step from 0 at `low` to 1 at `high`."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def mix(first: Plane, second: Plane, share: Plane) -> Plane:
    """Blend two colours or pictures by the second's (height, width) share."""
    held = share[..., None]
    return np.asarray(first + (second - first) * held, np.float32)


@lru_cache(maxsize=32)
def noise(slope: float) -> Plane:
    """Return a (1024, 1024) tile of noise that repeats without a seam: spectrum 1/f^slope, mean 0, deviation 1."""
    chance = np.random.default_rng(round(slope * 100))
    f = np.hypot(np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE)[None, :])
    f[0, 0] = 1
    wave = np.fft.rfft2(chance.standard_normal((TILE, TILE))) / f**slope
    wave[0, 0] = 0
    tile = np.fft.irfft2(wave, (TILE, TILE))
    return np.asarray(tile / tile.std(), np.float32)


def sample(tile: Plane, across: Plane, down: Plane) -> Plane:
    """Look up places in a repeating 1024 × 1024 tile, bilinearly; coordinates are in tiles."""
    u, v = across * np.float32(TILE), down * np.float32(TILE)
    i, j = np.floor(u), np.floor(v)
    u, v = u - i, v - j
    left, top = i.astype(np.int32) & (TILE - 1), j.astype(np.int32) & (TILE - 1)
    right, low = (left + 1) & (TILE - 1), ((top + 1) & (TILE - 1)) * TILE
    top *= TILE
    flat = tile.ravel()
    upper = flat[top + left] * (1 - u) + flat[top + right] * u
    lower = flat[low + left] * (1 - u) + flat[low + right] * u
    return np.asarray(upper + (lower - upper) * v, np.float32)


def soften(plane: Plane, radius: float) -> Plane:
    """Blur by about a Gaussian of this deviation in pixels: three box blurs, edges repeated."""
    half = max(1, round(radius * 0.98))
    for axis in (0, 1, 0, 1, 0, 1):
        plane = _box(plane, half, axis)
    return plane


def _box(plane: Plane, half: int, axis: int) -> Plane:
    pad = [(0, 0)] * plane.ndim
    pad[axis] = (half + 1, half)
    total = np.cumsum(np.pad(plane, pad, mode="edge"), axis=axis, dtype=np.float64)
    size = plane.shape[axis]
    high = np.take(total, range(2 * half + 1, 2 * half + 1 + size), axis=axis)
    low = np.take(total, range(size), axis=axis)
    return np.asarray((high - low) / (2 * half + 1), np.float32)


def enlarge(plane: Plane, shape: tuple[int, int]) -> Plane:
    """Return a coarse plane or picture at a finer (height, width), bicubic."""
    if plane.ndim == 3:
        return np.stack([enlarge(plane[..., band], shape) for band in range(plane.shape[2])], axis=-1)
    picture = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.asarray(picture.resize(shape[::-1], Image.Resampling.BICUBIC), np.float32)


def tone_map(light: Plane) -> Plane:
    """Return sRGB in [0, 1] from linear light, with a soft shoulder above 0.72 instead of clipping."""
    light = np.maximum(light, 0)
    over = np.maximum(light - np.float32(0.72), 0)
    light = np.minimum(light, np.float32(0.72)) + np.float32(0.28) * (1 - np.exp(over * np.float32(-1 / 0.28)))
    return srgb_of_linear(light)


def shift_pixels(plane: Plane, down: int, right: int) -> Plane:
    """Return the plane moved by whole pixels, edges repeated."""
    rows = np.clip(np.arange(plane.shape[0]) - down, 0, plane.shape[0] - 1)
    columns = np.clip(np.arange(plane.shape[1]) - right, 0, plane.shape[1] - 1)
    return np.asarray(plane[rows][:, columns])
