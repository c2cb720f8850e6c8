"""The side from which a picture is lit, by its brightness alone, without a network.

The picture is averaged to 32 × 32 linear luminance. In each row the slope of luminance over x (least squares, x from
-1 to 1) is divided by the mean of the row. The median over the rows is the asymmetry; it is positive if the right side
is brighter. Beyond ±`SIDE` the light comes from that side; between, it comes from above or from the front.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from foundry.colour import BT709, linear_of_srgb
from lab.evaluation.scaling import Picture, in_box

Side = Literal["left", "right", "top"]
CELLS = 32
SIDE = 0.08


def asymmetry(picture: Picture) -> float:
    """Return the relative slope of brightness from left to right; 0 for an evenly or symmetrically lit picture."""
    light = linear_of_srgb(in_box(picture, CELLS, CELLS).astype(np.float32) / 255)
    brightness = light @ BT709
    x = np.linspace(-1, 1, CELLS, dtype=np.float32)
    slopes = brightness @ x / (x @ x)
    return float(np.median(slopes / np.maximum(brightness.mean(axis=1), 1e-4)))


def light_side(picture: Picture) -> Side:
    """Return the side from which the light comes; "top" also stands for light from the front."""
    slope = asymmetry(picture)
    if abs(slope) < SIDE:
        return "top"
    return "right" if slope > 0 else "left"
