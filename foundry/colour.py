"""Conversions between sRGB, linear light and CIE L*a*b* (D65): IEC 61966-2-1, CIE 15, ITU-R BT.709.

Arrays hold channels along their last axis. Results of arithmetic keep the precision that each function states: stored
files and evidence depend on the last bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""Arrays of float32 or float64."""

_XYZ_OF_RGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)
"""CIE XYZ of linear sRGB, D65 (Lindbloom's seven digits)."""
_WHITE = np.array([0.95047, 1.0, 1.08883])
_XYZ_OF_RGB_32, _WHITE_32 = _XYZ_OF_RGB.astype(np.float32), _WHITE.astype(np.float32)
_DELTA = 6 / 29
BT709_64 = np.array([0.2126, 0.7152, 0.0722])
"""BT.709's weights of red, green and blue. Weighted sums that are rounded to whole levels need these: in single
precision, halves round the other way."""
BT709 = BT709_64.astype(np.float32)
"""The same weights in single precision: of linear light they make luminance, of encoded values luma."""


def srgb_of_hex(colour: str) -> Floats:
    """Return "#RRGGBB" as (3,) float32 in [0, 1], sRGB encoded."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / 255


def linear_of_srgb(encoded: Floats) -> Floats:
    """Return linear light, float32, of sRGB values in [0, 1]."""
    low = encoded / 12.92
    high = ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(encoded <= 0.04045, low, high), dtype=np.float32)


def linear_of_hex(colour: str) -> Floats:
    """Return "#RRGGBB" as (3,) linear light, float32."""
    return np.asarray(linear_of_srgb(srgb_of_hex(colour)), np.float32)


def srgb_of_linear(light: Floats) -> Floats:
    """Return sRGB values of linear light, in the precision of `light`. Negative light stays on the curve's line."""
    high = 1.055 * np.power(np.maximum(light, 0), 1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, 12.92 * light, high)


def lab_of_srgb(encoded: Floats) -> Floats:
    """Return (..., 3) CIE L*a*b*, float32, of sRGB values in [0, 1]."""
    xyz = linear_of_srgb(encoded) @ _XYZ_OF_RGB_32.T / _WHITE_32
    root = np.where(xyz > _DELTA**3, np.cbrt(xyz), xyz / (3 * _DELTA**2) + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def srgb_of_lab(lab: Floats) -> Floats:
    """Return one CIE L*a*b* colour, (3,), as sRGB in double precision; beyond [0, 1] outside of sRGB's gamut."""
    y = (lab[0] + 16) / 116
    root = np.array([y + lab[1] / 500, y, y - lab[2] / 200])
    xyz = np.where(root > _DELTA, root**3, 3 * _DELTA**2 * (root - 4 / 29)) * _WHITE
    return srgb_of_linear(np.linalg.inv(_XYZ_OF_RGB) @ xyz)


def lab_of_hex(colour: str) -> Floats:
    """Return (3,) CIE L*a*b*, float32, of "#RRGGBB"."""
    return lab_of_srgb(srgb_of_hex(colour))
