"""Measures of technical faults, on (height, width) luma in [0, 1]: contours in gradients, seams between tiles, blur."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.pixels.arrays import Pixels

CONTOURS = 3
"""False contours that a line must cross before it counts: one alone may be an edge of the scene."""
STEP = (2, 24)
"""8-bit levels of a false contour; more is an edge, one is what 8 bits are."""
CONTRAST = 0.1
"""Range of luma from which a block can show blur."""
BLOCKS = 16
"""Blocks along the shorter edge."""


def banding(luma: Pixels) -> float:
    """Return the share of lines (of rows or of columns, whichever is more) that cross at least three false contours.

    A false contour is a step of a few levels with three level pixels on both sides, on 8 bits.
    """
    levels = np.rint(np.clip(luma, 0, 1) * 255).astype(np.int16)
    return max(_banded_share(levels), _banded_share(np.ascontiguousarray(levels.T)))


def _banded_share(levels: NDArray[Any]) -> float:
    steps = np.abs(np.diff(levels, axis=1))
    if steps.shape[1] < 7:
        return 0.0
    level = steps == 0
    flat = level[:, :-2] & level[:, 1:-1] & level[:, 2:]
    middle = steps[:, 3:-3]
    contour = (middle >= STEP[0]) & (middle <= STEP[1]) & flat[:, :-4] & flat[:, 4:]
    return float((contour.sum(axis=1) >= CONTOURS).mean())


def seam(luma: Pixels) -> float:
    """Return the strength, in 8-bit levels, of the clearest upright step, one pixel wide, from top to bottom.

    Each gap between two columns is measured by how much it exceeds the gaps beside it, in the median row; the result is
    how far the strongest stands out from the usual, so that regular textures do not count. Level steps are not judged:
    scenes have horizons and table edges, and whatever cuts a picture into tiles leaves upright borders too.
    """
    gaps = np.abs(np.diff(luma, axis=1)) * 255
    excess = np.median(gaps[:, 1:-1] - np.maximum(gaps[:, :-2], gaps[:, 2:]), axis=0)
    return max(0.0, float(excess.max() - max(float(np.percentile(excess, 95)), 0.0)))


def sharpness(luma: Pixels) -> float:
    """Return the share that the steepest pixel step has of a block's range, in the sharpest blocks.

    It is the 90th percentile over the blocks with contrast, and relative to the content: 1 is a hard edge. A picture
    without contrast, which cannot be blurred, also gives 1.
    """
    side = max(8, min(luma.shape) // BLOCKS)
    blocks = _blocks(luma, side)
    span = blocks.max(axis=(1, 3)) - blocks.min(axis=(1, 3))
    steep = np.maximum(
        np.abs(np.diff(blocks, axis=1)).max(axis=(1, 3)), np.abs(np.diff(blocks, axis=3)).max(axis=(1, 3))
    )
    clear = span > CONTRAST
    return float(np.percentile((steep / np.maximum(span, 1e-6))[clear], 90)) if clear.any() else 1.0


def _blocks(luma: Pixels, side: int) -> NDArray[Any]:
    rows, columns = luma.shape[0] // side, luma.shape[1] // side
    return luma[: rows * side, : columns * side].reshape(rows, side, columns, side)
