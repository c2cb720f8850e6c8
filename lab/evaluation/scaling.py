"""Resizing of pictures to the sizes at which the measures are defined."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.colour import BT709

Picture = NDArray[np.uint8]
"""A picture as it is stored and measured: (height, width, 3), uint8, sRGB encoded."""


def as_picture(pixels: NDArray[Any]) -> Picture:
    """Return float pixels in [0, 1] as an 8-bit picture; values outside are clipped."""
    return np.asarray(np.rint(np.clip(pixels, 0, 1) * 255), np.uint8)


def with_short_edge(picture: Picture, edge_px: int) -> Picture:
    """Return the picture with its short edge at `edge_px`: averaged over areas if smaller, bicubic if larger."""
    height, width = picture.shape[:2]
    share = edge_px / min(height, width)
    size = max(edge_px, round(width * share)), max(edge_px, round(height * share))
    way = Image.Resampling.BOX if share < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(picture).resize(size, way))


def in_box(picture: Picture, width_px: int, height_px: int) -> Picture:
    """Return the picture averaged to exactly this size; its aspect is not kept."""
    return np.asarray(Image.fromarray(picture).resize((width_px, height_px), Image.Resampling.BOX))


def luma(picture: Picture) -> NDArray[np.float32]:
    """Return (height, width) float32 luma in [0, 1]: the weights of Rec. 709 on the encoded values."""
    return np.asarray(picture.astype(np.float32) / 255 @ BT709, np.float32)
