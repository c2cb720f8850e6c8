"""Land and water: grounds that reach to the horizon. They are level around the product."""

from __future__ import annotations

import numpy as np

from foundry.colour import Floats
from models.sets.building.form import Form, Options, Shape, Size, grid
from models.sets.building.noise import fractal, sampled, smooth_step

EYE_Y = -9.0
"""The grids open from this point, behind most cameras."""
GRAVITY = 49.0
"""In heights of a product per second squared: it decides how fast waves of a length run."""


def option(options: Options, name: str, default: float) -> float:
    """Return an option as a number."""
    value = options.get(name, default)
    return default if isinstance(value, str) else float(value)


def fan(step: float, far: float, near: float = 5.0) -> tuple[Floats, Floats]:
    """Return x and y, (rows, columns), of a grid of points that are `step` apart around the product, coarse far away.

    It starts `near` from where it opens, which is before the picture's lower edge.
    """
    close = np.arange(near, 15, step)
    away = np.concatenate([close, np.geomspace(15 + step, far, max(60, len(close) // 2))])[:, None]
    inner = np.linspace(-24, 24, int(7.5 / step))
    outer = np.geomspace(24.5, 62, 24)
    turn = np.radians(np.concatenate([-outer[::-1], inner, outer]))[None]
    return np.asarray(away * np.sin(turn), np.float32), np.asarray(EYE_Y + away * np.cos(turn), np.float32)


def terrain(x: Floats, y: Floats, heights: Floats) -> Form:
    """Return a smooth surface of heights over a grid; its texture coordinates are x and y."""
    points = np.stack([x, y, heights], -1).astype(np.float32)
    down, across = np.gradient(points, axis=0), np.gradient(points, axis=1)
    normals = np.cross(across, down)
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
    normals = np.where(normals[..., 2:] < 0, -normals, normals)
    rows, columns = x.shape
    at = np.arange(rows * columns, dtype=np.uint32).reshape(rows, columns)
    a, b, c, d = at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    uv = np.stack([x, y], -1).reshape(-1, 2)
    return Form(points.reshape(-1, 3), faces, normals.reshape(-1, 3).astype(np.float32), uv.astype(np.float32))


def level_near(x: Floats, y: Floats, options: Options, default: float = 0.9) -> Floats:
    """Return 0 around the origin, 1 beyond: what heights are multiplied by so that the product stands level."""
    radius = option(options, "level", default)
    return smooth_step(np.hypot(x, y), radius * 0.55, radius * 1.8)


def _ripples(x: Floats, y: Floats, options: Options, waves: int, longest: float) -> Floats:
    """Return a sum of waves of many directions and lengths, about 1 high, as they stand after `time` seconds."""
    seed, time = int(option(options, "seed", 7)), option(options, "time", 0)
    rng = np.random.default_rng(seed)
    total = np.zeros_like(x)
    for step in range(waves):
        length = longest * 0.72**step
        turn = rng.normal(0, 0.75)
        run = rng.uniform(0, 2 * np.pi) + time * np.sqrt(GRAVITY * 2 * np.pi / length) * 0.6
        phase = (x * np.sin(turn) + y * np.cos(turn)) * 2 * np.pi / length + run
        total += np.sin(phase + 0.6 * np.sin(phase * 0.37)) * length / longest
    return np.asarray(total, np.float32)


def sea(size: Size, options: Options) -> Form:  # noqa: ARG001 - land has its own extent
    """Return open water to the horizon: `wave` is the height of its waves, `length` that of the longest."""
    x, y = fan(0.055, 2_500)
    longest = option(options, "length", 2.4)
    away = np.hypot(x, y - EYE_Y)
    calm = 1 / (1 + (away / 60) ** 2)
    height = option(options, "wave", 0.03) * _ripples(x, y, options, 11, longest)
    return terrain(x, y, height * calm - option(options, "depth", 0.0))


def pool(size: Size, options: Options) -> Form:  # noqa: ARG001 - land has its own extent
    """Return a basin of water with rings that spread from the origin, and small ripples."""
    x, y = fan(0.04, option(options, "far", 60))
    away = np.hypot(x, y)
    length = option(options, "length", 0.34)
    run = option(options, "time", 0) * np.sqrt(GRAVITY * 2 * np.pi / length) * 0.6
    rings = np.sin(2 * np.pi * away / length - run) * np.exp(-away / 1.5) * smooth_step(away, 0.2, 0.6)
    small = _ripples(x, y, options, 9, 1.6)
    wave = option(options, "wave", 0.012)
    return terrain(x, y, wave * (option(options, "rings", 0.8) * rings + 0.55 * small))


def dunes(size: Size, options: Options) -> Form:  # noqa: ARG001 - land has its own extent
    """Return wind-blown sand: long crests behind, ripples near; `height` is that of the crests.

    `sunk` is how far it falls behind the product, as a beach does.
    """
    x, y = fan(0.032, 420)
    seed = int(option(options, "seed", 5))
    bend = sampled(fractal(seed, 256, 2.2, 1, 6), x / 90, y / 90)
    phase = (0.85 * x + 0.42 * y + 6.5 * bend) / option(options, "spacing", 13)
    ramp = np.mod(phase, 1)
    crest = np.where(ramp < 0.72, ramp / 0.72, (1 - ramp) / 0.28)
    crest = crest**1.35 * (0.65 + 0.35 * np.tanh(bend + sampled(fractal(seed + 1, 256, 2, 1, 8), x / 60, y / 60)))
    far = smooth_step(y + 0.5 * np.abs(x), 1.5, 18)
    large = option(options, "height", 2.6) * crest * far * (0.6 + 0.6 * smooth_step(y, 20, 120))
    wobble = sampled(fractal(seed + 2, 512, 1.6, 2, 40), x / 9, y / 9)
    ripple_phase = (y * 0.95 + x * 0.25 + 0.11 * wobble) / option(options, "ripple_length", 0.17)
    ripple = (0.5 + 0.5 * np.sin(2 * np.pi * ripple_phase)) ** 1.4
    fade = 1 - smooth_step(np.hypot(x, y - EYE_Y), 10, 22)
    small = option(options, "ripple", 0.016) * ripple * fade * (0.75 + 0.25 * np.tanh(wobble))
    swell = 0.10 * sampled(fractal(seed + 3, 256, 2.4, 1, 10), x / 14, y / 14)
    near = level_near(x, y, options, 0.6)
    sunk = option(options, "sunk", 0) * smooth_step(y, 1.5, 7)
    return terrain(x, y, (large + swell) * near + small * (0.25 + 0.75 * near) - sunk)


def drifts(size: Size, options: Options) -> Form:  # noqa: ARG001 - land has its own extent
    """Return soft drifts, as of snow or earth: `height` of the drifts, `rough` for small clods.

    `sunk` is how far it falls behind the product, as a mountain does.
    """
    x, y = fan(0.045, 420)
    seed = int(option(options, "seed", 11))
    large = sampled(fractal(seed, 512, 2.4, 1, 24), x / 26, y / 26)
    far = 1 + 2.2 * smooth_step(y, 4, 60)
    small = sampled(fractal(seed + 1, 1024, 1.3, 8, 300), x / 9, y / 9)
    fade = 1 - smooth_step(np.hypot(x, y - EYE_Y), 12, 40)
    near = level_near(x, y, options)
    height = option(options, "height", 0.22) * (large * far + 0.7 * far * smooth_step(y, 3, 30)) * near
    height -= option(options, "sunk", 0) * smooth_step(y, 1.2, 9)
    return terrain(x, y, height + option(options, "rough", 0.006) * small * fade * (0.35 + 0.65 * near))


def billows(size: Size, options: Options) -> Form:  # noqa: ARG001 - land has its own extent
    """Return the upper side of a bed of clouds: round heaps of a `height`, lower around the product."""
    x, y = fan(0.05, 300)
    seed = int(option(options, "seed", 6))
    total = np.zeros_like(x)
    for step, (span, gain) in enumerate(((7.0, 1.0), (3.1, 0.46), (1.3, 0.2), (0.55, 0.075))):
        heaps = sampled(fractal(seed + step, 256, 0.6, 4, 9), x / span / 4, y / span / 4)
        total += gain * np.sqrt(np.abs(heaps) + 0.02)
    rise = option(options, "height", 0.6) * (1 + 0.8 * smooth_step(y, 3, 30) - 1.5 * smooth_step(y, 40, 160))
    near = smooth_step(np.hypot(x, y * 0.8), 0.35, 2.6)
    return terrain(x, y, (total - 0.9) * rise * near)


def shore(size: Size, options: Options) -> Form:  # noqa: ARG001 - land has its own extent
    """Return the sea behind a beach: its edge runs across at `from`, winding a little, and it lies level."""
    x, y = fan(0.1, 2_500, option(options, "from", 4) - EYE_Y - 1.5)
    edge = option(options, "from", 4) + 0.35 * sampled(
        fractal(int(option(options, "seed", 4)), 256, 1.8, 1, 12), x / 14, np.zeros_like(x) + 0.3
    )
    y = np.maximum(y, edge)
    waves = _ripples(x, y, options, 9, 2.0) * option(options, "wave", 0.02)
    return terrain(x, y, waves * smooth_step(y - edge, 0.0, 1.5) - 0.03 * (1 - smooth_step(y - edge, 0, 0.4)))


def ridge(size: Size, options: Options) -> Form:
    """Return the outline of a far ridge of hills, an upright sheet `size` wide and high; `seed` and `rough` shape it.

    Its texture runs from the foot (v = 1) to the highest point (v = 0), so that mist can lie at the foot.
    """
    seed, rough = int(option(options, "seed", 1)), option(options, "rough", 1)
    x = np.linspace(0, 1, 360)
    line = sum(_waved(x, seed, cycles) * cycles**-0.95 * (1 if cycles < 4 else rough) for cycles in (2, 5, 11, 23, 51))
    top = 0.55 + 0.45 * (line - np.min(line)) / max(float(np.ptp(line)), 1e-6)
    shares = np.linspace(0, 1, 6)[:, None]
    level = np.broadcast_to(x, (6, len(x)))
    points = np.stack([(level - 0.5) * size[0], np.zeros_like(level), shares * top * size[2]], -1)
    return grid(points.astype(np.float32), np.stack([level, 1 - shares * top], -1))


def ledge(size: Size, options: Options) -> Form:
    """Return a level slab, `size` wide, that ends behind the product at `back`, as of a wall's top or a table."""
    back = option(options, "back", 1.5)
    y = np.array([-12.0, back - 0.02, back - 0.006, back, back])
    z = np.array([0.0, 0.0, -0.006, -0.02, -6.0])
    x = np.linspace(-0.5, 0.5, 2) * size[0]
    points = np.stack([np.tile(x, (5, 1)), np.tile(y[:, None], (1, 2)), np.tile(z[:, None], (1, 2))], -1)
    return grid(points.astype(np.float32), np.stack([points[..., 0], points[..., 1] - points[..., 2]], -1))


def veil(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return an upright sheet, `size` wide and high, for mist; its texture lies on it once."""
    x, z = np.meshgrid(np.linspace(-0.5, 0.5, 2) * size[0], np.linspace(0, 1, 2) * size[2])
    uv = np.stack([x / size[0] + 0.5, 1 - z / size[2]], -1)
    return grid(np.stack([x, np.zeros_like(x), z], -1).astype(np.float32), uv.astype(np.float32))


def _waved(x: Floats, seed: int, cycles: int) -> Floats:
    """Return a smooth curve through random points, `cycles` of them and some more."""
    points = np.random.default_rng((seed, cycles)).uniform(-1, 1, cycles + 3)
    at = x * cycles
    left = np.floor(at).astype(int)
    share = at - left
    share = share * share * (3 - 2 * share)
    return np.asarray(points[left] * (1 - share) + points[left + 1] * share, np.float32)


SHAPES: dict[str, Shape] = {
    "sea": sea,
    "pool": pool,
    "dunes": dunes,
    "drifts": drifts,
    "billows": billows,
    "shore": shore,
    "ridge": ridge,
    "ledge": ledge,
    "veil": veil,
}
