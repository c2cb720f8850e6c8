"""Perceptual hash of a drawing: 256 bits that near-duplicates share.

Built like PDQ (Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019): luma at
64 x 64, the discrete cosine transform's 16 x 16 lowest frequencies without the constant ones, each against their
median. The shrinking filter is a plain box, so the bits are not those of other PDQ programs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.pixels.arrays import Pixels

SIDE = 64
KEPT = 16
BITS = KEPT * KEPT


def fingerprint(luma: Pixels) -> str:
    """64 hex digits, from (height, width) float32 luma."""
    small = np.asarray(Image.fromarray(luma).resize((SIDE, SIDE), Image.Resampling.BOX), np.float64)
    spectrum = _cosines() @ small @ _cosines().T
    bits = spectrum > np.median(spectrum)
    return np.packbits(bits).tobytes().hex()


def distance(first: str, second: str) -> int:
    """How many of the 256 bits differ; unrelated pictures differ in about half."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


@lru_cache(maxsize=1)
def _cosines() -> NDArray[Any]:
    """(16, 64): the type-II cosine basis for frequencies 1 to 16."""
    frequency, place = np.arange(1, KEPT + 1)[:, None], np.arange(SIDE)[None, :]
    return np.cos(np.pi * (2 * place + 1) * frequency / (2 * SIDE))
