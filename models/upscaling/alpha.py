"""Gives invisible pixels the colour of their visible neighbours, so that enlarging draws no fringe into edges."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from imaging.pixels.arrays import Pixels
from imaging.pixels.rows import Rows, RowWindow

STRIP_ROWS = 256


def without_fringe(rows: Rows, reach: int) -> Rows:
    """The same picture: alpha and every visible colour as they were, invisible colours spread out `reach` pixels."""
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
    alpha = band[..., -1:]
    around = _boxed(np.concatenate([band[..., :-1] * alpha, alpha], axis=2), reach)
    seen = around[..., -1:] > 1e-3
    colour = np.divide(around[..., :-1], around[..., -1:], out=np.array(band[..., :-1]), where=seen)
    made = np.array(band)
    made[..., :-1] = np.where(alpha == 0, np.clip(colour, 0, 1), band[..., :-1])
    return made


def _boxed(planes: Pixels, reach: int) -> Pixels:
    """Sums over squares of 2 * reach + 1, cut at the edges."""
    total = planes.astype(np.float64)
    for axis in (0, 1):
        length = total.shape[axis]
        running = np.concatenate([np.zeros_like(total.take([0], axis)), np.cumsum(total, axis)], axis)
        last = np.minimum(np.arange(length) + reach + 1, length)
        first = np.maximum(np.arange(length) - reach, 0)
        total = running.take(last, axis) - running.take(first, axis)
    return total
