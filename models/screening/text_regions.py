"""Regions of writing in a text detector's probability map, as rectangles along the writing.

Follows the last step of differentiable binarization (Liao et al., "Real-time Scene Text Detection with Differentiable
Binarization", 2020): threshold, connected regions, mean probability as score, growth of the shrunken core. The
rectangle lies along the region's main axis instead of being the smallest one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CORE = 0.3
"""Probability from which a pixel belongs to a region."""
GROWTH = 1.6
"""The detector learns shrunken regions; each edge grows by area * GROWTH / perimeter."""
SMALLEST_PX = 3.0
SLIM = 2.0
"""Least length over height of a region that has a direction."""
LEAN = 0.12
"""Sine of the least angle to both axes, about 7 degrees, at which a region leans."""

Corners = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Region:
    """One rectangle of writing, and the mean probability of its core.

    `corners` are (4, 2), (x, y) in pixels, clockwise from the writing's top left.
    """

    corners: Corners
    score: float

    @property
    def size(self) -> tuple[float, float]:
        """Length along the writing and height across it, in pixels."""
        across, down = self.corners[1] - self.corners[0], self.corners[3] - self.corners[0]
        return float(np.hypot(*across)), float(np.hypot(*down))

    @property
    def centre(self) -> tuple[int, int]:
        """(x, y) of the middle, in whole pixels."""
        x, y = self.corners.mean(axis=0)
        return int(x), int(y)


def find_regions(probability: NDArray[np.float32], *, least: float) -> list[Region]:
    """Return the regions of a (height, width) map whose score is at least `least`, from top to bottom."""
    import cv2

    core = (probability > CORE).astype(np.uint8)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(core, connectivity=8)
    found = []
    for label, (left, top, width, height, _) in enumerate(boxes[1:], start=1):
        if min(width, height) < SMALLEST_PX:
            continue
        window = slice(top, top + height), slice(left, left + width)
        inside = labels[window] == label
        score = float(probability[window][inside].mean())
        if score >= least:
            rows, columns = np.nonzero(inside)
            corners = _corners(np.stack([columns + left, rows + top], axis=1))
            if corners is not None:
                found.append(Region(corners, score))
    return sorted(found, key=lambda region: (region.centre[1], region.centre[0]))


def _corners(points: NDArray[np.int64]) -> Corners | None:
    """Return the corners of the grown rectangle around a core's pixels, (n, 2) as (x, y); None if it is too small."""
    axis = _axis(points)
    normal = np.array([-axis[1], axis[0]])
    along, across = (points + 0.5) @ axis, (points + 0.5) @ normal
    length, height = np.ptp(along) + 1, np.ptp(across) + 1
    if min(length, height) < SMALLEST_PX:
        return None
    grow = length * height * GROWTH / (2 * (length + height))
    left, top = along.min() - 0.5 - grow, across.min() - 0.5 - grow
    right, bottom = left + length + 2 * grow, top + height + 2 * grow
    return np.stack([a * axis + b * normal for a, b in ((left, top), (right, top), (right, bottom), (left, bottom))])


def _axis(points: NDArray[np.int64]) -> Corners:
    """Return the unit vector along the writing: level or upright unless the region clearly leans.

    It is the axis of most variance. That of the smallest rectangle (`cv2.minAreaRect`) hangs on single pixels of the
    outline: with it, one small leaning word of the labelled set is no longer read, and its verdict changes.
    """
    variances, axes = np.linalg.eigh(np.cov(points.T))
    lean = axes[:, 1] if axes[0, 1] >= 0 else -axes[:, 1]
    slim = variances[1] > SLIM**2 * max(float(variances[0]), 1e-9)
    if slim and min(abs(lean)) > LEAN:
        return lean
    return np.array([0.0, 1.0]) if slim and abs(lean[1]) > abs(lean[0]) else np.array([1.0, 0.0])
