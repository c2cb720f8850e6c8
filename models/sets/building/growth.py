"""Materials of what grows: leaves, petals and fruit. Coordinates of leaves run over each leaf, from edge to edge."""

from __future__ import annotations

import numpy as np

from foundry.colour import Floats
from models.sets.building.earth import FINE, laid, tinted
from models.sets.building.noise import fractal, normal_map, smooth_step
from models.sets.building.surface import Maker
from models.sets.graph import Material


def leaf(colour: Floats, scale: float, seed: int) -> Material:
    """Return the upper side of a leaf with its veins; for shapes whose coordinates run over each leaf."""
    v, u = np.mgrid[0:256, 0:256] / 255.0
    aside = np.abs(u - 0.5) * 2
    midrib = np.exp(-((aside / 0.045) ** 2))
    side = np.abs(np.mod((v - 0.28 * aside) * 13 * scale, 1) - 0.5) * 2
    veins = 0.5 * np.exp(-(((1 - side) / 0.10) ** 2)) * (1 - aside) ** 0.5
    blotch = fractal(seed, 256, 1.6, 1, 60)
    light = 1 + 0.55 * midrib + 0.22 * veins + 0.09 * blotch - 0.16 * aside**2
    tip = np.array([1.18, 1.06, 0.72], np.float32)
    share = np.clip(0.35 * aside**2 + 0.25 * (v - 0.4), 0, 0.6)[..., None]
    texture = colour * light[..., None] * (1 + (tip - 1) * share)
    bumps = normal_map((0.9 * midrib + 0.6 * veins).astype(np.float32), 1.2)
    return Material(colour=texture.astype(np.float32), roughness=0.42, specular=0.45, normals=bumps)


def autumn(colour: Floats, scale: float, seed: int) -> Material:
    """Return dry autumn leaves between the colour, rust and gold."""
    made = leaf(colour, scale, seed)
    warm = fractal(seed + 3, 256, 1.8, 1, 12)[..., None]
    towards = np.array([1.25, 0.80, 0.45], np.float32) ** np.clip(warm, -1.5, 1.5)
    return Material(
        colour=(made.colour * towards).astype(np.float32), roughness=0.7, specular=0.2, normals=made.normals
    )


def petal(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a soft petal, paler at its edge and deeper at its foot."""
    v, u = np.mgrid[0:256, 0:128] / np.array([255.0, 127.0]).reshape(2, 1, 1)
    white = np.full(3, 0.86, np.float32)
    share = np.clip(0.12 + 0.5 * v - 0.1 * np.abs(u - 0.5), 0, 0.62)[..., None]
    streaks = 1 + 0.05 * np.sin(u * 75)[..., None] * (1 - v[..., None])
    texture = (colour + (white - colour) * share * 0.8) * streaks
    return Material(colour=texture.astype(np.float32), roughness=0.65, specular=0.2, sheen=0.5)


def peel(colour: Floats, scale: float, seed: int) -> Material:
    """Return the pored skin of a citrus fruit."""
    pores = fractal(seed, FINE, 0.2, 40, 90)
    bumps = normal_map(pores, 0.10)
    return Material(
        colour=tinted(colour, fractal(seed + 1, FINE, 1.6, 1, 20), 0.05), roughness=0.38, specular=0.5, normals=bumps,
        repeat=laid(scale, 0.6),
    )  # fmt: skip


def pulp(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return the cut side of a citrus fruit, laid once over [0, 1]."""
    y, x = np.mgrid[0:512, 0:512] / 255.5 - 1
    away, turn = np.hypot(x, y), np.arctan2(y, x)
    wedge = np.abs(np.mod(turn / (2 * np.pi) * 10, 1) - 0.5) * 2
    rays = smooth_step((1 - wedge) * np.maximum(away, 0.05), 0.02, 0.07)
    inside = rays * smooth_step(away, 0.07, 0.13) * (1 - smooth_step(away, 0.80, 0.85))
    drops = fractal(seed, 512, 1.0, 10, 120)
    white = np.array([0.86, 0.80, 0.62], np.float32)
    flesh = colour * (1 + 0.14 * drops[..., None])
    texture = white + (flesh - white) * inside[..., None]
    skin = smooth_step(away, 0.93, 0.96)[..., None]
    texture = texture + (colour * 0.9 - texture) * skin
    rough = (0.5 - 0.3 * inside).astype(np.float32)
    return Material(colour=np.maximum(texture, 0.01).astype(np.float32), roughness=rough, specular=0.5)


MATERIALS: dict[str, Maker] = {
    "leaf": leaf, "autumn": autumn, "petal": petal, "peel": peel, "pulp": pulp,
}  # fmt: skip
