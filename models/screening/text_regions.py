"""Where writing is: regions of a text detector's probability map, as rectangles along the writing.

Follows the last step of differentiable binarization (Liao et al., "Real-time Scene Text Detection with Differentiable
Binarization", 2020): threshold, connected regions, mean probability as score, growth of the shrunk core. Written for
NumPy alone; the rectangle lies along the region's main axis instead of being the smallest one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CORE = 0.3
"""Probability from which a pixel belongs to a region."""
GROWTH = 1.6
"""The detector learns shrunken regions; they grow back by area · GROWTH / perimeter."""
SMALLEST_PX = 3.0


@dataclass(frozen=True, eq=False)
class Region:
    """One rectangle of writing: its corners (4, 2) as (x, y) in pixels, clockwise from the writing's top left, and
    the mean probability of its core."""

    corners: NDArray[Any]
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


def regions(probability: NDArray[Any], *, least: float) -> list[Region]:
    """The regions of a (height, width) map whose score is at least `least`, from top to bottom."""
    found = []
    for ys, xs in components(probability > CORE):
        score = float(probability[ys, xs].mean())
        if score >= least and (region := _region(ys, xs, score)):
            found.append(region)
    return sorted(found, key=lambda region: (region.centre[1], region.centre[0]))


def _region(ys: NDArray[Any], xs: NDArray[Any], score: float) -> Region | None:
    if min(np.ptp(xs), np.ptp(ys)) + 1 < SMALLEST_PX:
        return None
    points = np.stack([xs, ys], axis=1).astype(np.float64) + 0.5
    axis = _axis(points)
    normal = np.array([-axis[1], axis[0]])
    along, across = points @ axis, points @ normal
    wide, high = np.ptp(along) + 1, np.ptp(across) + 1
    if min(wide, high) < SMALLEST_PX:
        return None
    grow = wide * high * GROWTH / (2 * (wide + high))
    low, top = along.min() - 0.5 - grow, across.min() - 0.5 - grow
    right, bottom = low + wide + 2 * grow, top + high + 2 * grow
    corners = [a * axis + b * normal for a, b in ((low, top), (right, top), (right, bottom), (low, bottom))]
    return Region(np.stack(corners), score)


def _axis(points: NDArray[Any]) -> NDArray[Any]:
    """Unit vector along the writing; level or upright unless the region clearly leans."""
    values, vectors = np.linalg.eigh(np.cov(points.T))
    lean = vectors[:, 1] if vectors[0, 1] >= 0 else -vectors[:, 1]
    slim = values[1] > 4 * max(float(values[0]), 1e-9)
    if slim and min(abs(lean)) > 0.12:
        return lean
    return np.array([0.0, 1.0]) if slim and abs(lean[1]) > abs(lean[0]) else np.array([1.0, 0.0])


def components(mask: NDArray[Any]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """The 8-connected regions of a boolean (height, width) mask, each as (rows, columns)."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    rows, starts = np.nonzero(np.diff(padded, axis=1) == 1)
    stops = np.nonzero(np.diff(padded, axis=1) == -1)[1]
    parent = _joined(rows, starts, stops)
    members: dict[int, list[int]] = {}
    for run in range(len(rows)):
        members.setdefault(_root(parent, run), []).append(run)
    return [_pixels(rows[runs], starts[runs], stops[runs]) for runs in members.values()]


def _joined(rows: NDArray[Any], starts: NDArray[Any], stops: NDArray[Any]) -> list[int]:
    """Union-find over runs: a run joins those of the row above that it touches, diagonals included."""
    parent = list(range(len(rows)))
    first = np.searchsorted(rows, rows - 1)
    for run, row in enumerate(rows):
        above = int(first[run])
        while above < len(rows) and rows[above] == row - 1 and starts[above] <= stops[run]:
            if stops[above] >= starts[run]:
                parent[_root(parent, above)] = _root(parent, run)
            above += 1
    return parent


def _root(parent: list[int], run: int) -> int:
    while parent[run] != run:
        parent[run] = parent[parent[run]]
        run = parent[run]
    return run


def _pixels(rows: NDArray[Any], starts: NDArray[Any], stops: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    lengths = stops - starts
    ys = np.repeat(rows, lengths)
    xs = np.concatenate([np.arange(start, stop) for start, stop in zip(starts, stops, strict=True)])
    return ys, xs
