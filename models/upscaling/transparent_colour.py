"""Colour for invisible pixels, taken from their visible neighbours, so that enlarging draws no fringe into edges."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from imaging.pixels.arrays import Pixels
from imaging.pixels.rows import Rows, RowWindow

STRIP_ROWS = 256


def fill_transparent_colour(rows: Rows, reach: int) -> Rows:
    """Return the picture with its visible colours spread `reach` pixels into what is invisible.

    Alpha and every visible colour stay as they are; a picture without alpha is returned unchanged.
    """
    if rows.channels not in (2, 4):
        return rows
    return Rows(rows.width, rows.height, rows.channels, _strips(rows, reach))


def _strips(rows: Rows, reach: int) -> Iterator[Pixels]:
    window = RowWindow(rows)
    for top in range(0, rows.height, STRIP_ROWS):
        bottom = min(top + STRIP_ROWS, rows.height)
        first = max(0, top - reach)
        band = window.span(first, min(rows.height, bottom + reach))
        inner = slice(top - first, bottom - first)
        if band[inner, :, -1].all():
            yield band[inner]
        else:
            yield _spread(band, reach)[inner]


def _spread(band: Pixels, reach: int) -> Pixels:
    """Give every invisible pixel the mean colour, weighted by alpha, of the square around it."""
    alpha = band[..., -1:]
    around = _box_sums(np.concatenate([band[..., :-1] * alpha, alpha], axis=2), reach)
    visible = around[..., -1:] > 1e-3
    colour = np.divide(around[..., :-1], around[..., -1:], out=np.array(band[..., :-1]), where=visible)
    filled = np.array(band)
    filled[..., :-1] = np.where(alpha == 0, np.clip(colour, 0, 1), band[..., :-1])
    return filled


def _box_sums(planes: Pixels, reach: int) -> NDArray[np.float64]:
    """Return float64 sums over squares of 2 * reach + 1 pixels, cut at the edges."""
    total = planes.astype(np.float64)
    for axis in (0, 1):
        length = total.shape[axis]
        running = np.concatenate([np.zeros_like(total.take([0], axis)), np.cumsum(total, axis)], axis)
        last = np.minimum(np.arange(length) + reach + 1, length)
        first = np.maximum(np.arange(length) - reach, 0)
        total = running.take(last, axis) - running.take(first, axis)
    return total
