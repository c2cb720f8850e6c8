"""Looks for seams in a stream of rows as it passes, without holding the picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.pixels.arrays import Pixels
from imaging.pixels.rows import Rows

AROUND = 16


class SeamMeter:
    """The mean step from each row to the next and from each column to the next, over the whole picture."""

    def __init__(self) -> None:
        self.rows: list[float] = []
        self.columns: NDArray[Any] = np.zeros(0)

    def watch(self, rows: Rows) -> Rows:
        """The same stream, measured on its way."""
        self.columns = np.zeros(rows.width - 1)
        return Rows(rows.width, rows.height, rows.channels, self._measured(rows))

    def _measured(self, rows: Rows) -> Iterator[Pixels]:
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
        """The largest step across a tile's border, as a share of the largest of the 32 steps around it.

        Above 1 a border would stand out; the same measure half a tile further on tells what the picture does itself.
        """
        return max(_worst(np.array(self.rows), tile_rows), _worst(self.columns, tile_columns))

    def elsewhere(self, tile_rows: int, tile_columns: int) -> float:
        """The same, half a tile away from every border."""
        half = _worst(np.array(self.rows)[tile_rows // 2 :], tile_rows)
        return max(half, _worst(self.columns[tile_columns // 2 :], tile_columns))


def _worst(steps: NDArray[Any], every: int) -> float:
    found = [0.0]
    for border in range(every - 1, len(steps) - AROUND, every):
        around = np.concatenate([steps[border - AROUND : border], steps[border + 1 : border + AROUND + 1]])
        found.append(float(steps[border] / max(around.max(), 1e-9)))
    return max(found)
