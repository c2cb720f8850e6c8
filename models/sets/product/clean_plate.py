"""A picture of a set without its cutouts: their shadows and reflections stay, and what they hide is filled from around.

A cutout's pixels are laid over it at the master's size, so its edge blends with the ground and not with its own blur.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foundry.colour import linear_of_srgb, srgb_of_linear
from models.sets.graph import Floats

DIM = np.float32(0.03)
"""Is added to all colours, so that black has light on it too."""
KINDS, SAMPLED = 12, 8_000
"""Of surfaces behind a cutout that light is told apart on, and the pixels from which they are found."""
TURNED = 0.4
"""The weight of a surface's direction beside that of its colour."""
NEAR = 8.0
"""Pixels within which light goes on as it is beside a cutout; farther in, it becomes the mean of all around."""
REACH = 2
"""Pixels around a cutout that its blur in the drawing reaches."""


@dataclass(frozen=True)
class Behind:
    """What is behind the products of a picture, each (height, width, 3): its colours, linear, and its directions."""

    colours: Floats
    normals: Floats


def without_cutouts(pixels: Floats, coverage: Floats, behind: Behind | None = None) -> Floats:
    """Return (height, width, 3) pixels, sRGB encoded, filled where the (height, width) coverage is not nearly 0.

    With what is `behind`, the light alone is filled in, so that patterns and edges of the ground go on.
    """
    import cv2

    reached = cv2.dilate(coverage, np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8))
    known = (reached < 0.004).astype(np.float32)
    if known.all() or not known.any():
        return pixels
    filled = _pull(pixels, known) if behind is None else _relit(pixels, known, behind)
    soft = cv2.GaussianBlur(known, (0, 0), 0.8)[..., None] * known[..., None]
    return np.asarray(pixels * soft + filled * (1 - soft), np.float32)


def filled_from(pixels: Floats, known: NDArray[np.bool_]) -> Floats:
    """Return (height, width, 3) pixels; those that are not known have the colour of the nearest that are."""
    return _pull(pixels, known.astype(np.float32))


def _relit(pixels: Floats, known: Floats, behind: Behind) -> Floats:
    """Return what is behind under the light of the known pixels around it, of each kind of surface for itself."""
    import cv2

    own = behind.colours + _open(behind) + DIM
    light = np.asarray(linear_of_srgb(pixels) / own, np.float32)
    kinds, filled, inner = _kinds(behind), _pull(light, known), np.zeros_like(known)
    for kind in range(KINDS):
        of_kind = (kinds == kind).astype(np.float32)
        within = cv2.erode(of_kind, np.ones((3, 3), np.uint8))  # pixels at an edge are of both sides
        if (known * within).any():
            filled = np.where(of_kind[..., None] > 0, _go_on(light, known * within), filled)
            inner += within
    return np.asarray(srgb_of_linear(np.clip(_pull(filled, inner) * own, 0, 1)), np.float32)


def _open(behind: Behind) -> Floats:
    """Return the share of each pixel, (height, width, 1), that shows no surface but the sky.

    There the light is the sky's own radiance: of the size of the light on surfaces, so that a horizon may mix them.
    """
    return 1 - np.clip(np.linalg.norm(behind.normals, axis=-1, keepdims=True), 0, 1)


def _go_on(light: Floats, known: Floats) -> Floats:
    """Return the light, which near what is known is that of its nearest pixel, so that shadows go on to the product."""
    import cv2

    away, nearest = cv2.distanceTransformWithLabels(
        (known == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_label = np.zeros(int(nearest.max()) + 1, np.int64)
    at = np.flatnonzero(known)
    of_label[nearest.reshape(-1)[at]] = at
    near = cv2.GaussianBlur(light.reshape(-1, 3)[of_label[nearest]], (0, 0), 0.8)
    share = np.exp(-((away / NEAR) ** 2))[..., None]
    return np.asarray(near * share + _pull(light, known) * (1 - share), np.float32)


def _kinds(behind: Behind) -> NDArray[np.int32]:
    """Return a number for each pixel; those of one number are alike in colour and direction."""
    import cv2

    told = np.concatenate([srgb_of_linear(behind.colours), behind.normals * TURNED], axis=-1)
    flat = np.ascontiguousarray(told.reshape(-1, 6), np.float32)
    step = max(1, len(flat) // SAMPLED)
    cv2.setRNGSeed(1)
    until = (cv2.TERM_CRITERIA_MAX_ITER, 8, 0.0)
    _, _, middles = cv2.kmeans(flat[::step], KINDS, None, until, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    apart = np.stack([((flat - middle) ** 2).sum(axis=1) for middle in middles])
    return np.asarray(apart.argmin(axis=0).reshape(behind.colours.shape[:2]), np.int32)


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
