"""Parts of a picture that draw the eye, and areas that are calm enough for words; deterministic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.colour import lab_of_srgb
from foundry.plan.shot import Box
from imaging.pixels.geometry import PixelBox

EDGE_PX = 256
PLACES, SOFTNESS = 48, 0.045
"""Longest edge of the saliency map, and the deviation of its blur as a share of that edge."""
HELD, FAINT = 0.9, 0.6
"""Share of the saliency that the focus holds; saliency under this share of Otsu's threshold is left out."""
UNSEEN = 0.5
"""Deviation in CIE L*a*b* below which a picture shows nothing."""
EDGE_STEP = 4.0
"""Change of lightness (0 to 100) to the next place from which on it is an edge."""
FULL_DEVIATION, FULL_EDGES = 25.0, 0.25
"""Deviation of lightness and density of edges that count as full unrest."""
Plane = NDArray[np.float32]


@dataclass(frozen=True)
class QuietArea:
    """The calmest of several areas and the figures measured behind it.

    `luminance_deviation`: standard deviation of lightness, 0 to 100. `edge_density`: share of places, 0 to 1, where
    lightness changes by more than 4 levels to the next. `unrest`: 0 is flat; 1 is as busy as foliage or print.
    """

    index: int
    luminance_deviation: float
    edge_density: float
    mean_lightness: float
    unrest: float


def saliency(image: Image.Image) -> Plane:
    """Return how strongly each place draws the eye: (h, w) float32 of at most 48 places an edge, 0 to 1.

    The image signature of Hou, Harel and Koch, "Image Signature: Highlighting Sparse Salient Regions", IEEE
    Transactions on Pattern Analysis and Machine Intelligence 34(1), 2012: a picture rebuilt from the signs alone of its
    cosine transform shows its sparse foreground. Summed over the three channels of CIE Lab.
    """
    small = _shrink(image, PLACES)
    height, width = small.height, small.width
    rows, columns = _cosines(height), _cosines(width)
    found = np.zeros((height, width), dtype=np.float32)
    lab = _lab(small)
    if float(lab.std(axis=(0, 1)).max()) < UNSEEN:
        return np.ones((height, width), dtype=np.float32)
    for channel in np.moveaxis(lab, 2, 0):
        signs = np.sign(rows @ (channel - channel.mean()) @ columns.T)
        found += (rows.T @ signs @ columns) ** 2
    soft = _blur(found, SOFTNESS * max(width, height))
    soft -= soft.min()
    highest = float(soft.max())
    return soft / highest if highest > 0 else np.ones_like(soft)


def find_focus(image: Image.Image) -> Box:
    """Return the part of an RGB picture that a crop should keep, in thousandths: nine tenths of its saliency.

    An empty picture gives the whole picture.
    """
    seen = saliency(image)
    if float(seen.min()) == float(seen.max()):
        return Box(0, 0, 1000, 1000)
    strong = np.where(seen >= FAINT * _otsu(seen), seen, 0)
    left, right = _middle_mass(strong.sum(axis=0))
    top, bottom = _middle_mass(strong.sum(axis=1))
    return Box(left, top, right, bottom)


def find_quiet_area(image: Image.Image, areas: Sequence[PixelBox]) -> QuietArea:
    """Return the calmest of `areas`, given in pixels of the RGB `image`; of equals, the first.

    ValueError without an area.
    """
    if not areas:
        raise ValueError("find_quiet_area() needs at least one area")
    small = _shrink(image, EDGE_PX)
    lightness = _lab(small)[..., 0]
    busy = _steps(lightness) > EDGE_STEP
    scale = (small.width / image.width, small.height / image.height)
    measured = [_unrest(at, *_part(area, scale, lightness, busy)) for at, area in enumerate(areas)]
    return min(measured, key=lambda area: (area.unrest, area.index))


def _unrest(index: int, lightness: Plane, busy: NDArray[np.bool_]) -> QuietArea:
    deviation, edges = float(lightness.std()), float(busy.mean())
    unrest = 0.5 * min(deviation / FULL_DEVIATION, 1) + 0.5 * min(edges / FULL_EDGES, 1)
    figures = (deviation, edges, float(lightness.mean()), unrest)
    return QuietArea(index, *(round(figure, 4) for figure in figures))


def _part(
    area: PixelBox, scale: tuple[float, float], lightness: Plane, busy: NDArray[np.bool_]
) -> tuple[Plane, NDArray[np.bool_]]:
    """Return the places of an area; at least one, even of an area that is outside or thinner than a place."""
    height, width = lightness.shape
    left = min(max(int(area.left * scale[0]), 0), width - 1)
    top = min(max(int(area.top * scale[1]), 0), height - 1)
    right = max(min(-int(-area.right * scale[0] // 1), width), left + 1)
    bottom = max(min(-int(-area.bottom * scale[1] // 1), height), top + 1)
    return lightness[top:bottom, left:right], busy[top:bottom, left:right]


def _shrink(image: Image.Image, edge: int) -> Image.Image:
    scale = min(edge / max(image.size), 1)
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    return image.convert("RGB").resize(size, Image.Resampling.BOX, reducing_gap=2.0)


def _lab(image: Image.Image) -> Plane:
    """Return (h, w, 3) CIE L*a*b* of an sRGB picture."""
    return np.asarray(lab_of_srgb(np.asarray(image, dtype=np.float32) / 255), dtype=np.float32)


def _cosines(length: int) -> Plane:
    """Return the orthonormal cosine transform (DCT-II) as a matrix; at most 48 by 48 here, so no fast one is needed."""
    at = np.arange(length, dtype=np.float64)
    matrix = np.cos(np.pi * (at[None, :] + 0.5) * at[:, None] / length) * np.sqrt(2 / length)
    matrix[0] = np.sqrt(1 / length)
    return matrix.astype(np.float32)


def _blur(plane: Plane, deviation: float) -> Plane:
    rows, columns = _gaussian(plane.shape[0], deviation), _gaussian(plane.shape[1], deviation)
    return np.asarray(rows @ plane @ columns.T, dtype=np.float32)


def _gaussian(length: int, deviation: float) -> Plane:
    """Return Gaussian weights as a matrix whose rows sum to one, so that borders are not darkened."""
    apart = np.subtract.outer(np.arange(length), np.arange(length))
    weights = np.exp(-(apart**2) / (2 * deviation**2))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def _steps(lightness: Plane) -> Plane:
    """Return the larger change of lightness to the neighbour on the right or below."""
    across = np.abs(np.diff(lightness, axis=1, append=lightness[:, -1:]))
    down = np.abs(np.diff(lightness, axis=0, append=lightness[-1:, :]))
    return np.maximum(across, down)


def _otsu(plane: Plane) -> float:
    """Return the level that parts a plane of 0 to 1 best into two classes (Otsu 1979)."""
    counts, edges = np.histogram(plane, bins=64, range=(0, 1))
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts), counts.sum()
    mass = np.cumsum(counts * middles)
    above = total - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (mass / below - (mass[-1] - mass) / above) ** 2
    return float(edges[int(np.nanargmax(np.where(np.isfinite(between), between, 0))) + 1])


def _middle_mass(profile: Plane) -> tuple[int, int]:
    """Return where the middle nine tenths of a profile's mass begin and end, in thousandths."""
    share = np.concatenate([[0], np.cumsum(profile, dtype=np.float64)]) / float(profile.sum())
    at = np.linspace(0, 1000, len(share))
    low, high = np.interp([(1 - HELD) / 2, 1 - (1 - HELD) / 2], share, at)
    return int(low), int(np.ceil(high))
