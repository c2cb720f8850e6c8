"""Conversion from sRGB to an encoder's samples: Y'CbCr of BT.709, of BT.2020 with PQ or HLG, or RGB.

Standard range: sRGB's code values are taken as BT.709's, as players do. HDR: sRGB is made linear, its primaries turned
into BT.2020's, and graphics white put at 203 cd/m² (ITU-R BT.2408), then PQ or HLG of BT.2100. All Y'CbCr is of limited
range and non-constant luminance. RGB is for animated pictures (GIF, WebP).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from foundry.colour import linear_of_srgb

Floats = NDArray[np.float32]
Levels = NDArray[Any]
Transfer = Literal["bt709", "pq", "hlg"]

WHITE_CD_M2, PQ_PEAK_CD_M2 = 203.0, 10_000.0
HLG_WHITE = 0.265
"""Scene light of graphics white on a 1,000 cd/m² display whose system gamma is 1.2: (203 / 1000) ** (1 / 1.2)."""
BT709_TO_BT2020 = np.array(
    [[0.627404, 0.329283, 0.043313], [0.069097, 0.919540, 0.011362], [0.016391, 0.088013, 0.895595]], np.float32
)
"""ITU-R BT.2087, equation 1."""
LUMA = {"bt709": (0.2126, 0.0722), "pq": (0.2627, 0.0593), "hlg": (0.2627, 0.0593)}
"""Weights of red and blue in luma."""


@dataclass(frozen=True)
class Signal:
    """An encoder's pixel format (FFmpeg's name) and its transfer function."""

    pixel_format: str
    transfer: Transfer = "bt709"

    @property
    def bits(self) -> int:
        """Bits of a sample."""
        return 10 if self.pixel_format.endswith("10le") else 8

    @property
    def dtype(self) -> type[np.uint8 | np.uint16]:
        """NumPy type of a sample."""
        return np.uint16 if self.bits > 8 else np.uint8

    @property
    def is_rgb(self) -> bool:
        """True if samples are red, green and blue."""
        return self.pixel_format == "rgb24"

    @property
    def chroma_halved(self) -> tuple[bool, bool]:
        """True for each direction, across and down, in which chroma has half the samples."""
        return ("420" in self.pixel_format or "422" in self.pixel_format, "420" in self.pixel_format)

    def from_srgb(self, rgb: Levels) -> Floats:
        """Return (h, w, 3) samples, not rounded, of sRGB pixels in uint8, uint16 or float32 in [0, 1]."""
        import cv2

        light = _unit_floats(rgb)
        if self.is_rgb:
            return light * np.float32(255)
        if self.transfer != "bt709":
            light = _high_dynamic_range(light, self.transfer)
        red, blue = LUMA[self.transfer]
        step = float(1 << (self.bits - 8))
        luma = np.array([red, 1 - red - blue, blue])
        rows = [
            np.append(219 * step * luma, 16 * step),
            np.append(224 * step * (np.array([0, 0, 1]) - luma) / (2 - 2 * blue), 128 * step),
            np.append(224 * step * (np.array([1, 0, 0]) - luma) / (2 - 2 * red), 128 * step),
        ]
        return np.asarray(cv2.transform(light, np.array(rows, np.float32)), np.float32)

    def planes(self, samples: Floats) -> tuple[Floats, Floats, Floats]:
        """Return samples as three planes, chroma reduced."""
        return (samples[..., 0].copy(), self.reduce_chroma(samples[..., 1]), self.reduce_chroma(samples[..., 2]))

    def reduce_chroma(self, plane: Floats) -> Floats:
        """Return one plane at chroma's size, sited left across and in the middle down, as in H.264 and later codecs."""
        import cv2

        across, down = self.chroma_halved
        if across:
            kernel = np.array([[0.25, 0.5, 0.25]], np.float32)
            smooth = np.asarray(cv2.filter2D(plane, -1, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)
            plane = smooth[:, ::2]
        if down:
            plane = (plane[0::2] + plane[1::2]) * np.float32(0.5)
        return np.ascontiguousarray(plane, np.float32)

    def round_samples(self, plane: Floats) -> Levels:
        """Return the nearest whole samples, clipped to the sample range."""
        top = (1 << self.bits) - 1
        return np.clip(np.rint(plane), 0, top).astype(self.dtype)


def _unit_floats(rgb: Levels) -> Floats:
    if rgb.dtype == np.uint8:
        return rgb.astype(np.float32) * np.float32(1 / 255)
    if rgb.dtype == np.uint16:
        return rgb.astype(np.float32) * np.float32(1 / 65535)
    return rgb.astype(np.float32, copy=False)


def _high_dynamic_range(rgb: Floats, transfer: str) -> Floats:
    import cv2

    wide = np.clip(cv2.transform(np.asarray(linear_of_srgb(rgb), np.float32), BT709_TO_BT2020), 0, 1)
    return pq(wide * np.float32(WHITE_CD_M2)) if transfer == "pq" else hlg(wide * np.float32(HLG_WHITE))


def pq(light: Floats) -> Floats:
    """Return the PQ signal of display light in cd/m² (SMPTE ST 2084, inverse EOTF)."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = np.power(np.maximum(light, 0) / np.float32(PQ_PEAK_CD_M2), np.float32(m1))
    return np.asarray(np.power((c1 + c2 * power) / (1 + c3 * power), m2), np.float32)


def hlg(light: Floats) -> Floats:
    """Return the HLG signal of scene light in [0, 1] (ITU-R BT.2100, OETF)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    low = np.sqrt(3 * np.clip(light, 0, 1 / 12))
    high = a * np.log(np.maximum(12 * light - b, 1e-6)) + c
    return np.asarray(np.where(light <= 1 / 12, low, high), np.float32)
