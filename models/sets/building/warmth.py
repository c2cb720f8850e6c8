"""The colour of a lamp by its correlated colour temperature, beside daylight studio lamps of 5,600 K."""

from __future__ import annotations

import math

import numpy as np

from foundry.colour import BT709, Floats, linear_of_srgb

NEUTRAL_K = 5_600.0
"""A lamp of this temperature is white: the camera is balanced for it."""


def lamp_colour(temperature_k: float) -> Floats:
    """Return the linear colour (3,) of a lamp, of luminance 1."""
    colour = _black_body(temperature_k) / _black_body(NEUTRAL_K)
    return np.asarray(colour / float(colour @ BT709), np.float32)


def _black_body(temperature_k: float) -> Floats:
    """Return the linear colour of a black body, 1,000 to 20,000 K, by Helland's fit of the CIE's table."""
    at = min(max(temperature_k, 1_000.0), 20_000.0) / 100
    if at <= 66:
        red, green = 255.0, 99.4708 * math.log(at) - 161.1196
    else:
        red, green = 329.6987 * (at - 60) ** -0.13320, 288.1222 * (at - 60) ** -0.07551
    blue = 255.0 if at >= 66 else 138.5177 * math.log(max(at - 10, 1.0)) - 305.0448
    return linear_of_srgb(np.clip(np.array([red, green, blue], np.float32), 1, 255) / 255)
