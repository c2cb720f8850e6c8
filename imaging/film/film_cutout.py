"""A product's own pixels in the frames of a film in a set: at places between pixels, so that nothing jumps."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from foundry.colour import linear_of_srgb, srgb_of_linear
from imaging.pixels.arrays import Pixels

FINER = 1.15
"""Pixels of the cutout that is kept for one of the frame."""
SHARP_PX = 0.7
"""A lens's spot of this diameter, in pixels, blurs nothing that can be seen."""
Edges = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of a frame."""


def film_cutout(data: bytes, wide_px: float) -> Pixels:
    """Return a cutout for frames in which it is about `wide_px` wide: (h, w, 4) linear light times alpha, and alpha."""
    import cv2

    with Image.open(io.BytesIO(data), formats=("PNG",)) as stored:
        picture = np.asarray(stored.convert("RGBA"), np.float32) / np.float32(255)
    alpha = picture[..., 3:]
    whole = np.concatenate([np.asarray(linear_of_srgb(picture[..., :3]), np.float32) * alpha, alpha], -1)
    share = min(1.0, FINER * wide_px / picture.shape[1])
    size = (max(2, round(picture.shape[1] * share)), max(2, round(picture.shape[0] * share)))
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.float32) if share < 1 else whole


def lay_on_frame(frame: Pixels, cutout: Pixels, edges: Edges, blur_px: float = 0.0) -> Pixels:
    """Return a frame, (height, width, 3) float32 sRGB in [0, 1], with a cutout of `film_cutout` over a rectangle.

    `blur_px` is the diameter of the spot that the lens makes of its points.
    """
    import cv2

    left, top, right, bottom = edges
    across, down = (right - left) / cutout.shape[1], (bottom - top) / cutout.shape[0]
    place = np.array([[across, 0, left + across / 2 - 0.5], [0, down, top + down / 2 - 0.5]])
    size = (frame.shape[1], frame.shape[0])
    laid = cv2.warpAffine(cutout, place, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT)
    if blur_px > SHARP_PX:
        laid = cv2.filter2D(laid, -1, _spot(blur_px), borderType=cv2.BORDER_REPLICATE)
    alpha = np.clip(laid[..., 3:], 0, 1)
    ground = np.asarray(linear_of_srgb(frame), np.float32)
    light = ground * (1 - alpha) + np.clip(laid[..., :3], 0, alpha)
    return np.asarray(srgb_of_linear(light), np.float32)


def _spot(diameter: float) -> Pixels:
    """Return the kernel of a round spot, with a soft edge of a pixel."""
    reach = int(np.ceil(diameter / 2 + 0.5))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    spot = np.clip(diameter / 2 + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(spot / spot.sum(), np.float32)
