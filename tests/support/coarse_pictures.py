"""Coarse copies of pictures, by which tests recognise a drawing whatever the last bits of a processor's floats are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CELLS = 4


def coarse(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean colours of 4 x 4 parts of a (height, width, 3) picture."""
    height, width = (edge // CELLS for edge in picture.shape[:2])
    parts = picture[: CELLS * height, : CELLS * width].reshape(CELLS, height, CELLS, width, 3)
    return np.asarray(parts.mean(axis=(1, 3)))


def differs_by(picture: NDArray[np.uint8], kept: str) -> float:
    """Return the largest difference, in levels, between a picture's coarse copy and one kept as hex digits."""
    wanted = np.frombuffer(bytes.fromhex(kept), np.uint8).reshape(CELLS, CELLS, 3)
    return float(np.abs(coarse(picture) - wanted).max())
