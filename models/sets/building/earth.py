"""Materials of land: water, sand, snow, clouds, stone, soil, moss and bark.

Texture coordinates are in units of length; `scale` makes the tiles larger or smaller.
"""

from __future__ import annotations

import numpy as np

from foundry.colour import Floats
from models.sets.building.noise import fractal, normal_map, smooth_step
from models.sets.building.surface import Maker
from models.sets.graph import Material

FINE = 512


def tinted(colour: Floats, values: Floats, amount: float, least: float = 0.3) -> Floats:
    """Return a texture of the colour whose lightness follows `values` of standard deviation 1."""
    return np.asarray(colour * np.maximum(1 + amount * values[..., None], least), np.float32)


def laid(scale: float, tile: float) -> tuple[float, float]:
    """Return how often a tile of an edge in units of length is laid over a unit, at a scale."""
    return (1 / (tile * scale), 1 / (tile * scale))


def water(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return deep water that mirrors what is above it."""
    return Material(colour=(colour * 0.85).astype(np.float32), roughness=0.07, specular=0.55)


def shallows(colour: Floats, scale: float, seed: int) -> Material:
    """Return clear shallow water, with the net of light that the sun draws on its floor."""
    broad = fractal(seed, FINE, 1.2, 3, 14)
    other = fractal(seed + 1, FINE, 1.2, 3, 14)
    net = np.exp(-((np.abs(broad) / 0.16) ** 0.8)) + np.exp(-((np.abs(other) / 0.16) ** 0.8))
    net = (net - net.mean()) / net.std()
    texture = tinted(colour, net, 0.11, 0.6)
    return Material(colour=texture, roughness=0.05, specular=0.5, repeat=laid(scale, 2.4))


def sand(colour: Floats, scale: float, seed: int) -> Material:
    """Return dry sand, with its grains."""
    rng = np.random.default_rng(seed)
    grains = rng.standard_normal((1024, 1024)).astype(np.float32)
    patches = fractal(seed, 1024, 1.8, 1, 40)
    texture = tinted(colour, 0.75 * grains + 0.5 * patches, 0.085)
    bumps = normal_map(fractal(seed + 1, 1024, 0.6, 40, 400), 0.10)
    return Material(colour=texture, roughness=0.95, specular=0.12, normals=bumps, repeat=laid(scale, 1.6))


def snow(colour: Floats, scale: float, seed: int) -> Material:
    """Return fresh snow: soft, with a fine sparkle."""
    bumps = normal_map(fractal(seed, 1024, 0.9, 10, 400), 0.11)
    texture = tinted(colour, fractal(seed + 1, 512, 1.6, 1, 60), 0.015)
    return Material(colour=texture, roughness=0.6, specular=0.35, sheen=0.3, normals=bumps, repeat=laid(scale, 1.8))


def cloud(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return the soft white of a cloud."""
    return Material(colour=colour, roughness=1.0, specular=0.05, sheen=0.6)


def stone(colour: Floats, scale: float, seed: int) -> Material:
    """Return rough natural stone, with grain and stains."""
    stains, grain = fractal(seed, FINE, 1.7, 1, 200), fractal(seed + 1, FINE, 0.7, 24, 250)
    texture = tinted(colour, 0.8 * stains + 0.7 * grain, 0.15)
    bumps = normal_map(fractal(seed + 2, FINE, 1.25, 4, 250), 0.32)
    return Material(colour=texture, roughness=0.82, specular=0.25, normals=bumps, repeat=laid(scale, 1.1))


def wet_stone(colour: Floats, scale: float, seed: int) -> Material:
    """Return dark stone that is wet: glossy where water lies."""
    dry = stone(colour * 0.8, scale, seed)
    lies = smooth_step(fractal(seed + 5, FINE, 1.8, 1, 60), -0.5, 0.7)
    rough = (0.5 - 0.38 * lies).astype(np.float32)
    return Material(colour=dry.colour, roughness=rough, specular=0.5, normals=dry.normals, repeat=dry.repeat)


def strata(colour: Floats, scale: float, seed: int) -> Material:
    """Return sandstone in layers; its texture must run up along v."""
    rows = np.linspace(0, 1, FINE)[:, None]
    warp = 0.02 * fractal(seed, FINE, 1.8, 1, 30)
    bands = sum(np.sin(2 * np.pi * cycles * (rows + warp) + cycles) / cycles**0.6 for cycles in (3, 7, 12, 23, 41))
    texture = tinted(colour, 0.6 * np.asarray(bands) + 0.5 * fractal(seed + 1, FINE, 0.8, 10, 250), 0.12)
    bumps = normal_map(0.5 * np.asarray(bands) + 0.6 * fractal(seed + 2, FINE, 1.1, 6, 250), 0.30)
    return Material(colour=texture, roughness=0.9, specular=0.15, normals=bumps, repeat=laid(scale, 1.4))


def smooth_pebble(colour: Floats, scale: float, seed: int) -> Material:
    """Return a pebble that water has smoothed."""
    texture = tinted(colour, fractal(seed, FINE, 1.0, 3, 200), 0.11)
    return Material(colour=texture, roughness=0.55, specular=0.35, repeat=laid(scale, 1.0))


def soil(colour: Floats, scale: float, seed: int) -> Material:
    """Return earth of a forest or a garden."""
    texture = tinted(colour, fractal(seed, 1024, 1.0, 4, 400), 0.35, 0.15)
    bumps = normal_map(fractal(seed + 1, 1024, 1.1, 8, 400), 0.6)
    return Material(colour=texture, roughness=1.0, specular=0.1, normals=bumps, repeat=laid(scale, 1.8))


def moss(colour: Floats, scale: float, seed: int) -> Material:
    """Return moss: soft cushions of fine leaves."""
    cushions, fine = fractal(seed, 1024, 1.5, 4, 60), fractal(seed + 1, 1024, 0.5, 60, 420)
    light = tinted(colour, 0.7 * cushions + 0.75 * fine, 0.30, 0.2)
    warm = np.array([1.12, 1.0, 0.78], np.float32)
    share = smooth_step(fractal(seed + 2, 1024, 1.6, 2, 30), -0.6, 1.4)[..., None]
    texture = light * (1 + (warm - 1) * share)
    bumps = normal_map(0.8 * cushions + 0.8 * fine, 0.75)
    return Material(
        colour=texture.astype(np.float32),
        roughness=1.0,
        specular=0.1,
        sheen=0.9,
        normals=bumps,
        repeat=laid(scale, 1.5),
    )


def bark(colour: Floats, scale: float, seed: int) -> Material:
    """Return bark with furrows that run up along v."""
    furrows = fractal(seed, FINE, 1.2, 6, 160)[np.arange(FINE) // 5]
    furrows = (furrows + np.roll(furrows, 2, 0)) / 2
    fine = fractal(seed + 1, FINE, 0.9, 10, 250)
    texture = tinted(colour, 0.9 * furrows + 0.5 * fine, 0.3, 0.15)
    return Material(
        colour=texture,
        roughness=0.95,
        specular=0.1,
        normals=normal_map(furrows + 0.4 * fine, 0.8),
        repeat=laid(scale, 1.2),
    )


MATERIALS: dict[str, Maker] = {
    "water": water, "shallows": shallows, "sand": sand, "snow": snow, "cloud": cloud, "stone": stone,
    "wet-stone": wet_stone, "strata": strata, "pebble": smooth_pebble, "soil": soil, "moss": moss, "bark": bark,
}  # fmt: skip
