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
    """Return a picture that is in memory, (height, width, channels), as a stream of one strip."""
    height, width, channels = pixels.shape
    return Rows(width, height, channels, iter([pixels]))


def gather(rows: Rows) -> Pixels:
    """Return the whole picture of a stream, (height, width, channels) float32."""
    whole = np.empty((rows.height, rows.width, rows.channels), np.float32)
    top = 0
    for strip in rows.strips:
        whole[top : top + len(strip)] = strip
        top += len(strip)
    return whole


class RowWindow:
    """A window that moves down a stream's rows; rows above the last span are forgotten."""

    def __init__(self, rows: Rows) -> None:
        self._strips = rows.strips
        self._held: Pixels = np.empty((0, rows.width, rows.channels), np.float32)
        self._top = 0

    def span(self, first: int, last: int) -> Pixels:
        """Return the rows from `first` to before `last`; no span may begin above the one before."""
        missing = last - self._top - len(self._held)
        if missing > 0:
            self._held = np.concatenate([self._held, *self._pull(missing)])
        self._held, self._top = self._held[first - self._top :], first
        return self._held[: last - first]

    def _pull(self, count: int) -> Iterable[Pixels]:
        while count > 0:
            strip = next(self._strips)
            count -= len(strip)
            yield strip
