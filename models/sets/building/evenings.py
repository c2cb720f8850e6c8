"""Things of evenings and feasts: candles, baubles, lamps, lamps out of focus, snowflakes, houses at night."""

from __future__ import annotations

import numpy as np

from models.sets.building.form import Form, Options, Shape, Size, grid, revolve
from models.sets.building.land import option
from models.sets.building.shaping import lump, merged, placed, smoothed, tube


def _rng(options: Options, default: int) -> np.random.Generator:
    return np.random.default_rng(int(option(options, "seed", default)))


def candle(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a candle of wax with a hollow at its wick."""
    rim = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.97), (0.97, 1.0), (0.88, 0.995), (0.6, 0.965), (0.0, 0.955)]
    wick = tube(np.array([[0, 0, size[2] * 0.95], [0.004, 0, size[2] + 0.05]]), np.array([0.006, 0.005]), 6)
    return merged([smoothed(revolve(rim, size)), wick])


def flame(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return the flame of a candle, above z = 0."""
    t = np.linspace(0, 1, 20)
    return smoothed(revolve([(float(np.sin(np.pi * a**0.62) ** 1.2), float(a)) for a in t], size, 20))


def bauble(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a glass ball for a tree, with its cap."""
    cap = smoothed(revolve([(1, 0), (1, 0.9), (0.9, 1), (0, 1)], (size[0] * 0.22, size[1] * 0.22, size[2] * 0.12), 24))
    round_ball = lump(size, lambda away: np.ones(away.shape[:2], np.float32), 40)
    return merged([round_ball, placed(cap, (0, 0, size[2] * 0.985))])


def lights(size: Size, options: Options) -> Form:
    """Return small round lamps in a box of air: `count` of them, each of a `radius`."""
    rng = _rng(options, 13)
    each = revolve([(float(np.sin(a)), float(0.5 - 0.5 * np.cos(a))) for a in np.linspace(0, np.pi, 7)], (1, 1, 1), 10)
    made = []
    for _ in range(int(option(options, "count", 40))):
        place = rng.uniform(-0.5, 0.5, 3) * np.array(size) + np.array([0, 0, size[2] / 2])
        made.append(placed(each, tuple(place), None, 2 * option(options, "radius", 0.03) * rng.uniform(0.6, 1.25)))
    return merged(made)


def discs(size: Size, options: Options) -> Form:
    """Return round discs that face the camera, in a box of air, as lamps out of focus: `count`, up to a `radius`."""
    rng = _rng(options, 17)
    turn = np.linspace(0, 2 * np.pi, 41)
    share = np.array([0.0, 0.8, 1.0])[:, None]
    flat = np.stack([share * np.cos(turn), np.zeros((3, 41)), share * np.sin(turn)], -1)
    uv = np.stack([0.5 + 0.5 * flat[..., 0], 0.5 + 0.5 * flat[..., 2]], -1)
    each = smoothed(grid(flat[::-1].astype(np.float32), uv[::-1].astype(np.float32)))
    towards = -1.0 if each.normals is not None and each.normals[:, 1].mean() > 0 else 1.0
    if towards < 0:
        each = Form(each.vertices, each.faces[:, ::-1], -each.normals if each.normals is not None else None, each.uv)
    made = []
    for _ in range(int(option(options, "count", 40))):
        place = rng.uniform(-0.5, 0.5, 3) * np.array(size) + np.array([0, 0, size[2] / 2])
        made.append(placed(each, tuple(place), None, option(options, "radius", 0.2) * rng.uniform(0.55, 1.0)))
    return merged(made)


def flakes(size: Size, options: Options) -> Form:
    """Return snowflakes in the air over an area, none of them before the product."""
    rng = _rng(options, 15)
    small = lump((1, 1, 0.8), lambda away: np.ones(away.shape[:2], np.float32), 6)
    made = []
    for _ in range(int(option(options, "count", 120))):
        x, y, z = rng.uniform(-0.5, 0.5) * size[0], rng.uniform(0.3, size[1]), rng.uniform(0.1, size[2])
        made.append(placed(small, (x, y, z), None, option(options, "radius", 0.012) * 2 * rng.uniform(0.5, 1.2)))
    return merged(made)


def skyline(size: Size, options: Options) -> Form:
    """Return the fronts of high houses side by side, over a width; their texture counts windows."""
    rng = _rng(options, 16)
    made, x = [], -size[0] / 2
    while x < size[0] / 2:
        wide = size[0] * rng.uniform(0.035, 0.085)
        tall = size[2] * rng.uniform(0.3, 1.0) * (1 - 0.4 * abs(x) / size[0])
        y = rng.uniform(0, size[1])
        points = np.array([[[x, y, 0], [x + wide, y, 0]], [[x, y, tall], [x + wide, y, tall]]], np.float32)
        shift = rng.integers(0, 40)
        uv = np.array([[[0, 0], [wide, 0]], [[0, tall], [wide, tall]]], np.float32) + shift
        made.append(smoothed(grid(points, uv)))
        x += wide * rng.uniform(0.9, 1.25)
    return merged(made)


SHAPES: dict[str, Shape] = {
    "candle": candle, "flame": flame, "bauble": bauble, "lights": lights, "discs": discs, "flakes": flakes,
    "skyline": skyline,
}  # fmt: skip
