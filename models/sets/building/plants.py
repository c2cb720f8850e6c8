"""Plants: leaves, fronds, branches, flowers, grass, and leaves and petals that lie about."""

from __future__ import annotations

import numpy as np

from foundry.colour import Floats
from models.sets.building.form import Form, Options, Shape, Size, grid
from models.sets.building.land import option
from models.sets.building.shaping import blade, merged, placed, scattered, smoothed, tube, turned


def _rng(options: Options, default: int) -> np.random.Generator:
    return np.random.default_rng(int(option(options, "seed", default)))


def _arc(length: float, rise_deg: float, droop_deg: float, steps: int = 18) -> Floats:
    """Return a spine in the y-z plane that starts at the origin, rises at an angle and droops along its way."""
    slope = np.radians(rise_deg - droop_deg * np.linspace(0, 1, steps) ** 1.4)
    step = length / (steps - 1)
    y = np.concatenate([[0], np.cumsum(np.cos(slope[:-1]) * step)])
    z = np.concatenate([[0], np.cumsum(np.sin(slope[:-1]) * step)])
    return np.stack([np.zeros(steps), y, z], -1)


def _leaf_widths(steps: int, width: float, belly: float = 0.42) -> Floats:
    """Return the half-widths of a pointed leaf that is widest at `belly`."""
    t = np.linspace(0, 1, steps)
    power = np.log(0.5) / np.log(belly)
    return np.asarray(width / 2 * np.sin(np.pi * t**power) ** 0.85 + 1e-4, np.float32)


def frond(size: Size, options: Options) -> Form:
    """Return a palm frond that rises from the origin and bends over: `size` is its width, its depth, its length."""
    rng = _rng(options, 1)
    pairs, length, wide = int(option(options, "leaflets", 26)), size[2], size[0]
    hang = option(options, "hang", 42)
    spine = _arc(length, option(options, "rise", 72), option(options, "droop", 70), 40)
    parts = [tube(spine, np.linspace(0.012, 0.003, 40) * length, 6)]
    for at in np.linspace(0.2, 0.99, pairs):
        root = spine[int(at * 39)]
        along = spine[min(39, int(at * 39) + 1)] - spine[int(at * 39) - 1]
        lean = np.arctan2(along[2], along[1])
        reach = wide / 2 * np.sin(np.pi * (0.12 + 0.86 * at)) ** 0.7 * rng.uniform(0.92, 1.05)
        for side in (-1, 1):
            leaflet = blade(_arc(reach, 4, hang, 9), _leaf_widths(9, reach * 0.13, 0.35), cup=0.5)
            turn = -side * np.radians(90 - 48 * at**1.2 - rng.uniform(0, 6))
            parts.append(placed(leaflet, tuple(root), turned(0, lean) @ turned(turn, 0, side * 0.35)))
    return merged(parts)


def palm(size: Size, options: Options) -> Form:
    """Return a tuft of fronds from one point; `fronds` is their number."""
    rng = _rng(options, 3)
    count = int(option(options, "fronds", 7))
    made = []
    for at in range(count):
        each: Options = {
            **options,
            "rise": rng.uniform(58, 84),
            "droop": rng.uniform(55, 95),
            "seed": float(rng.integers(1_000)),
        }
        grown = frond((size[0] * 0.42, 0, size[2] * rng.uniform(0.85, 1.1)), each)
        made.append(placed(grown, (0, 0, 0), turned(2 * np.pi * (at + rng.uniform(-0.25, 0.25)) / count)))
    return merged(made)


def monstera(size: Size, options: Options) -> Form:
    """Return one large split leaf on its stalk, which leans back: `size` is its width, its depth, its height."""
    slits, steps = int(option(options, "slits", 6)), 220
    t = np.linspace(0, 1, steps)
    outline = np.sin(np.pi * t**0.62) ** 0.7
    width = np.ones((2, steps))
    for side in (0, 1):
        for slit in np.linspace(0.26, 0.86, slits) + 0.02 * side:
            width[side] *= 1 - 0.66 * np.exp(-((np.abs(t - slit) / 0.014) ** 4))
    stalk = size[2] * option(options, "stalk", 0.45)
    leaf_length = size[2] * 0.62
    spine = _arc(leaf_length, option(options, "rise", 28), option(options, "droop", 95), steps)
    shares = np.linspace(-1, 1, 25)[None]
    reach = np.where(shares < 0, (outline * width[0])[:, None], (outline * width[1])[:, None]) * size[0] / 2
    x = shares * reach
    sweep = 0.30 * np.abs(x) / (size[0] / 2) * leaf_length * (1 - 0.2 * t[:, None]) - 0.13 * leaf_length
    along = np.clip(t[:, None] * leaf_length + sweep * np.abs(shares), -0.2, leaf_length * 1.02) / leaf_length
    y = np.interp(along, t, spine[:, 1]) + np.minimum(along, 0) * leaf_length * 0.9
    z = np.interp(along, t, spine[:, 2]) + 0.10 * np.abs(x) - 0.25 * x**2 / size[0]
    uv = np.stack(np.broadcast_arrays(shares * 0.5 + 0.5, t[:, None]), -1)
    leaf = smoothed(grid(np.stack([x, y, z], -1).astype(np.float32), uv.astype(np.float32)))
    bend = _arc(stalk * 1.05, 86, 30, 12)
    return merged([tube(bend, np.linspace(0.016, 0.010, 12) * size[2], 8), placed(leaf, tuple(bend[-1]))])


def plant(size: Size, options: Options) -> Form:
    """Return a tuft of split leaves; `stems` is their number."""
    rng = _rng(options, 4)
    count = int(option(options, "stems", 5))
    made = []
    for at in range(count):
        tall = size[2] * rng.uniform(0.6, 1.0)
        leaf = monstera((size[0] * rng.uniform(0.42, 0.55), 0, tall), {"rise": rng.uniform(15, 45)})
        made.append(placed(leaf, (0, 0, 0), turned(2 * np.pi * (at + rng.uniform(-0.3, 0.3)) / count, -0.12)))
    return merged(made)


def branch(size: Size, options: Options) -> Form:
    """Return a branch with oval leaves in pairs, which rises and bends over, as of olive or eucalyptus."""
    rng = _rng(options, 6)
    spine = _arc(size[2], option(options, "rise", 80), option(options, "droop", 60), 30)
    spine[:, 0] += 0.05 * size[2] * np.sin(np.linspace(0, 4, 30))
    parts = [tube(spine, np.linspace(0.011, 0.003, 30) * size[2], 6)]
    belly, slim = option(options, "belly", 0.45), option(options, "slim", 0.42)
    for at in np.linspace(0.14, 1.0, int(option(options, "pairs", 13))):
        root = spine[min(29, int(at * 29))]
        for side in (-1, 1):
            long = size[0] * 0.5 * (1.05 - 0.55 * at) * rng.uniform(0.8, 1.15)
            leaf = blade(_arc(long, rng.uniform(5, 35), rng.uniform(30, 60), 10), _leaf_widths(10, long * slim, belly))
            turn = -side * np.radians(rng.uniform(35, 75)) + rng.uniform(-0.3, 0.3)
            about = turned(
                turn + (np.pi / 2 if at % 0.2 < 0.1 else 0) * 0.3, rng.uniform(0.1, 0.6), rng.uniform(-0.5, 0.5)
            )
            parts.append(placed(leaf, tuple(root), about))
    return merged(parts)


def grass(size: Size, options: Options) -> Form:
    """Return tufts of grass over an ellipse of a width and depth: `count` of them, none within `hole`."""
    rng = _rng(options, 8)
    made = []
    for x, y in scattered(rng, int(option(options, "count", 150)), (size[0], size[1]), option(options, "hole", 0.4)):
        for _ in range(int(option(options, "blades", 6))):
            spine = _arc(size[2] * rng.uniform(0.4, 1.0), rng.uniform(62, 92), rng.uniform(20, 75), 6)
            leaf = blade(spine, np.linspace(0.014, 0.001, 6), across=3)
            aside = rng.normal(0, 0.05, 2)
            made.append(placed(leaf, (x + aside[0], y + aside[1], -0.01), turned(rng.uniform(0, 2 * np.pi))))
    return merged(made)


def fern(size: Size, options: Options) -> Form:
    """Return a low fern: fronds with fine leaflets all round."""
    return palm(size, {"fronds": 9, "leaflets": 34, "hang": 15, **options})


def fallen(size: Size, options: Options) -> Form:
    """Return leaves that lie about, curled: `count` of them, `length` long, none within `hole` of the middle."""
    rng = _rng(options, 9)
    made = []
    places = scattered(rng, int(option(options, "count", 60)), (size[0], size[1]), option(options, "hole", 0.5))
    for at, (x, y) in enumerate(places):
        long = option(options, "length", 0.3) * rng.uniform(0.7, 1.2)
        curl = rng.uniform(10, 60)
        leaf = blade(
            _arc(long, curl / 2, curl, 12),
            _leaf_widths(12, long * option(options, "slim", 0.5)),
            cup=rng.uniform(0.1, 0.5),
        )
        lift = 0.004 + 0.012 * (at % 5) / 5
        made.append(placed(leaf, (x, y, lift), turned(rng.uniform(0, 6.28), rng.normal(0, 0.10), rng.normal(0, 0.15))))
    return merged(made)


def petals(size: Size, options: Options) -> Form:
    """Return petals that lie about, or hang in the air over `size` where it has a height."""
    rng = _rng(options, 10)
    made = []
    places = scattered(rng, int(option(options, "count", 70)), (size[0], size[1]), option(options, "hole", 0.45))
    for x, y in places:
        long = option(options, "length", 0.15) * rng.uniform(0.75, 1.2)
        air = size[2] > 0.05
        leaf = blade(_arc(long, 24, 48, 10), _leaf_widths(10, long * 0.82, 0.6), across=7, cup=rng.uniform(0.35, 0.7))
        lean, roll = (rng.uniform(-1.5, 1.5, 2)) if air else rng.normal(0, 0.12, 2)
        z = rng.uniform(0.1, size[2]) if air else 0.006
        made.append(placed(leaf, (x, y, z), turned(rng.uniform(0, 6.28), lean, roll)))
    return merged(made)


def flower(size: Size, options: Options) -> Form:
    """Return an open flower of layered petals, on z = 0."""
    rng = _rng(options, 12)
    made = []
    for layer, (number, rise) in enumerate(((7, 12), (6, 34), (5, 56), (4, 74))):
        long = size[0] / 2 * (1 - 0.17 * layer)
        for at in range(number):
            leaf = blade(_arc(long, rise + 18, 45, 14), _leaf_widths(14, long * 0.95, 0.62), across=9, cup=0.45)
            turn = 2 * np.pi * (at + 0.5 * layer + rng.uniform(-0.12, 0.12)) / number
            made.append(placed(leaf, (0, 0, 0.03 * layer * size[0]), turned(turn)))
    return merged(made)


def fir(size: Size, options: Options) -> Form:
    """Return a fir tree of drooping boughs."""
    rng = _rng(options, 14)
    made = [tube(np.array([[0, 0, 0], [0, 0, size[2] * 0.95]]), np.array([0.03, 0.005]) * size[2], 8)]
    tiers = int(option(options, "tiers", 16))
    for tier in range(tiers):
        share = tier / tiers
        reach = size[0] / 2 * (1 - share) ** 0.9 + 0.02 * size[0]
        for at in range(12):
            long = reach * rng.uniform(0.75, 1.1)
            bough = blade(_arc(long, -8, 35, 8), _leaf_widths(8, long * 0.45 + 0.04, 0.4), cup=-0.4)
            turn = 2 * np.pi * (at + rng.uniform(-0.3, 0.3)) / 12 + tier
            made.append(placed(bough, (0, 0, size[2] * (0.10 + 0.88 * share)), turned(turn)))
    return merged(made)


SHAPES: dict[str, Shape] = {
    "frond": frond, "palm": palm, "monstera": monstera, "plant": plant, "branch": branch, "grass": grass,
    "fern": fern, "fallen": fallen, "petals": petals, "flower": flower, "fir": fir,
}  # fmt: skip
