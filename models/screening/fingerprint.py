"""Perceptual hash of a drawing: 256 bits that near-duplicates share.

Built like PDQ (Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019): luma at
64 x 64, the discrete cosine transform's 16 x 16 lowest frequencies without the constant ones, each against their
median. The shrinking filter is a plain box, so the bits are not those of other PDQ programs.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.pixels.arrays import Pixels

SIDE = 64
FREQUENCIES = 16
BITS = FREQUENCIES * FREQUENCIES


def fingerprint(luma: Pixels) -> str:
    """Return the hash of (height, width) float32 luma as 64 hex digits."""
    small = np.asarray(Image.fromarray(luma).resize((SIDE, SIDE), Image.Resampling.BOX), np.float64)
    spectrum = _cosines() @ small @ _cosines().T
    bits = spectrum > np.median(spectrum)
    return np.packbits(bits).tobytes().hex()


def differing_bits(first: str, second: str) -> int:
    """Return how many of the 256 bits of two hashes differ; those of unrelated pictures differ in about half."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float64]:
    """Return the (16, 64) type-II cosine basis for frequencies 1 to 16."""
    frequency, place = np.arange(1, FREQUENCIES + 1)[:, None], np.arange(SIDE)[None, :]
    return np.asarray(np.cos(np.pi * (2 * place + 1) * frequency / (2 * SIDE)))
