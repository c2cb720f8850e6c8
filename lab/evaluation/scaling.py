"""Pictures brought to the sizes that the measures are defined at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.colour import BT709

Picture = NDArray[np.uint8]
"""(height, width, 3), uint8, sRGB encoded: what is stored and measured."""


def as_picture(pixels: NDArray[Any]) -> Picture:
    """8-bit picture of float pixels in [0, 1]; values outside are clipped."""
    return np.asarray(np.rint(np.clip(pixels, 0, 1) * 255), np.uint8)


def with_short_edge(picture: Picture, edge_px: int) -> Picture:
    """The picture with its short edge at `edge_px`: averaged over areas when smaller, bicubic when larger."""
    height, width = picture.shape[:2]
    share = edge_px / min(height, width)
    size = max(edge_px, round(width * share)), max(edge_px, round(height * share))
    way = Image.Resampling.BOX if share < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(picture).resize(size, way))


def in_box(picture: Picture, width_px: int, height_px: int) -> Picture:
    """The picture averaged to exactly this many pixels, whatever its aspect."""
    return np.asarray(Image.fromarray(picture).resize((width_px, height_px), Image.Resampling.BOX))


def luma(picture: Picture) -> NDArray[np.float32]:
    """(height, width) float32 in [0, 1]: Rec. 709 weights on the encoded values."""
    return np.asarray(picture.astype(np.float32) / 255 @ BT709, np.float32)
