"""sRGB, linear light and CIE Lab (D65), as IEC 61966-2-1 and CIE 15 define them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
"""Floating-point arrays, float32 as a rule."""

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]],
    dtype=np.float32,
)
_WHITE = np.array([0.95047, 1.0, 1.08883], dtype=np.float32)
BT709 = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""BT.709's weights of red, green and blue: of linear light they make luminance, of encoded values luma."""


def srgb_of_hex(colour: str) -> Floats:
    """(3,) float32 in [0, 1], sRGB encoded, from "#RRGGBB"."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / 255


def linear_of_srgb(encoded: Floats) -> Floats:
    """Linear light from sRGB values in [0, 1]."""
    low = encoded / 12.92
    high = ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(encoded <= 0.04045, low, high), dtype=np.float32)


def lab_of_srgb(encoded: Floats) -> Floats:
    """(..., 3) CIE L*a*b* from sRGB values in [0, 1]."""
    xyz = linear_of_srgb(encoded) @ _TO_XYZ.T / _WHITE
    delta = 6 / 29
    root = np.where(xyz > delta**3, np.cbrt(xyz), xyz / (3 * delta**2) + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def lab_of_hex(colour: str) -> Floats:
    """(3,) CIE L*a*b* of "#RRGGBB"."""
    return lab_of_srgb(srgb_of_hex(colour))
