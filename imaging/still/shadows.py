"""Shadows of a cut-out product on level ground, from its outline: the share of light that the ground loses."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from imaging.pixels.arrays import Pixels

COARSE = 4
"""Shadows are soft, so they are made at a quarter of the size."""
SOLID, FOOT = 0.5, 0.14
"""Cover from which on a cell throws the line of a foot, and the share of a product's height that may be its foot."""


def contact(alpha: Pixels, at: tuple[int, int], size: tuple[int, int]) -> Pixels:
    """Return the light lost to the dark line under the foot and to the wider ambient shadow around it.

    `alpha` is the product's (height, width) cover, 0 to 1, `at` its left and top in a region of `size` (height, width).
    The result is float32 of `size`, 0 to 0.93.
    """
    mask, left, top = _small(alpha, at)
    foot = np.zeros_like(mask)
    strip = max(1, round(mask.shape[0] * 0.07))
    foot[-strip:] = mask[-strip:]
    width = mask.shape[1]
    canvas = _place(foot, left, top + max(1, round(0.015 * width)), size)
    tight = _soft(canvas, (0.012 * width, 0.008 * width))
    wide = _soft(canvas, (0.07 * width, 0.030 * width))
    broad = _soft(canvas, (0.20 * width, 0.085 * width))
    lost = 1 - (1 - 0.78 * tight) * (1 - 0.62 * wide) * (1 - 0.45 * broad)
    return _full(lost, size)


def foot_line(alpha: Pixels, at: tuple[int, int], size: tuple[int, int]) -> Pixels:
    """Return the light lost right at the foot, along the bow of its outline, for ground that has its wider shadow.

    Arguments and result are those of `contact`.
    """
    mask, left, top = _small(alpha, at)
    height, width = mask.shape
    solid = mask > SOLID
    lowest = np.where(solid.any(axis=0), height - 1 - np.argmax(solid[::-1], axis=0), -height)
    thick, rows = max(1, round(0.02 * height)), np.arange(height)[:, None]
    stands = lowest > lowest.max() - max(2, FOOT * height)
    foot = (solid & stands & (rows > lowest - thick)).astype(np.float32)
    canvas = _place(foot, left, top, size)
    reach = float(max(width * stands.mean(), 8.0))
    tight, wide = _soft(canvas, 0.012 * reach + 0.9), _soft(canvas, (0.035 * reach, 0.016 * reach))
    return _full(1 - (1 - 0.5 * tight) * (1 - 0.5 * wide), size)


def cast(alpha: Pixels, at: tuple[int, int], size: tuple[int, int], side: float) -> Pixels:
    """Return the light lost to the shadow that falls away from the light; softer and paler with distance.

    Arguments and result are those of `contact`. `side` is -1 for light from the left to 1 from the right; light from
    the front throws a short shadow.
    """
    mask, left, top = _small(alpha, at)
    height, width = mask.shape
    flat = 0.16 + 0.14 * abs(side)
    rows = max(2, round(height * flat))
    low = Image.fromarray(mask).resize((width, rows), Image.Resampling.BILINEAR)
    small = (size[1] // COARSE, size[0] // COARSE)
    foot = top + height - 0.02 * width
    lean = 1.55 * side
    skew = (1, -lean, -left + lean * foot, 0, 1, rows - foot)
    thrown = low.transform(small, Image.Transform.AFFINE, skew, Image.Resampling.BILINEAR)
    canvas = np.asarray(thrown, np.float32)
    away = np.clip((foot - np.arange(small[1], dtype=np.float32)[:, None]) / rows, 0, 1)
    near, far = _soft(canvas, 0.025 * width), _soft(canvas, (0.15 * width, 0.08 * width))
    lost = (0.62 * near * (1 - away) + 0.60 * far * away) * (1 - 0.70 * away)
    return _full(lost, size)


def blur(plane: Pixels, radius: float) -> Pixels:
    """Blur a plane or picture by about this many pixels, edges repeated, by way of a smaller copy."""
    height, width = plane.shape[:2]
    scale = max(1.0, radius)
    small = (max(2, round(width / scale)), max(2, round(height / scale)))
    bands = plane[..., None] if plane.ndim == 2 else plane
    done = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(bands[..., band], np.float32))
            .resize(small, Image.Resampling.BOX)
            .resize((width, height), Image.Resampling.BICUBIC)
        )
        for band in range(bands.shape[2])
    ]
    return np.asarray(done[0] if plane.ndim == 2 else np.stack(done, axis=-1), np.float32)


def _small(alpha: Pixels, at: tuple[int, int]) -> tuple[Pixels, int, int]:
    """Return the cover at a quarter of its size, and its left and top in a region of a quarter of the size."""
    height, width = alpha.shape
    shape = (max(2, width // COARSE), max(2, height // COARSE))
    mask = Image.fromarray(np.ascontiguousarray(alpha, np.float32)).resize(shape, Image.Resampling.BOX)
    return np.array(mask), round(at[0] / COARSE), round((at[1] + height) / COARSE) - shape[1]


def _place(mask: Pixels, left: int, top: int, size: tuple[int, int]) -> Pixels:
    """Put the mask on an empty region of a quarter of `size`, cut at its edges."""
    canvas = np.zeros((size[0] // COARSE, size[1] // COARSE), np.float32)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(canvas.shape[1], left + mask.shape[1]), min(canvas.shape[0], top + mask.shape[0])
    canvas[y0:y1, x0:x1] = mask[y0 - top : y1 - top, x0 - left : x1 - left]
    return canvas


def _soft(plane: Pixels, radius: float | tuple[float, float]) -> Pixels:
    """Blur by a Gaussian, finer than 8 bits: high and low byte are blurred apart and added."""
    scaled = np.clip(plane, 0, 1) * 255
    high = np.floor(scaled)
    parts = (high.astype(np.uint8), ((scaled - high) * 255).astype(np.uint8))
    soft = [np.asarray(Image.fromarray(part).filter(ImageFilter.GaussianBlur(radius)), np.float32) for part in parts]
    return np.asarray((soft[0] + soft[1] / 255) / 255, np.float32)


def _full(plane: Pixels, size: tuple[int, int]) -> Pixels:
    """Return a plane at `size` (height, width), 0 to 0.93."""
    large = Image.fromarray(np.ascontiguousarray(plane, np.float32)).resize(size[::-1], Image.Resampling.BICUBIC)
    return np.clip(np.asarray(large, np.float32), 0, 0.93)
