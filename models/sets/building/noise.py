"""Fractal noise that repeats without a seam, by filtering white noise in the frequency domain."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from foundry.colour import Floats


@lru_cache(maxsize=24)
def fractal(seed: int, size: int = 512, slope: float = 1.6, lowest: float = 1, highest: float = 1e9) -> Floats:
    """Return a (size, size) float32 tile with mean 0 and standard deviation 1.

    Amplitude falls as frequency to the power of `slope`; only `lowest` to `highest` cycles per tile are in it. The
    array is shared: do not write to it.
    """
    white = np.fft.rfft2(np.random.default_rng(seed).standard_normal((size, size)))
    along, across = np.fft.fftfreq(size)[:, None] * size, np.fft.rfftfreq(size)[None] * size
    cycles = np.hypot(along, across)
    kept = (cycles >= lowest) & (cycles <= highest)
    gain = np.where(kept, np.maximum(cycles, 1e-3) ** -slope, 0)
    tile = np.fft.irfft2(white * gain, (size, size))
    tile = ((tile - tile.mean()) / max(float(tile.std()), 1e-9)).astype(np.float32)
    tile.setflags(write=False)
    return tile


def sampled(tile: Floats, x: Floats, y: Floats) -> Floats:
    """Return a tile's values at points, bilinear; x and y count tiles, and the tile repeats."""
    rows, columns = tile.shape[:2]
    across, down = np.mod(x, 1) * columns, np.mod(y, 1) * rows
    left, top = np.floor(across).astype(int), np.floor(down).astype(int)
    right_share, low_share = across - left, down - top
    left, top = left % columns, top % rows
    right, low = (left + 1) % columns, (top + 1) % rows
    upper = tile[top, left] * (1 - right_share) + tile[top, right] * right_share
    lower = tile[low, left] * (1 - right_share) + tile[low, right] * right_share
    return np.asarray(upper * (1 - low_share) + lower * low_share, np.float32)


def smooth_step(values: Floats, low: float, high: float) -> Floats:
    """Return 0 below `low`, 1 above `high` and a smooth curve in between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def normal_map(heights: Floats, strength: float) -> Floats:
    """Return the tangent-space normals, (height, width, 3) in [0, 1], of a tile of heights that repeats."""
    across = (np.roll(heights, -1, 1) - np.roll(heights, 1, 1)) * strength
    down = (np.roll(heights, -1, 0) - np.roll(heights, 1, 0)) * strength
    normal = np.stack([-across, down, np.ones_like(heights)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return (normal * 0.5 + 0.5).astype(np.float32)
