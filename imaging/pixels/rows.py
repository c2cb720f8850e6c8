"""Pictures as streams of rows, so that no large picture is ever whole in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from imaging.pixels.arrays import Pixels


@dataclass(frozen=True)
class Rows:
    """A picture from top to bottom: strips of any height, (rows, width, channels) float32 in [0, 1].

    Channels: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha; encoded as the file is, alpha straight.
    """

    width: int
    height: int
    channels: int
    strips: Iterator[Pixels]


def rows_of(pixels: Pixels) -> Rows:
    """A picture that is in memory, as one strip."""
    height, width, channels = pixels.shape
    return Rows(width, height, channels, iter([pixels]))


def gather(rows: Rows) -> Pixels:
    """The whole picture."""
    whole = np.empty((rows.height, rows.width, rows.channels), np.float32)
    top = 0
    for strip in rows.strips:
        whole[top : top + len(strip)] = strip
        top += len(strip)
    return whole


class RowWindow:
    """Spans of a stream's rows, asked for from top to bottom; rows above the last span are forgotten."""

    def __init__(self, rows: Rows):
        self._strips = rows.strips
        self._held: Pixels = np.empty((0, rows.width, rows.channels), np.float32)
        self._top = 0

    def span(self, first: int, last: int) -> Pixels:
        """Rows first to last (exclusive)."""
        self._held, self._top = self._held[first - self._top :], first
        missing = last - first - len(self._held)
        if missing > 0:
            self._held = np.concatenate([self._held, *self._pulled(missing)])
        return self._held[: last - first]

    def _pulled(self, count: int) -> Iterable[Pixels]:
        while count > 0:
            strip = next(self._strips)
            count -= len(strip)
            yield strip
