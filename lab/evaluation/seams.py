"""Measurement of seams in a stream of rows, without holding the picture in memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from imaging.pixels.arrays import Pixels
from imaging.pixels.rows import Rows
from lab.evaluation.marks import EvidenceModel

AROUND = 16
"""Steps on each side of a border that it is compared with."""


class SeamFigures(EvidenceModel):
    """The largest step at a border of tiles over the largest step around it, and the same half a tile away."""

    at_borders: float
    elsewhere: float


class SeamMeter:
    """A meter of the mean step from each row to the next and from each column to the next, over the whole picture."""

    def __init__(self) -> None:
        self.rows: list[float] = []
        self.columns = np.zeros(0)

    def watch(self, rows: Rows) -> Rows:
        """Return the same rows as a stream; they are measured as they are read from it."""
        self.columns = np.zeros(rows.width - 1)
        return Rows(rows.width, rows.height, rows.channels, self._measure(rows))

    def _measure(self, rows: Rows) -> Iterator[Pixels]:
        last: Pixels | None = None
        for strip in rows.strips:
            if last is not None:
                self.rows.append(float(np.abs(strip[0] - last).mean()))
            for top in range(0, len(strip), 64):
                part = strip[top : top + 65]
                self.rows += np.abs(np.diff(part, axis=0)).mean(axis=(1, 2)).tolist()
                self.columns += np.abs(np.diff(part[:64], axis=1)).mean(axis=2).sum(axis=0)
            last = strip[-1].copy()
            yield strip

    def worst(self, tile_rows: int, tile_columns: int) -> float:
        """Return the largest step across a border of tiles, over the largest of the 32 steps around it.

        Above 1 the border would stand out; `elsewhere` says how large this measure is without a border.
        """
        return max(_largest(np.array(self.rows), tile_rows), _largest(self.columns, tile_columns))

    def elsewhere(self, tile_rows: int, tile_columns: int) -> float:
        """Return the same measure half a tile away from every border."""
        half = _largest(np.array(self.rows)[tile_rows // 2 :], tile_rows)
        return max(half, _largest(self.columns[tile_columns // 2 :], tile_columns))


def _largest(steps: NDArray[np.float64], every: int) -> float:
    ratios = [0.0]
    for border in range(every - 1, len(steps) - AROUND, every):
        around = np.concatenate([steps[border - AROUND : border], steps[border + 1 : border + AROUND + 1]])
        ratios.append(float(steps[border] / max(around.max(), 1e-9)))
    return max(ratios)
