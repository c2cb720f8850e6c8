"""Distance between the colours that were asked for and those that a picture shows, without a network.

The dominant colours are the centres of k-means in CIE Lab, started from a median cut, on the picture averaged to
64 × 64 pixels; the result is deterministic. Because light falls off over a scene, an asked colour is compared with each
of them at several brightnesses: its linear light is multiplied by k, and the distance is

    min over k of  ΔE94(Lab(k · colour), dominant) + 4 · |log2 k|      k from 1/4 to 1.41, in steps of a quarter stop

(CIE 116, graphic arts, the asked colour as reference). A dominant colour counts if it covers at least 2 %
of the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.colour import lab_of_srgb, linear_of_srgb, srgb_of_hex, srgb_of_linear
from lab.evaluation.scaling import Picture, in_box

DOMINANT = 12
SIDE_PX = 64
LEAST_SHARE = 0.02
PENALTY = 4.0
STOPS = np.arange(-2.0, 0.51, 0.25)

Lab = NDArray[Any]


def dominant_colours(picture: Picture) -> tuple[Lab, NDArray[Any]]:
    """Return (n, 3) Lab centres and (n,) shares of the picture, largest first; n is at most 12."""
    points = lab_of_srgb(in_box(picture, SIDE_PX, SIDE_PX).reshape(-1, 3).astype(np.float32) / 255)
    centres = _median_cut(points)
    for _ in range(8):
        nearest = _nearest(points, centres)
        centres = np.stack([points[nearest == at].mean(axis=0) for at in np.unique(nearest)])
    shares = np.bincount(_nearest(points, centres), minlength=len(centres)) / len(points)
    order = np.argsort(-shares, kind="stable")
    return centres[order], shares[order]


def _median_cut(points: Lab) -> Lab:
    boxes = [points]
    while len(boxes) < DOMINANT:
        widths = [float(np.ptp(box, axis=0).max()) * len(box) ** 0.5 for box in boxes]
        widest = boxes.pop(int(np.argmax(widths)))
        axis = int(np.argmax(np.ptp(widest, axis=0)))
        ordered = widest[np.argsort(widest[:, axis], kind="stable")]
        half = len(ordered) // 2
        boxes += [ordered[:half], ordered[half:]]
    return np.stack([box.mean(axis=0) for box in boxes])


def _nearest(points: Lab, centres: Lab) -> NDArray[Any]:
    return np.asarray(((points[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1))


def palette_distances(picture: Picture, palette: Sequence[str]) -> tuple[float, ...]:
    """Return the distance of each asked "#RRGGBB" to the nearest dominant colour, in ΔE94 with tolerant lightness."""
    centres, shares = dominant_colours(picture)
    shown = centres[shares >= LEAST_SHARE]
    return tuple(_distance(colour, shown) for colour in palette)


def _distance(colour: str, shown: Lab) -> float:
    locus = _under_light(colour)
    away = delta_e94(locus[:, None], shown[None]) + PENALTY * np.abs(STOPS)[:, None]
    return float(away.min())


def patch_distance(picture: Picture, colour: str, share: float) -> float:
    """Return the distance of an asked "#RRGGBB" within which this share of the picture lies, in ΔE94 as above.

    It tells whether a small thing shows its colour, which has no dominant colour of its own.
    """
    points = lab_of_srgb(in_box(picture, SIDE_PX, SIDE_PX).reshape(-1, 3).astype(np.float32) / 255)
    away = delta_e94(_under_light(colour)[:, None], points[None]) + PENALTY * np.abs(STOPS)[:, None]
    return float(np.quantile(away.min(axis=0), share))


@lru_cache(maxsize=512)
def _under_light(colour: str) -> Lab:
    light = linear_of_srgb(srgb_of_hex(colour))[None] * (2.0**STOPS)[:, None]
    return lab_of_srgb(np.clip(srgb_of_linear(light), 0, 1).astype(np.float32))


def delta_e94(wanted: Lab, found: Lab) -> NDArray[Any]:
    """Return the CIE94 difference for graphic arts (CIE 116) of Lab colours (..., 3); `wanted` is the reference."""
    chroma_wanted = np.hypot(wanted[..., 1], wanted[..., 2])
    chroma = np.hypot(found[..., 1], found[..., 2]) - chroma_wanted
    lightness = found[..., 0] - wanted[..., 0]
    plane = ((found[..., 1:] - wanted[..., 1:]) ** 2).sum(axis=-1)
    hue = np.maximum(plane - chroma**2, 0)
    weighted = (chroma / (1 + 0.045 * chroma_wanted)) ** 2 + hue / (1 + 0.015 * chroma_wanted) ** 2
    return np.asarray(np.sqrt(lightness**2 + weighted))
