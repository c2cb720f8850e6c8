"""Linen, silk, velvet, felt and leather; paper and cardboard."""

from __future__ import annotations

import numpy as np

from models.sets.building.patterns import fractal, normals_of, tinted
from models.sets.building.surface import Maker
from models.sets.graph import Floats, Material

EDGE = 1_024


def linen(colour: Floats, scale: float, seed: int) -> Material:
    """Return linen: a plain weave of uneven threads."""
    threads = 110
    u = np.arange(EDGE) / EDGE
    along, across = fractal(EDGE, seed, low=4, high=60, stretch=9), fractal(EDGE, seed + 1, low=4, high=60, stretch=9).T
    warp = np.abs(np.sin(np.pi * threads * u))[None, :] * (1 + 0.22 * across)
    weft = np.abs(np.sin(np.pi * threads * u))[:, None] * (1 + 0.22 * along)
    over = ((np.floor(u * threads)[None, :] + np.floor(u * threads)[:, None]) % 2).astype(np.float32)
    height = (over * warp * 1.15 + (1 - over) * weft).astype(np.float32)
    shade = 0.72 + 0.32 * height + 0.035 * along + 0.035 * across
    tile = 1.1 * scale
    return Material(
        colour=tinted(colour, shade, 0.3), roughness=0.9, specular=0.12, sheen=0.4,
        normals=normals_of(height, 0.0028), repeat=(1 / tile, 1 / tile),
    )  # fmt: skip


def silk(colour: Floats, scale: float, seed: int) -> Material:
    """Return silk: smooth, with a soft gloss."""
    threads = fractal(EDGE, seed, roughness=0.2, low=30, high=400, stretch=16)
    tile = 1.6 * scale
    return Material(
        colour=tinted(colour, 1 + 0.02 * threads), roughness=0.36, specular=0.6, sheen=0.8,
        normals=normals_of(threads, 0.00016), repeat=(1 / tile, 1 / tile),
    )  # fmt: skip


def velvet(colour: Floats, scale: float, seed: int) -> Material:
    """Return velvet: dark from above, bright at its rims."""
    pile = fractal(EDGE, seed, roughness=0.6, low=3, high=300)
    tile = 1.8 * scale
    return Material(
        colour=tinted(colour, 1 + 0.09 * pile, 0.3), roughness=0.95, specular=0.05, sheen=1.0,
        normals=normals_of(pile, 0.0015), repeat=(1 / tile, 1 / tile),
    )  # fmt: skip


def felt(colour: Floats, scale: float, seed: int) -> Material:
    """Return felt of wool."""
    fibres = fractal(EDGE, seed, roughness=0.3, low=20, high=500)
    tile = 1.2 * scale
    return Material(
        colour=tinted(colour, 1 + 0.06 * fibres, 0.3), roughness=1.0, specular=0.05, sheen=0.5,
        normals=normals_of(fibres, 0.0009), repeat=(1 / tile, 1 / tile),
    )  # fmt: skip


def leather(colour: Floats, scale: float, seed: int) -> Material:
    """Return grained leather."""
    cells = np.abs(fractal(EDGE, seed, roughness=0.9, low=45, high=130))
    grain = np.clip(cells * 1.6, 0, 1)
    tile = 1.3 * scale
    return Material(
        colour=tinted(colour, 0.86 + 0.14 * grain + 0.03 * fractal(EDGE, seed + 1, high=12), 0.3),
        roughness=np.clip(0.6 - 0.16 * grain, 0.2, 1).astype(np.float32), specular=0.45,
        normals=normals_of(grain, 0.0028), repeat=(1 / tile, 1 / tile),
    )  # fmt: skip


def paper(colour: Floats, scale: float, seed: int) -> Material:
    """Return heavy matt paper with a fine tooth."""
    tooth = fractal(EDGE, seed, roughness=0.4, low=25, high=400)
    tile = 1.3 * scale
    return Material(
        colour=tinted(colour, 1 + 0.012 * tooth), roughness=0.95, specular=0.08,
        normals=normals_of(tooth, 0.00045), repeat=(1 / tile, 1 / tile),
    )  # fmt: skip


def cardboard(colour: Floats, scale: float, seed: int) -> Material:
    """Return corrugated cardboard: fibres, and flutes that just show."""
    fibres = fractal(EDGE, seed, roughness=0.5, low=10, high=400, stretch=3)
    flutes = np.broadcast_to(np.sin(2 * np.pi * 42 * np.arange(EDGE) / EDGE)[None, :], (EDGE, EDGE)).astype(np.float32)
    tile = 1.4 * scale
    return Material(
        colour=tinted(colour, 1 + 0.05 * fibres + 0.012 * flutes, 0.3), roughness=0.9, specular=0.15,
        normals=normals_of(0.35 * fibres + flutes, 0.0006), repeat=(1 / tile, 1 / tile),
    )  # fmt: skip


MATERIALS: dict[str, Maker] = {
    "cardboard": cardboard, "felt": felt, "leather": leather, "linen": linen, "paper": paper, "silk": silk,
    "velvet": velvet,
}  # fmt: skip
