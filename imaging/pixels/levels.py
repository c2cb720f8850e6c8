"""Conversions between float pixels and the whole levels of files."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from imaging.pixels.arrays import Pixels

PERIOD = 512
"""Edge in pixels of the dither's square, which repeats."""
SHARE = 0.7
"""Width of the dither in levels. A value within 0.15 of a level keeps it, so plain white stays plain white."""


@lru_cache(maxsize=1)
def _plane() -> NDArray[np.float32]:
    """Return the dither's square; the seed never changes, since the same input gives the same file."""
    chance = np.random.Generator(np.random.PCG64(16))
    return SHARE * (chance.random((PERIOD, PERIOD, 1), np.float32) - 0.5)


def chance_plane(top: int, height: int, width: int) -> NDArray[np.float32]:
    """Return the dither of the rows from `top` on, (height, width, 1) in levels; strips of any height get the same."""
    rows = np.arange(top, top + height) % PERIOD
    return np.tile(_plane()[rows], (1, -(-width // PERIOD), 1))[:, :width]


def to_levels(strip: Pixels, bits: int, top: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return levels of float pixels in [0, 1] whose first row is row `top` of the picture.

    16 bits are rounded; 8 bits are dithered, so that soft gradients do not band.
    """
    if bits == 16:
        return np.rint(strip * 65535).astype(np.uint16)
    noise = chance_plane(top, *strip.shape[:2])
    return np.clip(np.rint(strip * 255 + noise), 0, 255).astype(np.uint8)


def to_floats(strip: NDArray[np.uint8] | NDArray[np.uint16]) -> Pixels:
    """Return float32 pixels in [0, 1] of levels of 8 or 16 bits."""
    return strip.astype(np.float32) / np.float32(np.iinfo(strip.dtype).max)
