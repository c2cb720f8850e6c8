"""A picture of a set without its cutouts: their shadows and reflections stay, and what they hide is filled from around.

A cutout's pixels are laid over it at the master's size, so its edge blends with the ground and not with its own blur.
"""

from __future__ import annotations

import numpy as np

from models.sets.graph import Floats

REACH = 2
"""Pixels around a cutout that its blur in the drawing reaches."""


def without_cutouts(pixels: Floats, coverage: Floats) -> Floats:
    """Return (height, width, 3) pixels, filled where the (height, width) coverage, in [0, 1], is not nearly 0."""
    import cv2

    reached = cv2.dilate(coverage, np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8))
    known = (reached < 0.004).astype(np.float32)
    if known.all() or not known.any():
        return pixels
    filled = _pull(pixels.astype(np.float32), known)
    soft = cv2.GaussianBlur(known, (0, 0), 0.8)[..., None] * known[..., None]
    return np.asarray(pixels * soft + filled * (1 - soft), np.float32)


def _pull(pixels: Floats, known: Floats) -> Floats:
    """Return the pixels, with those that are not known taken from coarser and coarser means of known ones."""
    import cv2

    height, width = known.shape
    if known.all() or min(height, width) <= 2:
        weight = np.maximum(known.sum(), 1e-6)
        mean = (pixels * known[..., None]).sum(axis=(0, 1)) / weight
        return np.asarray(np.where(known[..., None] > 0, pixels, mean), np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    share = cv2.resize(known, half, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(pixels * known[..., None], half, interpolation=cv2.INTER_AREA)
    means = sums / np.maximum(share, 1e-6)[..., None]
    coarse = _pull(means.astype(np.float32), (share > 0).astype(np.float32))
    wide = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(known[..., None] > 0, pixels, wide), np.float32)
