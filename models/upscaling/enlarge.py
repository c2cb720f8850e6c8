"""Enlargement of any picture to any larger size: learned passes past the target, then one exact resampling."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations_with_replacement

from imaging.pixels.arrays import Pixels
from imaging.pixels.resample import Crop, centred_crop, resample_rows
from imaging.pixels.rows import Rows, RowWindow, gather, rows_of
from models.upscaling.learned_upscaler import LearnedUpscaler
from models.upscaling.tiles import enlarge_in_tiles

SLACK = 1.125
"""Past the learned passes, Lanczos may enlarge by this much: less than another pass costs, and not visible."""
MOST_PASSES = 6


def choose_passes(ratio: float, scales: tuple[int, ...]) -> tuple[int, ...]:
    """Return the scales that reach `ratio` with the least surplus in the fewest passes, smallest first.

    The last pass has the most pixels to enlarge, and the largest scale costs the least per finished pixel.
    """
    choices = [c for n in range(MOST_PASSES + 1) for c in combinations_with_replacement(sorted(scales), n)]
    enough = [choice for choice in choices if math.prod(choice) * SLACK >= ratio]
    return min(enough or [choices[-1]], key=lambda choice: (math.prod(choice), len(choice)))


def enlarge(pixels: Pixels, upscaler: LearnedUpscaler, width: int, height: int) -> Pixels:
    """Return (height, width, channels) of (h, w, 1 to 4) float32 in [0, 1], cropped in the middle to the aspect."""
    return gather(enlarge_rows(rows_of(pixels), upscaler, width, height))


def enlarge_rows(rows: Rows, upscaler: LearnedUpscaler, width: int, height: int) -> Rows:
    """Enlarge a stream of rows as `enlarge` does, in memory that does not grow with the picture's height."""
    crop = centred_crop(rows.width, rows.height, width, height)
    larger, crop = _crop_source(rows, crop, 2 * upscaler.margin)
    for scale in choose_passes(width / (crop.right - crop.left), upscaler.scales):
        larger, crop = enlarge_in_tiles(larger, upscaler, scale), crop.scale(scale)
    return resample_rows(larger, crop, width, height)


def _crop_source(rows: Rows, crop: Crop, margin: int) -> tuple[Rows, Crop]:
    """Leave out the rows and columns that no pixel of the crop depends on; return the crop in what is left."""
    left, top = max(0, math.floor(crop.left) - margin), max(0, math.floor(crop.top) - margin)
    right = min(rows.width, math.ceil(crop.right) + margin)
    bottom = min(rows.height, math.ceil(crop.bottom) + margin)
    if (left, top, right, bottom) == (0, 0, rows.width, rows.height):
        return rows, crop
    moved = Crop(crop.left - left, crop.top - top, crop.right - left, crop.bottom - top)
    return Rows(right - left, bottom - top, rows.channels, _part(rows, left, top, right, bottom)), moved


def _part(rows: Rows, left: int, top: int, right: int, bottom: int) -> Iterator[Pixels]:
    window = RowWindow(rows)
    for first in range(top, bottom, 256):
        yield window.span(first, min(first + 256, bottom))[:, left:right]
