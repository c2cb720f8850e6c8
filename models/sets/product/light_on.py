"""The light that a set throws on a cutout, as a coarse gain of its colours."""

from __future__ import annotations

import numpy as np
from PIL import Image

from foundry.colour import BT709, linear_of_srgb
from models.sets.ask import Area
from models.sets.graph import Floats

LIGHT_CELLS = 20
"""Rows and columns of the gain."""
FLOOR = 0.02
"""Linear light that is added to both sides, so that black parts of a product say nothing."""
TINT = 0.5
"""The share of the light's colour that is kept."""


def light_on(pixels: Floats, picture: Floats, area: Area) -> Floats:
    """Return (rows, columns, 3): by how much a set's light would change a cutout, 1 for its median.

    `pixels`, (height, width, 3) sRGB, show its body in `area`; `picture` is its own, (h, w, 4) sRGB, straight alpha.
    """
    height, width = pixels.shape[:2]
    edges = (area.left * width, area.top * height, area.right * width, area.bottom * height)
    size = (LIGHT_CELLS, LIGHT_CELLS)
    cover = _reduced(picture[..., 3:], size)
    own = _reduced(np.asarray(linear_of_srgb(picture[..., :3]) * picture[..., 3:]), size) / np.maximum(cover, 1e-3)
    lit = _reduced(np.asarray(linear_of_srgb(pixels)), size, edges)
    sure = cover[..., 0] > 0.6
    if not sure.any():
        return np.ones((*sure.shape, 3), np.float32)
    gain = (lit + FLOOR) / (own + FLOOR)
    level = gain @ BT709
    tint = (gain / level[..., None]) ** TINT
    known = (tint * (level / np.median(level[sure]))[..., None]) * sure[..., None]
    return _spread(known.astype(np.float32), sure.astype(np.float32))


def _reduced(picture: Floats, size: tuple[int, int], edges: tuple[float, float, float, float] | None = None) -> Floats:
    bands = [
        Image.fromarray(np.ascontiguousarray(picture[..., at], np.float32)).resize(
            size, Image.Resampling.BOX if edges is None else Image.Resampling.BILINEAR, box=edges
        )
        for at in range(picture.shape[2])
    ]
    return np.stack([np.asarray(band) for band in bands], -1)


def _spread(known: Floats, sure: Floats) -> Floats:
    """Return a smooth gain everywhere, from where it is known."""
    import cv2

    near, weight = cv2.GaussianBlur(known, (0, 0), 1.6), cv2.GaussianBlur(sure, (0, 0), 1.6)[..., None]
    wide = known.sum(axis=(0, 1)) / sure.sum()
    return np.asarray((near + 1e-3 * wide) / (weight + 1e-3), np.float32)
