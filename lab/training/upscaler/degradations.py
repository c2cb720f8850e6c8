"""Reduction of large pictures by many resamplers, so that the network does not learn to undo just one.

A resampler is a matrix (rows of the small side × rows of the large side), applied to both axes.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MARGIN = 16
"""Pixels that a large crop needs around it, so that no kernel is cut off."""


def _box(t: NDArray[Any]) -> NDArray[Any]:
    return np.where(np.abs(t) <= 0.5, 1.0, 0.0)


def _triangle(t: NDArray[Any]) -> NDArray[Any]:
    return np.maximum(0, 1 - np.abs(t))


def _cubic(t: NDArray[Any]) -> NDArray[Any]:
    a, x = -0.5, np.abs(t)
    near = (a + 2) * x**3 - (a + 3) * x**2 + 1
    far = a * (x**3 - 5 * x**2 + 8 * x - 4)
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


def _lanczos(t: NDArray[Any]) -> NDArray[Any]:
    return np.where(np.abs(t) < 3, np.sinc(t) * np.sinc(t / 3), 0)


KERNELS = (_box, _triangle, _cubic, _cubic, _lanczos, _lanczos)


def resampler(chance: np.random.Generator, small: int, scale: int) -> NDArray[np.float32]:
    """Return (small, small * scale + 2 * MARGIN) weights of a random kernel and blur; each row sums to one."""
    large = small * scale + 2 * MARGIN
    centres = MARGIN + (np.arange(small) + 0.5) * scale
    stretch = scale * float(chance.uniform(0.9, 1.15) if chance.random() < 0.5 else 1.0)
    kernel = KERNELS[int(chance.integers(len(KERNELS)))]
    weights = kernel((np.arange(large)[None, :] + 0.5 - centres[:, None]) / stretch)
    if chance.random() < 0.3:
        weights = weights @ _blur(large, float(chance.uniform(0.2, 0.55)) * scale)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _blur(edge: int, deviation: float) -> NDArray[Any]:
    apart = np.arange(edge)[None, :] - np.arange(edge)[:, None]
    weights = np.exp(-0.5 * (apart / deviation) ** 2)
    return weights / weights.sum(axis=1, keepdims=True)


def degrade(large: NDArray[Any], scale: int, chance: np.random.Generator) -> NDArray[np.float32]:
    """Return the small picture of a large uint8 crop with MARGIN on each side: float32 in [0, 1], mostly of 8 bits."""
    small = (large.shape[0] - 2 * MARGIN) // scale
    rows = resampler(chance, small, scale)
    pixels = np.einsum("ay,yxc,bx->abc", rows, large.astype(np.float32) / 255, rows, optimize=True)
    pixels = np.clip(pixels, 0, 1)
    if chance.random() < 0.08:
        return _as_jpeg(pixels, int(chance.integers(75, 98)))
    if chance.random() < 0.7:
        pixels = np.rint(pixels * 255) / 255
    return np.asarray(pixels, np.float32)


def _as_jpeg(pixels: NDArray[Any], quality: int) -> NDArray[np.float32]:
    stream = io.BytesIO()
    Image.fromarray(np.asarray(np.rint(pixels * 255), np.uint8)).save(stream, "JPEG", quality=quality, subsampling=0)
    with Image.open(stream) as stored:
        return np.asarray(np.asarray(stored, np.float32) / 255, np.float32)
