"""Contrast ratios of WCAG 2.2, of colours and of the part of a picture behind a box."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from PIL import Image

from foundry.colour import BT709, lab_of_hex, lab_of_srgb, linear_of_srgb, srgb_of_hex
from imaging.pixels.geometry import PixelBox

READABLE, READABLE_LARGE = 4.5, 3.0
"""Least contrast ratio of type, and of large type (WCAG 2.2, success criterion 1.4.3)."""
LARGE_PX = 24
"""Type of this size or more is large."""


def least_contrast(size_px: int) -> float:
    """Return the contrast ratio that type of this size needs."""
    return READABLE_LARGE if size_px >= LARGE_PX else READABLE


@lru_cache(maxsize=256)
def luminance(colour: str) -> float:
    """Return the relative luminance of "#RRGGBB", 0 to 1."""
    return float(linear_of_srgb(srgb_of_hex(colour)) @ BT709)


def contrast(first: float, second: float) -> float:
    """Return the contrast ratio of two relative luminances, 1 to 21."""
    high, low = max(first, second), min(first, second)
    return (high + 0.05) / (low + 0.05)


def luminance_range(image: Image.Image, box: PixelBox) -> tuple[float, float]:
    """Return the 4th and the 96th percentile of relative luminance in a box of an RGB picture."""
    small = image.resize((24, 24), Image.Resampling.BOX, box=_within(image, box))
    light = linear_of_srgb(np.asarray(small, dtype=np.float32) / 255) @ BT709
    return float(np.percentile(light, 4)), float(np.percentile(light, 96))


def luminance_range_of_all(images: Iterable[Image.Image], box: PixelBox) -> tuple[float, float]:
    """Return the lowest and the highest end of `luminance_range` over several RGB pictures."""
    found = [luminance_range(image, box) for image in images]
    return min(low for low, _ in found), max(high for _, high in found)


def mean_luminance(image: Image.Image, box: PixelBox) -> float:
    """Return the mean relative luminance in a box of an RGB picture."""
    small = image.resize((8, 8), Image.Resampling.BOX, box=_within(image, box))
    return float((linear_of_srgb(np.asarray(small, dtype=np.float32) / 255) @ BT709).mean())


def colour_distance(colour: str, image: Image.Image, box: PixelBox) -> float:
    """Return the distance in CIE L*a*b* (1976) between "#RRGGBB" and the mean colour of a box of an RGB picture."""
    small = image.resize((1, 1), Image.Resampling.BOX, box=_within(image, box))
    behind = lab_of_srgb(np.asarray(small, dtype=np.float32).reshape(3) / 255)
    return float(np.linalg.norm(lab_of_hex(colour) - behind))


def lowest_contrast(colour: str, ground: tuple[float, float]) -> float:
    """Return the contrast of "#RRGGBB" with the worse of two relative luminances."""
    own = luminance(colour)
    return min(contrast(own, ground[0]), contrast(own, ground[1]))


def middle_luminance(ground: tuple[float, float]) -> float:
    """Return the geometric mean of two relative luminances."""
    return float(np.sqrt(max(ground[0], 1e-4) * max(ground[1], 1e-4)))


def _within(image: Image.Image, box: PixelBox) -> tuple[int, int, int, int]:
    """Return the box cut to the picture, at least one pixel across and down."""
    left, top = min(max(box.left, 0), image.width - 1), min(max(box.top, 0), image.height - 1)
    return (left, top, max(min(box.right, image.width), left + 1), max(min(box.bottom, image.height), top + 1))
