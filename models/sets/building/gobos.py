"""Gobos: masks before a lamp that throw the shadows of leaves, a window or blinds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from foundry.colour import Floats

Gobo = Callable[[int], Floats]
"""From a seed to a mask (height, width) in [0, 1]: 1 lets light through. Its middle falls on the product."""
EDGE = 768


def _drawn(shapes: list[list[tuple[float, float]]], blur: float, clear: bool = False) -> Floats:
    """Return a mask of polygons in [0, 1], dark on clear, or clear on dark."""
    picture = Image.new("L", (EDGE, EDGE), 0 if clear else 255)
    brush = ImageDraw.Draw(picture)
    for points in shapes:
        brush.polygon([(x * EDGE, y * EDGE) for x, y in points], fill=255 if clear else 0)
    soft = picture.filter(ImageFilter.GaussianBlur(blur * EDGE))
    return np.asarray(soft, np.float32) / 255


def _leaflet(root: Floats, turn: float, long: float, wide: float, bend: float) -> list[tuple[float, float]]:
    t = np.linspace(0, 1, 14)
    angle = turn + bend * t
    spine = root + np.cumsum(np.stack([np.cos(angle), np.sin(angle)], -1), 0) * long / len(t)
    aside = np.stack([-np.sin(angle), np.cos(angle)], -1) * (wide * np.sin(np.pi * t**0.8))[:, None]
    return [(float(x), float(y)) for x, y in np.concatenate([spine + aside, (spine - aside)[::-1]])]


def _frond(root: Floats, turn: float, long: float, rng: np.random.Generator) -> list[list[tuple[float, float]]]:
    bend = rng.uniform(-0.7, 0.7)
    shares = np.linspace(0, 1, 24)
    angle = turn + bend * shares
    spine = root + np.cumsum(np.stack([np.cos(angle), np.sin(angle)], -1), 0) * long / 24
    made = [_leaflet(root, turn, long, 0.005, bend)]
    for at, share in enumerate(shares[2:], 2):
        reach = long * 0.44 * np.sin(np.pi * (0.10 + 0.88 * share)) ** 0.6
        for side in (-1, 1):
            away = angle[at] + side * np.radians(66 - 38 * share + rng.uniform(-5, 5))
            made.append(_leaflet(spine[at], away, reach, 0.011 + 0.006 * rng.uniform(), -side * 0.35))
    return made


def leaves(seed: int) -> Floats:
    """Return the shadow of palm fronds that reach in from one side; the middle stays mostly clear."""
    rng = np.random.default_rng(seed)
    shapes = []
    for at in range(4):
        across = rng.uniform(-0.05, 0.25)
        root = np.array([across, 1.12 - 0.36 * at + rng.uniform(-0.06, 0.06)])
        shapes += _frond(root, np.radians(rng.uniform(-62, -8)), rng.uniform(0.62, 0.85), rng)
    return 0.06 + 0.94 * _drawn(shapes, 0.0035)


def foliage(seed: int) -> Floats:
    """Return the dappled light under a tree."""
    rng = np.random.default_rng(seed)
    shapes = []
    for _ in range(26):
        root, turn = rng.uniform(-0.1, 1.1, 2), rng.uniform(0, 6.28)
        if np.hypot(*(root - 0.5)) < 0.13:
            continue
        for _leaf in range(9):
            spot = root + rng.normal(0, 0.055, 2)
            shapes.append(_leaflet(spot, turn + rng.normal(0, 0.8), rng.uniform(0.06, 0.12), 0.02, rng.uniform(-1, 1)))
    return 0.12 + 0.88 * _drawn(shapes, 0.006)


def window(seed: int) -> Floats:
    """Return the light of a window with its bars, a little askew."""
    rng = np.random.default_rng(seed)
    skew, made = rng.uniform(0.06, 0.16), []
    for column in range(2):
        for row in range(3):
            left, top = 0.20 + 0.31 * column, 0.05 + 0.31 * row
            corners = [(left, top), (left + 0.28, top), (left + 0.28, top + 0.28), (left, top + 0.28)]
            made.append([(x, y + skew * (x - 0.5)) for x, y in corners])
    return 0.05 + 0.95 * _drawn(made, 0.004, clear=True)


def blinds(seed: int) -> Floats:
    """Return the light between the slats of blinds."""
    rng = np.random.default_rng(seed)
    skew, pitch, made = rng.uniform(-0.10, 0.10), rng.uniform(0.075, 0.095), []
    for top in np.arange(0.02, 0.98, pitch):
        corners = [(0.10, top), (0.90, top), (0.90, top + pitch * 0.55), (0.10, top + pitch * 0.55)]
        made.append([(x, y + skew * (x - 0.5)) for x, y in corners])
    return 0.05 + 0.95 * _drawn(made, 0.0035, clear=True)


GOBOS: dict[str, Gobo] = {"leaves": leaves, "foliage": foliage, "window": window, "blinds": blinds}
