"""Conversion of sRGB pixels to the inks C, M, Y and K by an ICC profile, within the press's limit of ink."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.still.encoding.sheet import profile

Levels = NDArray[np.uint8]
PRESS = "offset-coated-fogra39"
MOST_INK = 300
"""Largest sum of the four inks in per cent; more does not dry on coated paper in sheet-fed offset."""


@lru_cache(maxsize=1)
def _transform() -> Any:
    """Return the transform: relative colorimetric with black point compensation (Adobe's, as LittleCMS does it)."""
    from PIL import ImageCms

    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(BytesIO(profile("sRGB"))),
        ImageCms.ImageCmsProfile(BytesIO(profile(PRESS))),
        "RGB",
        "CMYK",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def inks(pixels: Levels) -> Levels:
    """Return (height, width, 4) uint8 inks of (height, width, 3) sRGB; 255 is full ink, none sums to over MOST_INK."""
    from PIL import ImageCms

    made = ImageCms.applyTransform(Image.fromarray(pixels), _transform())
    return limit_ink(np.asarray(made))


def limit_ink(levels: Levels) -> Levels:
    """Return the inks with C, M and Y thinned in proportion where all four sum to over MOST_INK; K is kept."""
    total = levels.sum(axis=2, dtype=np.int32)
    allowed = MOST_INK * 255 // 100
    heavy = total > allowed
    if not heavy.any():
        return levels
    made = levels.copy()
    over = made[heavy].astype(np.float32)
    share = (allowed - over[:, 3]) / over[:, :3].sum(axis=1)
    over[:, :3] = np.floor(over[:, :3] * share[:, None])
    made[heavy] = over.astype(np.uint8)
    return made


def most_ink(levels: Levels) -> float:
    """Return the sum of the inks of the heaviest pixel, in per cent."""
    return float(levels.sum(axis=2, dtype=np.int32).max()) * 100 / 255
