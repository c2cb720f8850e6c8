"""Any picture to any larger size: learned passes past the target, then one exact resampling."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations_with_replacement

from imaging.pixels.arrays import Pixels
from imaging.pixels.resample import Crop, centred_crop, resample_rows
from imaging.pixels.rows import Rows, RowWindow, gather, rows_of
from models.upscaling.learned import Learned
from models.upscaling.tiles import enlarged_rows

SLACK = 1.125
"""Past the learned passes, Lanczos may enlarge by this much: less than another pass costs, and not seen."""
MOST_PASSES = 6


def passes(ratio: float, scales: tuple[int, ...]) -> tuple[int, ...]:
    """The scales that reach `ratio` with the least surplus in the fewest passes, smallest first.

    The last pass sees the most pixels, and the largest scale costs the least per finished pixel: it comes last.
    """
    choices = [c for n in range(MOST_PASSES + 1) for c in combinations_with_replacement(sorted(scales), n)]
    enough = [choice for choice in choices if math.prod(choice) * SLACK >= ratio]
    return min(enough or [choices[-1]], key=lambda choice: (math.prod(choice), len(choice)))


def enlarged(pixels: Pixels, learned: Learned, width: int, height: int) -> Pixels:
    """(h, w, 1 to 4) float32 in [0, 1] → (height, width, same channels), cropped in the middle to the aspect."""
    return gather(stream(rows_of(pixels), learned, width, height))


def stream(rows: Rows, learned: Learned, width: int, height: int) -> Rows:
    """The same for a stream of rows, in memory that does not grow with the picture's height."""
    crop = centred_crop(rows.width, rows.height, width, height)
    made, crop = _cut(rows, crop, 2 * learned.margin)
    for scale in passes(width / (crop.right - crop.left), learned.scales):
        made, crop = enlarged_rows(made, learned, scale), crop.scaled(scale)
    return resample_rows(made, crop, width, height)


def _cut(rows: Rows, crop: Crop, margin: int) -> tuple[Rows, Crop]:
    """Without the rows and columns that no pixel of the crop depends on."""
    left, top = max(0, math.floor(crop.left) - margin), max(0, math.floor(crop.top) - margin)
    right = min(rows.width, math.ceil(crop.right) + margin)
    bottom = min(rows.height, math.ceil(crop.bottom) + margin)
    if (left, top, right, bottom) == (0, 0, rows.width, rows.height):
        return rows, crop
    moved = Crop(crop.left - left, crop.top - top, crop.right - left, crop.bottom - top)
    return Rows(right - left, bottom - top, rows.channels, _some(rows, left, top, right, bottom)), moved


def _some(rows: Rows, left: int, top: int, right: int, bottom: int) -> Iterator[Pixels]:
    window = RowWindow(rows)
    for first in range(top, bottom, 256):
        yield window.span(first, min(first + 256, bottom))[:, left:right]
