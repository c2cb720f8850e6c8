"""Technical faults, measured on luma with NumPy alone: contours in gradients, seams between tiles, blur."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from foundry.manifest import CheckRecord
from imaging.pixels.arrays import Pixels
from models.screening.verdict import at_least, at_most

if TYPE_CHECKING:
    from models.screening.look import Look

CONTOURS = 3
"""False contours that a line must cross before it counts: one alone may be an edge of the scene."""
STEP = (2, 24)
"""8-bit levels of a false contour; more is an edge, one is what 8 bits are."""
CONTRAST = 0.1
BLOCKS = 16


def banding(luma: Pixels) -> float:
    """Share of lines (of rows or of columns, whichever is more) that cross at least three false contours.

    A false contour is a step of a few levels with three level pixels on both sides, on 8 bits.
    """
    levels = np.rint(np.clip(luma, 0, 1) * 255).astype(np.int16)
    return max(_banded(levels), _banded(np.ascontiguousarray(levels.T)))


def _banded(levels: NDArray[Any]) -> float:
    steps = np.abs(np.diff(levels, axis=1))
    if steps.shape[1] < 7:
        return 0.0
    level = steps == 0
    flat = level[:, :-2] & level[:, 1:-1] & level[:, 2:]
    middle = steps[:, 3:-3]
    contour = (middle >= STEP[0]) & (middle <= STEP[1]) & flat[:, :-4] & flat[:, 4:]
    return float((contour.sum(axis=1) >= CONTOURS).mean())


def seam(luma: Pixels) -> float:
    """Strength in 8-bit levels of the clearest upright step, one pixel wide, that runs from top to bottom.

    For each gap between two columns: by how much it exceeds the gaps beside it, in the median row; then how far the
    strongest stands out from the usual, so that regular textures do not count. Level steps are not judged: scenes have
    horizons and table edges, and whatever cuts a picture into tiles leaves upright borders too.
    """
    gaps = np.abs(np.diff(luma, axis=1)) * 255
    excess = np.median(gaps[:, 1:-1] - np.maximum(gaps[:, :-2], gaps[:, 2:]), axis=0)
    return max(0.0, float(excess.max() - max(float(np.percentile(excess, 95)), 0.0)))


def sharpness(luma: Pixels) -> float:
    """How much of a block's range its steepest pixel step makes, in the sharpest tenth of the blocks with contrast.

    Relative to content: 1 is a hard edge, and also the answer for a picture without contrast, which nothing can blur.
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


def judge_banding(look: Look, limit: Decimal) -> CheckRecord:
    """False contours in gradients."""
    return at_most("banding", banding(look.luma), limit, "share of lines with false contours")


def judge_seam(look: Look, limit: Decimal) -> CheckRecord:
    """Borders of tiles."""
    return at_most("seam", seam(look.luma), limit, "levels of the clearest upright step")


def judge_sharpness(look: Look, limit: Decimal) -> CheckRecord:
    """A picture that is blurred all over."""
    return at_least("sharpness", sharpness(look.luma), limit, "steepest step over range")
