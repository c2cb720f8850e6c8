"""Things that dress a set: stones, shells, books, fruit, cups, gifts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from foundry.colour import Floats
from models.sets.building.form import Form, Options, Shape, Size, grid, revolve
from models.sets.building.land import option
from models.sets.building.noise import fractal, sampled
from models.sets.building.shaping import lump, merged, placed, scattered, smoothed, tube, turned


def _rng(options: Options, default: int) -> np.random.Generator:
    return np.random.default_rng(int(option(options, "seed", default)))


def _bumpy(seed: int, rough: float, fine: float) -> Callable[[Floats], Floats]:
    """Return the change of a radius by direction: large facets, and fine grain."""
    large, small = fractal(seed, 256, 2.0, 1, 8), fractal(seed + 1, 512, 1.5, 6, 120)

    def bump(away: Floats) -> Floats:
        u = np.arctan2(away[..., 1], away[..., 0]) / (2 * np.pi)
        v = away[..., 2] * 0.25 + 0.5
        near_pole = 1 - away[..., 2] ** 8
        broad = sampled(large, u, v)
        grain = sampled(small, u, v)
        return np.asarray(1 + (rough * broad + fine * grain) * near_pole, np.float32)

    return bump


def rock(size: Size, options: Options) -> Form:
    """Return a rock with a level top, on which things can stand; `rough` is its unevenness."""
    bump = _bumpy(
        int(option(options, "seed", 2)), 0.09 * option(options, "rough", 1), 0.012 * option(options, "rough", 1)
    )
    form = lump((size[0], size[1], size[2] * 2.4), bump, 90)
    vertices = form.vertices.copy()
    middle = vertices[:, 2].max() / 2
    vertices[:, 2] -= middle - size[2] * 0.25
    top = size[2]
    above = vertices[:, 2] > top * 0.86
    excess = vertices[above, 2] - top * 0.86
    vertices[above, 2] = top * 0.86 + top * 0.14 * (1 - np.exp(-excess / (top * 0.14)))
    grain = sampled(fractal(3, 256, 1.6, 2, 60), vertices[:, 0] / 1.5, vertices[:, 1] / 1.5)
    level = np.clip((vertices[:, 2] / top - 0.97) / 0.03, 0, 1)
    vertices[:, 2] += 0.004 * grain * (1 - level)
    vertices[:, 2] *= top / vertices[:, 2].max()
    return smoothed(Form(vertices, form.faces, None, form.uv))


def pebble(size: Size, options: Options) -> Form:
    """Return one smooth pebble."""
    return lump(size, _bumpy(int(option(options, "seed", 2)), 0.045, 0.0), 28)


def pebbles(size: Size, options: Options) -> Form:
    """Return pebbles that lie about: `count` of them, up to `length` long, none within `hole` of the middle."""
    rng = _rng(options, 5)
    made = []
    places = scattered(rng, int(option(options, "count", 40)), (size[0], size[1]), option(options, "hole", 0.6))
    for x, y in places:
        long = option(options, "length", 0.28) * rng.uniform(0.25, 1.0) ** 1.3
        each = pebble(
            (long, long * rng.uniform(0.65, 0.95), long * rng.uniform(0.35, 0.6)), {"seed": float(rng.integers(60))}
        )
        made.append(placed(each, (x, y, -0.06 * long), turned(rng.uniform(0, 6.28))))
    return merged(made)


def cairn(size: Size, options: Options) -> Form:
    """Return flat pebbles stacked one on another; `stones` is their number."""
    rng = _rng(options, 7)
    count = int(option(options, "stones", 4))
    made, level = [], 0.0
    for at in range(count):
        share = 1 - 0.62 * at / count
        tall = size[2] / count * rng.uniform(0.85, 1.15)
        each = pebble(
            (size[0] * share, size[1] * share * rng.uniform(0.85, 1), tall * 1.08), {"seed": float(rng.integers(60))}
        )
        made.append(placed(each, (rng.normal(0, 0.02) * size[0], 0, level), turned(rng.uniform(0, 6.28))))
        level += tall * 0.94
    return merged(made)


def shell(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a spiral sea shell that lies on its side."""
    turns, steps, sides = 5.5, 220, 28
    t = np.linspace(0, 1, steps)[:, None]
    turn = np.linspace(0, 2 * np.pi, sides + 1)[None]
    grow = t**1.25
    angle = turns * 2 * np.pi * t
    radius = 0.22 * grow
    out = radius * (1.05 + np.cos(turn)) + 0.006 * np.sin(10 * turn) * grow
    points = np.stack([out * np.cos(angle), out * np.sin(angle), -0.62 * grow - radius * 0.9 * np.sin(turn)], -1)
    about = turned(0.5, np.radians(101), 0.2)
    laid = points @ about.T
    laid = laid / np.ptp(laid.reshape(-1, 3), axis=0).max() * max(size)
    laid[..., 2] -= laid[..., 2].min()
    laid[..., :2] -= laid[..., :2].reshape(-1, 2).mean(0)
    uv = np.stack(np.broadcast_arrays(turn / 6.28, t * 6), -1)
    return smoothed(grid(laid.astype(np.float32), uv.astype(np.float32)))


def starfish(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a starfish that lies flat."""
    turn = np.linspace(0, 2 * np.pi, 181)[None]
    share = np.linspace(0, 1, 30)[:, None]
    arm = (0.5 + 0.5 * np.cos(5 * turn)) ** 1.6
    reach = 0.16 + 0.34 * arm
    ridge = (0.55 + 0.45 * arm) * (1 - share**2) ** 0.8
    bumps = 1 + 0.06 * np.sin(40 * share) * np.cos(25 * turn)
    points = np.stack(
        [share * reach * np.cos(turn) * size[0], share * reach * np.sin(turn) * size[1], ridge * bumps * size[2]], -1
    )
    uv = np.stack([points[..., 0], points[..., 1]], -1)
    return smoothed(grid(points.astype(np.float32), uv.astype(np.float32)))


def ball(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a smooth ball, or an ellipsoid."""
    return lump(size, lambda away: np.ones(away.shape[:2], np.float32), 40)


def fruit(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a round fruit with a dimple at its stalk, as an orange or a peach."""

    def bump(away: Floats) -> Floats:
        up = away[..., 2]
        return np.asarray(1 - 0.10 * np.exp(-((1 - up) / 0.03)) - 0.05 * np.exp(-((1 + up) / 0.04)), np.float32)

    return lump(size, bump, 48)


def citrus(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return half a fruit, cut side up; its texture is laid round over the cut."""
    radius = np.linspace(0, 1, 24)
    rim = [(float(np.sin(a)), float(-np.cos(a))) for a in np.linspace(0, np.pi / 2, 16)]
    profile = [(r, 0.5 + 0.5 * z) for r, z in rim] + [(float(r), 1.0 if r < 0.97 else 0.985) for r in radius[::-1]]
    half = [(r, (z - 0.0) if z < 1 else 1.0) for r, z in profile]
    form = revolve([(r, 2 * (z - 0.5) + 1 if z < 0.5 else z) for r, z in half], size)
    low = form.vertices[:, 2].min()
    vertices = form.vertices - np.array([0, 0, low], np.float32)
    vertices[:, 2] *= size[2] / vertices[:, 2].max()
    uv = np.stack([vertices[:, 0] / size[0] + 0.5, vertices[:, 1] / size[1] + 0.5], -1)
    return smoothed(Form(vertices, form.faces, None, uv.astype(np.float32)))


def cup(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return an open cup without a handle, with thick walls."""
    outer = [(0.0, 0.0), (0.62, 0.0), (0.68, 0.02), (0.86, 0.35), (0.97, 0.75), (1.0, 0.985)]
    inner = [(0.985, 1.0), (0.955, 0.99), (0.92, 0.75), (0.80, 0.36), (0.60, 0.10), (0.0, 0.07)]
    return smoothed(revolve([*outer, *inner], size))


def bowl(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a shallow bowl."""
    outer = [(0.0, 0.0), (0.36, 0.0), (0.40, 0.03), (0.72, 0.30), (0.93, 0.68), (1.0, 0.98)]
    inner = [(0.99, 1.0), (0.965, 0.99), (0.88, 0.68), (0.66, 0.34), (0.36, 0.13), (0.0, 0.10)]
    return smoothed(revolve([*outer, *inner], size))


def crate(size: Size, options: Options) -> Form:
    """Return a box with rounded edges of a radius `round`."""
    steps, edge = 9, min(option(options, "round", 0.02), min(size) / 2.01)
    faces = []
    half = np.array(size) / 2
    for axis in range(3):
        for sign in (-1, 1):
            first, second = [other for other in range(3) if other != axis]
            angle = np.linspace(-np.pi / 4, np.pi / 4, steps)
            reach = np.tan(angle)
            inner1, inner2 = half[first] - edge, half[second] - edge
            one = np.concatenate([-inner1 + edge * np.minimum(reach, 0), inner1 + edge * np.maximum(reach, 0)])
            two = np.concatenate([-inner2 + edge * np.minimum(reach, 0), inner2 + edge * np.maximum(reach, 0)])
            u, v = np.meshgrid(np.unique(one), np.unique(two))
            cube = np.zeros((*u.shape, 3))
            cube[..., first], cube[..., second], cube[..., axis] = u, v, sign * half[axis]
            core = np.clip(cube, -(half - edge), half - edge)
            away = cube - core
            away /= np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), 1e-9)
            points = core + away * edge
            points[..., 2] += half[2]
            uv = np.stack([u, v], -1)
            flat = grid(points.astype(np.float32), uv.astype(np.float32))
            faces.append(Form(flat.vertices, flat.faces, away.reshape(-1, 3).astype(np.float32), flat.uv))
    return merged(faces)


def ribbon(size: Size, options: Options) -> Form:
    """Return the ribbon of a gift of this size, tied crosswise with a bow; put it where the gift stands."""
    wide, off = option(options, "width", 0.16) * size[0], 0.006
    around = [
        crate((wide, size[1] + 2 * off, size[2] + off), {"round": 0.004}),
        crate((size[0] + 2 * off, wide, size[2] + off), {"round": 0.004}),
    ]
    loops = [
        _loop(size[0] * 0.34, wide * 0.8, turn, size[2] + off) for turn in (0.35, np.pi - 0.35, 0.35 + np.pi, -0.35)
    ]
    knot = placed(ball((wide * 0.8, wide * 0.8, wide * 0.6), {}), (0, 0, size[2] + off))
    return merged([*around, *loops, knot])


def _loop(reach: float, wide: float, turn: float, level: float) -> Form:
    t = np.linspace(0, 1, 40)
    y = reach * np.sin(np.pi * t) ** 0.8
    z = reach * 0.42 * (np.sin(np.pi * t) * 0.8 + 0.55 * np.sin(2 * np.pi * t)) + 0.01
    z = np.maximum(z, 0.004)
    half = wide / 2 * (0.35 + 0.65 * np.sin(np.pi * t) ** 0.6)
    x = np.array([-1.0, 0, 1])[None] * half[:, None]
    points = np.stack([x, np.tile(y[:, None], (1, 3)), np.tile(z[:, None], (1, 3))], -1)
    return placed(smoothed(grid(points.astype(np.float32))), (0, 0, level), turned(turn))


def books(size: Size, options: Options) -> Form:
    """Return a pile of closed books; `count` is their number."""
    rng = _rng(options, 8)
    count = int(option(options, "count", 3))
    made, level = [], 0.0
    for _ in range(count):
        tall, share = size[2] / count * rng.uniform(0.75, 1.2), rng.uniform(0.88, 1.0)
        cover = crate((size[0] * share, size[1] * share, tall * 0.98), {"round": min(0.02, tall * 0.2)})
        made.append(placed(cover, (rng.normal(0, 0.015), rng.normal(0, 0.015), level), turned(rng.normal(0, 0.09))))
        level += tall
    return merged(made)


def trunk(size: Size, options: Options) -> Form:
    """Return the trunk of a tree with roots that spread a little."""
    rng = _rng(options, 18)
    t = np.linspace(0, 1, 30)
    spine = np.stack([0.04 * size[2] * np.sin(2.5 * t + rng.uniform(0, 6)), np.zeros(30), t * size[2]], -1)
    return tube(spine, size[0] / 2 * (0.72 + 0.55 * np.exp(-t * 14)), 28)


SHAPES: dict[str, Shape] = {
    "rock": rock, "pebble": pebble, "pebbles": pebbles, "cairn": cairn, "shell": shell, "starfish": starfish,
    "fruit": fruit, "citrus": citrus, "cup": cup, "bowl": bowl, "crate": crate, "ribbon": ribbon, "books": books,
    "trunk": trunk,
}  # fmt: skip
