"""Solids of a studio: blocks, plinths, discs, balls, rings, steps, columns. Every edge is rounded."""

from __future__ import annotations

import math

import numpy as np

from models.sets.building.form import Form, Options, Shape, Size, block, grid, joined, option, revolve, rounded_corner

BEVEL = 0.012


def box(size: Size, options: Options) -> Form:
    """Return a block; `bevel` is the radius of its edges."""
    return block(size, option(options, "bevel", BEVEL))


def cylinder(size: Size, options: Options) -> Form:
    """Return an upright cylinder; `bevel` rounds its rims."""
    bevel = min(option(options, "bevel", BEVEL), size[2] * 0.48, size[0] * 0.45)
    across, up = bevel / (size[0] / 2), bevel / size[2]
    top = [(1 + out * across, 1 + rise * up) for out, rise in rounded_corner(1.0)]
    foot = [(radius, 1 - height) for radius, height in reversed(top)]
    return revolve([(0, 0), *foot, *top, (0, 1)], size)


def column(size: Size, options: Options) -> Form:
    """Return a fluted column: `flutes` grooves of `groove` depth around it."""
    flutes, groove = round(option(options, "flutes", 28)), option(options, "groove", 0.03)
    bevel = min(option(options, "bevel", 0.01), size[2] * 0.3)
    turn = np.linspace(0, 2 * math.pi, flutes * 10 + 1)
    cut = groove * np.abs(np.sin(turn * flutes / 2)) ** 0.8 - groove
    ring = np.stack([np.cos(turn), np.sin(turn)], -1)
    rows = []
    for out, z in [
        (-bevel, 0.0),
        (0, bevel),
        (0, size[2] - bevel),
        *((o, size[2] + u) for o, u in rounded_corner(bevel)),
    ]:
        radius = np.array(size[:2]) / 2 + (out + cut)[:, None]
        rows.append(np.concatenate([ring * radius, np.full((len(turn), 1), z)], -1))
    rows.append(np.concatenate([ring * 0, np.full((len(turn), 1), size[2])], -1))
    return grid(np.stack(rows), closed=True)


def ball(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a ball that stands on the ground."""
    return revolve([(math.sin(a), (1 - math.cos(a)) / 2) for a in np.linspace(0, math.pi, 49)], size)


def dome(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return half a ball on its flat side."""
    arc = [(math.cos(a), math.sin(a)) for a in np.linspace(0, math.pi / 2, 33)]
    return revolve([(0, 0), (0.99, 0), *arc], size)


def cone(size: Size, options: Options) -> Form:
    """Return a cone, cut off at the share `top` of its radius."""
    top, bevel = option(options, "top", 0.0), 0.02
    return revolve([(0, 0), (1 - bevel, 0), (1, bevel), (top + 0.01, 0.985), (max(top - 0.02, 0), 1), (0, 1)], size)


def ring(size: Size, options: Options) -> Form:
    """Return an upright ring that faces the camera; `thickness` is that of its tube."""
    tube = option(options, "thickness", 0.1) / 2
    radius = size[0] / 2 - tube
    turn, around = np.meshgrid(np.linspace(0, 2 * math.pi, 129), np.linspace(2 * math.pi, 0, 33))
    reach = radius + tube * np.cos(around)
    points = np.stack([reach * np.cos(turn), tube * np.sin(around), radius + tube + reach * np.sin(turn)], -1)
    return grid(points, closed=True)


def disc(size: Size, options: Options) -> Form:
    """Return an upright round panel that faces the camera and stands on its rim."""
    flat = cylinder((size[0], size[2], max(size[1], 0.01)), options).tilted(90)
    return flat.moved(0, size[1] / 2, size[2] / 2)


def steps(size: Size, options: Options) -> Form:
    """Return a staircase that rises away from the camera in `count` steps."""
    count, bevel = max(1, round(option(options, "count", 3))), option(options, "bevel", BEVEL)
    rise, run = size[2] / count, size[1] / count
    treads = []
    for number in range(count):
        depth = size[1] - number * run
        treads.append(block((size[0], depth, rise), bevel).moved(0, number * run / 2, number * rise))
    return joined(treads)


def tiers(size: Size, options: Options) -> Form:
    """Return `count` round discs on each other, each smaller than the one below it."""
    count, shrink = max(1, round(option(options, "count", 3))), option(options, "shrink", 0.22)
    rise = size[2] / count
    made = []
    for number in range(count):
        share = 1 - number * shrink
        made.append(cylinder((size[0] * share, size[1] * share, rise), options).moved(z=number * rise))
    return joined(made)


def shelf(size: Size, options: Options) -> Form:
    """Return a board at the top of its size, with a support of `inset` below it."""
    board = option(options, "board", 0.07)
    inset = option(options, "inset", 0.0)
    top = block((size[0], size[1], board), option(options, "bevel", 0.008)).moved(z=size[2] - board)
    if inset <= 0:
        return top
    support = block((size[0] - 2 * inset, size[1] - inset, size[2] - board), 0.008)
    return joined([top, support.moved(0, inset / 2)])


def slab(size: Size, options: Options) -> Form:
    """Return an irregular slab of stone with a level top; `rough` is how uneven its rim is."""
    rough, seed = option(options, "rough", 0.06), round(option(options, "seed", 1))
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * math.pi, 129)
    wave = sum(rng.normal() / k * np.cos(k * turn + rng.uniform(0, 6.3)) for k in range(2, 14))
    reach = 1 + rough * wave
    rows = []
    heights = np.concatenate([np.linspace(0, 0.9, 12), [0.96, 0.99, 1.0, 1.0, 1.0]])
    shares = np.concatenate([np.full(12, 1.0), [0.995, 0.985, 0.965, 0.6, 0.0]])
    for height, share in zip(heights, shares, strict=True):
        chipped = 1 + (0.25 * rough * np.sin(7 * turn + 9 * height) * np.sin(height * math.pi) if share > 0.9 else 0)
        radius = reach * share * chipped
        x, y = radius * np.cos(turn) * size[0] / 2, radius * np.sin(turn) * size[1] / 2
        rows.append(np.stack([x, y, np.full_like(turn, height * size[2])], -1))
    form = grid(np.stack(rows), closed=True)
    assert form.normals is not None
    assert form.uv is not None
    uv = np.where(np.abs(form.normals[:, 2:]) > 0.7, form.vertices[:, :2], form.uv)
    return Form(form.vertices, form.faces, form.normals, uv.astype(np.float32))


def plane(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a level rectangle."""
    across, along = np.meshgrid(np.linspace(-0.5, 0.5, 2) * size[0], np.linspace(-0.5, 0.5, 2) * size[1])
    return grid(np.stack([across, along, np.zeros_like(across)], -1))


def sweep(size: Size, options: Options) -> Form:
    """Return a floor that bends up into a wall at `back`, with a bend of `radius`."""
    back, radius = option(options, "back", 3), option(options, "radius", 1)
    bend = np.linspace(0, np.pi / 2, 24)
    y = np.concatenate([[-size[1]], back - radius + radius * np.sin(bend), [back]])
    z = np.concatenate([[0], radius - radius * np.cos(bend), [size[2]]])
    x = np.linspace(-size[0] / 2, size[0] / 2, 2)
    points = np.stack([np.tile(x, (len(y), 1)), np.tile(y[:, None], (1, 2)), np.tile(z[:, None], (1, 2))], -1)
    return grid(points)


def table(size: Size, options: Options) -> Form:
    """Return the board of a table: a level top to `back` behind the product, with a rounded far edge."""
    back, thick = option(options, "back", 0.8), option(options, "thick", 0.12)
    depth = size[1] / 2 + back
    return block((size[0], depth, thick), option(options, "bevel", 0.015)).moved(0, back - depth / 2, -thick)


SHAPES: dict[str, Shape] = {
    "ball": ball, "block": box, "column": column, "cone": cone, "cylinder": cylinder, "disc": disc, "dome": dome,
    "plane": plane, "ring": ring, "shelf": shelf, "slab": slab, "steps": steps, "sweep": sweep, "table": table,
    "tiers": tiers,
}  # fmt: skip
