"""Between floats and the whole levels of files."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from imaging.pixels.arrays import Pixels

PERIOD = 512
SHARE = 0.7
"""Of a level: what dither spreads. A value within 0.15 of a level keeps it, so plain white stays plain white."""


@lru_cache(maxsize=1)
def _plane() -> NDArray[np.float32]:
    chance = np.random.Generator(np.random.PCG64(16))
    return SHARE * (chance.random((PERIOD, PERIOD, 1), np.float32) - 0.5)


def chance_plane(top: int, height: int, width: int) -> NDArray[np.float32]:
    """(height, width, 1) of the dither that belongs to the rows from `top` on, whatever strips they come in."""
    rows = np.arange(top, top + height) % PERIOD
    return np.tile(_plane()[rows], (1, -(-width // PERIOD), 1))[:, :width]


def to_levels(strip: Pixels, bits: int, top: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Float in [0, 1] → whole levels: rounded to 16 bits; to 8 bits dithered, so that soft gradients do not band."""
    if bits == 16:
        return np.rint(strip * 65535).astype(np.uint16)
    noise = chance_plane(top, *strip.shape[:2])
    return np.clip(np.rint(strip * 255 + noise), 0, 255).astype(np.uint8)


def to_floats(strip: NDArray[np.uint8] | NDArray[np.uint16]) -> Pixels:
    """Levels → float32 in [0, 1]."""
    return strip.astype(np.float32) / np.float32(np.iinfo(strip.dtype).max)
