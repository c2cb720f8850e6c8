"""Lanczos over streams of float rows: the last step to an exact size and crop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PIL import Image

from foundry.metering.payers import carried
from foundry.metering.steps import step
from imaging.pixels.arrays import Pixels
from imaging.pixels.rows import Rows, RowWindow
from imaging.pixels.threads import cores

LOBES = 3
STRIP_ROWS = 256


@dataclass(frozen=True)
class Crop:
    """A part of a picture, in its pixels; edges may lie between pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def scale(self, by: float) -> Crop:
        """Return the same part of the picture enlarged `by` times."""
        return Crop(self.left * by, self.top * by, self.right * by, self.bottom * by)


def centred_crop(width: int, height: int, to_width: int, to_height: int) -> Crop:
    """Return the largest crop of the target's aspect, in the middle of a picture of `width` x `height`."""
    ratio = min(width / to_width, height / to_height)
    w, h = to_width * ratio, to_height * ratio
    return Crop((width - w) / 2, (height - h) / 2, (width + w) / 2, (height + h) / 2)


def resample_rows(rows: Rows, crop: Crop, width: int, height: int) -> Rows:
    """Return the crop of a stream at an exact size, by Lanczos; the stream itself where nothing changes."""
    if crop == Crop(0, 0, width, height) and (rows.width, rows.height) == (width, height):
        return rows
    return Rows(width, height, rows.channels, _strips(rows, crop, width, height))


def _strips(rows: Rows, crop: Crop, width: int, height: int) -> Iterator[Pixels]:
    window = RowWindow(rows)
    step = (crop.bottom - crop.top) / height
    reach = LOBES * max(step, 1.0) + 1
    with ThreadPoolExecutor(min(cores(), rows.channels), "plane") as pool:
        for top in range(0, height, STRIP_ROWS):
            bottom = min(top + STRIP_ROWS, height)
            upper, lower = crop.top + top * step, crop.top + bottom * step
            first, last = max(0, math.floor(upper - reach)), min(rows.height, math.ceil(lower + reach))
            band = window.span(first, last)
            box = (crop.left, max(0.0, upper - first), crop.right, min(float(last - first), lower - first))
            yield _planes(band, box, width, bottom - top, pool)


def _planes(
    band: Pixels, box: tuple[float, float, float, float], width: int, height: int, pool: ThreadPoolExecutor
) -> Pixels:
    made = np.empty((height, width, band.shape[2]), np.float32)

    def one(channel: int) -> None:
        with step("upscale"):
            plane = Image.fromarray(np.ascontiguousarray(band[..., channel]))
            made[..., channel] = np.asarray(plane.resize((width, height), Image.Resampling.LANCZOS, box=box)).clip(0, 1)

    resample = carried(one)
    for done in [pool.submit(resample, channel) for channel in range(band.shape[2])]:
        done.result()
    return made
