"""Cloth and paper: curtains, draped grounds, runners, layers of cut paper."""

from __future__ import annotations

import math

import numpy as np

from models.sets.building.form import Form, Options, Shape, Size, grid, joined, option, pierced, solid
from models.sets.building.patterns import smooth_field
from models.sets.graph import Numbers

FINE = 260


def curtain(size: Size, options: Options) -> Form:
    """Return a hanging curtain with `folds` of `depth`; they are tighter at the top."""
    folds, depth, seed = option(options, "folds", 11), option(options, "depth", 0.16), round(option(options, "seed", 1))
    rng = np.random.default_rng(seed)
    u, v = np.meshgrid(np.linspace(0, 1, 1_200), np.linspace(0, 1, 24))
    drift = sum(rng.normal() * 0.3 / k * np.sin(2 * math.pi * k * u + rng.uniform(0, 6.3)) for k in range(1, 6))
    phase = 2 * math.pi * folds * u + 2.2 * drift
    lean = 0.25 * np.sin(phase / 3.1 + 1.3) * (1 - v)
    fold = np.sin(phase + lean) + 0.28 * np.sin(2 * phase + 0.8 + 0.6 * v) + 0.12 * np.sin(3.3 * phase)
    y = -depth * (0.55 + 0.45 * (1 - v)) * (0.6 + 0.4 * np.cos(drift * 2)) * fold / 1.3
    x = (u - 0.5) * size[0] + 0.25 * depth * np.cos(phase + lean)
    return grid(np.stack([x, y - depth, v * size[2]], -1))


def draped(size: Size, options: Options) -> Form:
    """Return cloth on the ground, level where the product stands and in soft folds around it.

    `folds` is how many cross it, `height` how high they are, `flat` the radius of the level place, which
    grows with a wide product.
    """
    height, level, seed = (
        option(options, "height", 0.3),
        option(options, "flat", 0.54),
        round(option(options, "seed", 1)),
    )
    folds = option(options, "folds", 1.0)
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, 420) * min(size[0], 9), np.linspace(-2.6, 4.2, 420))
    rise = _folds(x, y, folds, np.random.default_rng(seed)) * height
    away = np.hypot(x, y * 1.25)
    level *= option(options, "spread", 1.0)
    rise *= np.clip((away - level) / 0.5, 0, 1) ** 1.2
    back = option(options, "back", 0.0)
    if back:
        rise = rise + np.clip(y - back, 0, None) ** 1.5 * 1.1
    return grid(np.stack([x, y, rise], -1))


def _folds(x: Numbers, y: Numbers, folds: float, rng: np.random.Generator) -> Numbers:
    """Return soft ridges in [0, 1] that bend, part and run out, like those of silk that was laid down."""
    total = np.zeros_like(x)
    for number in range(7):
        turn = rng.normal(0.5, 0.45)
        along, across = x * math.cos(turn) + y * math.sin(turn), -x * math.sin(turn) + y * math.cos(turn)
        bend = 0.45 * np.sin(along * rng.uniform(0.5, 1.1) + rng.uniform(0, 6.3)) + 0.2 * np.sin(along * 1.9 + number)
        wave = np.sin((across + bend) * folds * rng.uniform(3.0, 5.6) + rng.uniform(0, 6.3))
        strength = 0.5 + 0.5 * np.sin(along * rng.uniform(0.4, 0.9) + rng.uniform(0, 6.3))
        total = np.maximum(total, (0.5 + 0.5 * wave) ** 3.2 * strength)
    return total


def runner(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a cloth that lies flat on its place, with a soft thickness and uneven edges."""
    u, v = np.meshgrid(np.linspace(-0.5, 0.5, FINE), np.linspace(-0.5, 0.5, FINE // 2))
    uneven = smooth_field((FINE // 2, FINE), 3, 5) * 0.012
    lift = smooth_field((FINE // 2, FINE), 5, 3) * 0.006
    near = np.minimum(0.5 - np.abs(u), 0.5 - np.abs(v) * 1.0)
    z = size[2] * np.clip(near * 60, 0, 1) ** 0.5 + np.clip(lift, 0, None)
    return grid(np.stack([u * size[0] + uneven, v * size[1] + uneven[::-1], z], -1))


def paper_frames(size: Size, options: Options) -> Form:
    """Return sheets of paper behind each other, each with a wavy opening that is smaller than the one before it.

    `count` sheets stand `gap` apart; `opening` is the width of the first opening.
    """
    count, gap = max(1, round(option(options, "count", 4))), option(options, "gap", 0.22)
    opening, shrink = option(options, "opening", 2.6), option(options, "shrink", 0.3)
    rng = np.random.default_rng(round(option(options, "seed", 1)))
    turn = np.linspace(0, 2 * math.pi, 241)[:-1]
    parts = []
    for number in range(count):
        wave = sum(rng.normal() * 0.05 * np.cos(k * turn + rng.uniform(0, 6.3)) for k in (2, 3, 5, 6))
        reach = (opening / 2 - number * shrink) * (1 + wave)
        inner = np.stack([reach * np.cos(turn), reach * 1.05 * np.sin(turn) + size[2]], -1)
        outer = np.stack([12 * np.cos(turn), 12 * np.sin(turn) + size[2]], -1)
        parts.append(pierced(outer, inner, 0.012, 0.004).moved(0, number * gap))
    return joined(parts)


def paper_hill(size: Size, options: Options) -> Form:
    """Return a sheet of paper that is cut along a wavy line: `waves` across its width."""
    waves, rng = option(options, "waves", 1.5), np.random.default_rng(round(option(options, "seed", 1)))
    x = np.linspace(0.5, -0.5, 161)
    line = (
        0.72
        + 0.2 * np.sin(2 * math.pi * waves * x + rng.uniform(0, 6.3))
        + 0.08 * np.sin(2 * math.pi * waves * 2.3 * x + rng.uniform(0, 6.3))
    )
    rows = []
    for y, share in ((0.0, 0.0), (0.0, 1.0), (size[1], 1.0)):
        rows.append(np.stack([-x * size[0], np.full_like(x, y), line * share * size[2]], -1))
    front = grid(np.stack(rows[:2]))
    return joined([front, grid(np.stack(rows[1:]))])


def paper_sun(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a round sheet of thick paper that faces the camera."""
    turn = np.linspace(0, 2 * math.pi, 97)[:-1]
    line = np.stack([size[0] / 2 * np.cos(turn), size[2] / 2 * (1 + np.sin(turn))], -1)
    return solid(line, max(size[1], 0.012), 0.003)


def fan(size: Size, options: Options) -> Form:
    """Return a folded paper fan that faces the camera: `folds` pleats."""
    folds = round(option(options, "folds", 24))
    turn = np.linspace(0, 2 * math.pi, 2 * folds + 1)
    depth = np.where(np.arange(len(turn)) % 2, -1.0, 1.0) * max(size[1], 0.03) / 2
    parts = []
    for start in range(len(turn) - 1):
        rows = []
        for share in (0.12, 1.0):
            at = [start, start + 1]
            reach = size[0] / 2 * share
            rows.append(
                np.stack([reach * np.cos(turn[at]), depth[at] * share, size[2] / 2 + reach * np.sin(turn[at])], -1)
            )
        parts.append(grid(np.stack(rows)))
    return joined(parts)


SHAPES: dict[str, Shape] = {
    "curtain": curtain, "draped": draped, "fan": fan, "paper-frames": paper_frames, "paper-hill": paper_hill,
    "paper-sun": paper_sun, "runner": runner,
}  # fmt: skip
