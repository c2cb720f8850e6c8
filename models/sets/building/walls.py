"""Walls and what is let into them: arches, niches, windows, mouldings, slats, tiles. Their front is at y = 0."""

from __future__ import annotations

import math

import numpy as np

from models.sets.building.form import Form, Options, Shape, Size, block, grid, joined, option, pierced, solid
from models.sets.graph import Numbers

SIDES = 48
BELOW = 6.0
"""An even wall goes on below the ground, which may be a table."""


def arch_line(width: float, height: float, sides: int = SIDES) -> Numbers:
    """Return the outline (n, 2) of an opening with a round head, counter-clockwise from its right foot."""
    radius = min(width / 2, height)
    turn = np.linspace(0, math.pi, sides + 1)
    head = np.stack([width / 2 * np.cos(turn), height - radius + radius * np.sin(turn)], -1)
    return _even(np.concatenate([[[width / 2, 0.0]], head, [[-width / 2, 0.0]]]), 4 * sides)


def box_line(width: float, height: float, radius: float = 0.0, sides: int = SIDES) -> Numbers:
    """Return the outline (n, 2) of a rectangle with rounded corners, counter-clockwise from its right foot."""
    radius = max(radius, 1e-3)
    corners = []
    for number, (x, z) in enumerate(((1, 1), (-1, 1))):
        turn = np.linspace(0, math.pi / 2, 9) + number * math.pi / 2
        middle = (x * (width / 2 - radius), height - radius if z > 0 else radius)
        corners.append(np.stack([middle[0] + radius * np.cos(turn), middle[1] + radius * np.sin(turn)], -1))
    return _even(np.concatenate([[[width / 2, 0.0]], *corners, [[-width / 2, 0.0]]]), 4 * sides)


def _even(line: Numbers, count: int) -> Numbers:
    """Return points at even distances along a line, its own among them as near as may be; the foot is closed."""
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=-1))])
    at = np.linspace(0, along[-1], count)
    return np.stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])], -1)


def _beyond(line: Numbers, width: float, height: float) -> Numbers:
    """Return the points of a wall's outer edge that lie beyond those of an opening, seen from the opening's middle."""
    middle = np.array([0.0, line[:, 1].max() * 0.35])
    ray = line - middle
    far = np.full(len(ray), np.inf)
    for axis, low, high in ((0, -width / 2, width / 2), (1, 0.0, height)):
        edge = np.where(ray[:, axis] > 0, high, low) - middle[axis]
        with np.errstate(divide="ignore", invalid="ignore"):
            far = np.minimum(far, np.where(np.abs(ray[:, axis]) > 1e-6, edge / ray[:, axis], np.inf))
    return middle + ray * np.maximum(far, 1.0)[:, None]


def arch(size: Size, options: Options) -> Form:
    """Return a free-standing arch; `thickness` is that of its legs."""
    thickness = option(options, "thickness", 0.22)
    bevel = option(options, "bevel", 0.014)
    outer, inner = arch_line(size[0], size[2]), arch_line(size[0] - 2 * thickness, size[2] - thickness)
    front = pierced(outer, inner, size[1], bevel, closed=False)
    rim = _rim(outer, size[1], bevel)
    return joined([front, rim, _turned_back(front, size[1])]).moved(0, -size[1] / 2)


def _rim(outer: Numbers, depth: float, bevel: float) -> Form:
    rows = [
        np.stack([outer[:, 0], np.full(len(outer), y), outer[:, 1]], -1) for y in (0.0, bevel, depth - bevel, depth)
    ]
    return grid(np.stack(rows))


def _turned_back(front: Form, depth: float) -> Form:
    """Return a front as the back of a wall of this depth."""
    return front.moved(0, -depth, turn_deg=180)


def tablet(size: Size, options: Options) -> Form:
    """Return an upright panel with a round head."""
    return solid(arch_line(size[0], size[2], 24), max(size[1], 0.02), option(options, "bevel", 0.012)).moved(
        0, size[1] / 2
    )


def flat(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return an even wall."""
    across, up = np.meshgrid(np.linspace(-0.5, 0.5, 2) * size[0], np.array([-BELOW, size[2]]))
    return grid(np.stack([across, np.zeros_like(across), up], -1))


def archway(size: Size, options: Options) -> Form:
    """Return a wall with a round-headed opening of `width`, `height`, `depth` at `x`; `closed` 1 makes it a niche."""
    return _opened(size, options, arch_line(option(options, "width", 1.6), option(options, "height", 1.9)))


def niche(size: Size, options: Options) -> Form:
    """Return a wall with a square niche: `width`, `height`, `depth`, its foot at `foot`, at `x`."""
    line = box_line(option(options, "width", 1.8), option(options, "height", 1.6), option(options, "radius", 0.03))
    return _opened(size, {"closed": 1.0, **options}, line)


def _opened(size: Size, options: Options, line: Numbers) -> Form:
    depth, x, foot = option(options, "depth", 0.5), option(options, "x", 0.0), option(options, "foot", 0.0)
    parts = []
    outer = _beyond(line, size[0], size[2] - foot)
    parts.append(pierced(outer, line, depth, option(options, "bevel", 0.014), closed=foot > 0).moved(x, 0, foot))
    if foot > 0:
        parts.append(block((size[0], 0.02, foot), 0.001).moved(x, 0.01))
    if option(options, "closed", 0.0) > 0:
        width, height = float(np.ptp(line[:, 0])) + 0.1, line[:, 1].max() + 0.05
        parts.append(block((width, 0.02, height), 0.001).moved(x, depth + 0.009, foot))
    return joined(parts)


def panelled(size: Size, options: Options) -> Form:
    """Return a wall with moulded frames: `width` and `height` of a panel, `gap` between them, a rail at `rail`."""
    width, gap = option(options, "width", 1.3), option(options, "gap", 0.28)
    foot, height = option(options, "foot", 0.42), option(options, "height", 2.6)
    parts = [flat(size, {})]
    count = int(size[0] / (width + gap)) // 2
    for number in range(-count, count + 1):
        x = number * (width + gap)
        parts.append(moulding(width, height).moved(x, 0, foot))
    return joined(parts)


def moulding(width: float, height: float, reach: float = 0.05) -> Form:
    """Return a rectangular frame with a profile of an ogee that stands out from the wall, with mitred corners."""
    profile = [(0.0, 0.0), (0.012, 0.010), (0.022, 0.030), (0.034, 0.034), (0.046, 0.026), (0.056, 0.012), (0.075, 0.0)]
    corners = np.array([(-0.5, 0), (0.5, 0), (0.5, 1), (-0.5, 1)])
    inward = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    scale = reach / 0.034
    parts = []
    for start in range(4):
        end = (start + 1) % 4
        rows = []
        for inside, out in profile:
            line = [corners[at] * (width, height) + inward[at] * inside * scale for at in (start, end)]
            rows.append(np.array([[x, -out * scale, z] for x, z in line]))
        parts.append(grid(np.stack(rows)))
    return joined(parts)


def slatted(size: Size, options: Options) -> Form:
    """Return a wall of upright slats: `width`, `gap` and `depth` of a slat; `round` 1 makes half-round flutes."""
    width, gap, depth = option(options, "width", 0.09), option(options, "gap", 0.05), option(options, "depth", 0.06)
    if option(options, "round", 0.0) > 0:
        count = int(size[0] / width)
        turn = np.linspace(0, math.pi, 11)[:-1]
        x = np.concatenate([(number + 0.5 - 0.5 * np.cos(turn)) * width for number in range(count)]) - count * width / 2
        y = np.tile(-depth * np.sin(turn), count)
        return grid(np.stack([np.stack([x, y, np.full_like(x, z)], -1) for z in (0.0, size[2])]))
    one = block((width, depth, size[2]), 0.006, 3)
    parts = [block((size[0], 0.03, size[2]), 0.002).moved(y=0.015)]
    count = int(size[0] / (width + gap)) // 2
    parts += [_shifted(one, number).moved(number * (width + gap), -depth / 2) for number in range(-count, count + 1)]
    return joined(parts)


def _shifted(form: Form, number: int) -> Form:
    """Return a shape with another piece of its texture."""
    assert form.uv is not None
    return Form(
        form.vertices, form.faces, form.normals, (form.uv + np.array([0.37 * number, 0.71 * number])).astype(np.float32)
    )


def tiled(size: Size, options: Options) -> Form:
    """Return a wall with tiles: `width`, `height`, `gap`, `bond` (0.5 is that of bricks), `uneven` in degrees.

    They reach `up` to a height; above them the wall is even.
    """
    width, height = option(options, "width", 0.36), option(options, "height", 0.18)
    gap, bond, uneven = option(options, "gap", 0.009), option(options, "bond", 0.5), option(options, "uneven", 0.35)
    rng = np.random.default_rng(7)
    one = block((width - gap, 0.06, height - gap), option(options, "bevel", 0.007), 2)
    columns, rows = int(min(size[0], 11) / width) // 2, int(min(size[2], option(options, "up", 5.0)) / height)
    parts = [flat(size, {}).moved(y=0.022)]
    for row in range(rows):
        for column in range(-columns, columns + 1):
            tile = one.tilted(rng.normal() * uneven).moved(turn_deg=rng.normal() * uneven)
            x = (column + bond * (row % 2)) * width
            parts.append(_shifted(tile, row * 31 + column).moved(x, 0.012, row * height + gap / 2))
    return joined(parts)


def skirting(size: Size, options: Options) -> Form:
    """Return a skirting board before a wall at y = 0."""
    height, depth = option(options, "height", 0.16), option(options, "depth", 0.03)
    profile = [
        (-depth, 0.0),
        (-depth, 0.72),
        (-0.8 * depth, 0.78),
        (-0.6 * depth, 0.86),
        (-0.55 * depth, 0.95),
        (0.0, 1.0),
    ]
    x = np.array([-size[0] / 2, size[0] / 2])
    rows = [np.stack([x, np.full(2, y), np.full(2, z * height)], -1) for y, z in profile]
    return grid(np.stack(rows))


def window(size: Size, options: Options) -> Form:
    """Return a window's frame with `panes` across and `rows` down, open between its bars."""
    bar, panes, rows = (
        option(options, "bar", 0.06),
        round(option(options, "panes", 2)),
        round(option(options, "rows", 3)),
    )
    parts = []
    for number in range(panes + 1):
        x = -size[0] / 2 + number * size[0] / panes
        parts.append(block((bar, size[1], size[2]), 0.008).moved(x))
    for number in range(rows + 1):
        z = number * size[2] / rows - bar / 2
        parts.append(block((size[0], size[1] * 0.9, bar), 0.008).moved(0, 0, z))
    return joined(parts)


def frame(size: Size, options: Options) -> Form:
    """Return a picture frame; `bar` is its width."""
    bar = option(options, "bar", 0.05)
    sides = [block((bar, size[1], size[2]), 0.006).moved(x) for x in (-(size[0] - bar) / 2, (size[0] - bar) / 2)]
    ends = [block((size[0], size[1], bar), 0.006).moved(0, 0, z) for z in (0.0, size[2] - bar)]
    return joined([*sides, *ends])


SHAPES: dict[str, Shape] = {
    "arch": arch, "archway": archway, "flat": flat, "frame": frame, "niche": niche, "panelled": panelled,
    "skirting": skirting, "slatted": slatted, "tablet": tablet, "tiled": tiled, "window": window,
}  # fmt: skip
