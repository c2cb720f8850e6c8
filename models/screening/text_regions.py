"""Regions of writing in a text detector's probability map, as rectangles along the writing.

Follows the last step of differentiable binarization (Liao et al., "Real-time Scene Text Detection with Differentiable
Binarization", 2020): threshold, connected regions, mean probability as score, growth of the shrunken core. A region
that leans gets the smallest rectangle around it; any other gets its upright bounding box, so that level writing is
read level.
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
            found.append(Region(_corners(np.stack([columns + left, rows + top], axis=1)), score))
    return sorted(found, key=lambda region: (region.centre[1], region.centre[0]))


def _corners(points: NDArray[np.int64]) -> Corners:
    """Return the corners of the grown rectangle around a core's pixels, (n, 2) as (x, y)."""
    middle, (length, height), along = _rectangle(points)
    grow = length * height * GROWTH / (2 * (length + height))
    half_length, half_height = along * (length / 2 + grow), _normal(along) * (height / 2 + grow)
    return middle + np.stack(
        [-half_length - half_height, half_length - half_height, half_length + half_height, half_height - half_length]
    )


def _rectangle(points: NDArray[np.int64]) -> tuple[Corners, tuple[float, float], Corners]:
    """Return the middle, the length and height, and the unit vector along the length, of a core's rectangle."""
    import cv2

    (x, y), size, degrees = cv2.minAreaRect(points.astype(np.float32))
    along = np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])
    length, height = (edge + 1 for edge in size)  # from the pixels' middles to their outer edges
    if height > length:
        along, length, height = _normal(along), height, length
    if length > SLIM * height and min(abs(along)) > LEAN:
        return np.array([x, y]) + 0.5, (length, height), along if along[0] >= 0 else -along
    low, high = points.min(axis=0), points.max(axis=0) + 1
    width, tall = (float(edge) for edge in high - low)
    if tall > SLIM * width:
        return (low + high) / 2, (tall, width), np.array([0.0, 1.0])
    return (low + high) / 2, (width, tall), np.array([1.0, 0.0])


def _normal(along: Corners) -> Corners:
    """Return a unit vector turned by a quarter, from the writing's length to the direction below it."""
    return np.array([-along[1], along[0]])
