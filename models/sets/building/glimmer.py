"""Materials that shine or glow: wax, lacquer, foil, ice, lamps, far hills, mist and windows at night."""

from __future__ import annotations

import numpy as np

from foundry.colour import Floats
from models.sets.building.earth import FINE, laid
from models.sets.building.noise import fractal, normal_map, smooth_step
from models.sets.building.surface import Maker
from models.sets.graph import Material


def wax(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return wax of a candle."""
    return Material(colour=colour, roughness=0.45, specular=0.4, sheen=0.2)


def lacquer(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a deep gloss, as of a bauble or a lacquered box."""
    return Material(colour=colour, roughness=0.12, specular=0.6, clearcoat=0.8)


def foil(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a satin metal in the colour, as of a ribbon or a bauble."""
    return Material(colour=np.clip(colour * 1.15, 0, 1).astype(np.float32), roughness=0.28, metallic=0.85)


def ice(colour: Floats, scale: float, seed: int) -> Material:
    """Return cloudy ice."""
    bumps = normal_map(fractal(seed, FINE, 1.5, 2, 60), 0.16)
    pale = (0.80 + 0.18 * colour / max(float(colour.max()), 1e-3)).astype(np.float32)
    return Material(colour=pale, kind="glass", roughness=0.22, ior=1.31, normals=bumps, repeat=laid(scale, 1.2))


def glow(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a small lamp in the colour; `scale` is its strength."""
    warm = colour / max(float(colour.max()), 1e-3)
    return Material(colour=(warm * 9 * scale).astype(np.float32), kind="emissive")


def far(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a far slope in haze, flat in its colour; it needs no light. `scale` is its strength."""
    return Material(colour=(colour * scale).astype(np.float32), kind="emissive")


def mist(colour: Floats, scale: float, seed: int) -> Material:
    """Return a bank of mist in the colour: thick at the foot of its sheet, nothing at the top."""
    v = np.linspace(0, 1, 256)[:, None]
    billows = fractal(seed, 256, 1.9, 1, 20)
    thick = np.clip(smooth_step(v, 0.02, 0.95) ** 1.4 * (0.85 + 0.22 * billows), 0, 1)
    edge = np.minimum(smooth_step(np.linspace(0, 1, 256), 0, 0.12), smooth_step(np.linspace(1, 0, 256), 0, 0.12))
    cover = (thick * edge[None]).astype(np.float32)
    return Material(colour=(colour * scale * cover[..., None]).astype(np.float32), kind="emissive", opacity=cover)


def bokeh(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a lamp that is far out of focus: an even disc, a little brighter at its rim. `scale` is its strength."""
    v, u = np.mgrid[0:64, 0:64] / 31.5 - 1
    rim = smooth_step(np.hypot(u, v), 0.78, 0.97)
    cover = (0.42 + 0.22 * rim).astype(np.float32)
    bright = colour / max(float(colour.max()), 1e-3) * 0.98
    return Material(colour=(bright * scale * cover[..., None]).astype(np.float32), kind="emissive", opacity=cover)


def windows(colour: Floats, scale: float, seed: int) -> Material:
    """Return the lit and dark windows of a house at night; one window each tenth of a unit."""
    rng = np.random.default_rng(seed)
    lit = (rng.uniform(size=(40, 40)) < 0.38) * rng.uniform(0.2, 1.0, (40, 40)) ** 1.5
    tint = np.where(
        rng.uniform(size=(40, 40, 1)) < 0.25, np.array([0.8, 0.9, 1.0]), colour / max(float(colour.max()), 1e-3)
    )
    cell = np.zeros((12, 12))
    cell[3:10, 3:9] = 1
    light = np.kron(lit, cell)[..., None] * np.kron(tint.reshape(40, 40, 3), np.ones((12, 12, 1)))
    dark = np.array([0.010, 0.012, 0.018])
    return Material(colour=(dark + 5.0 * light).astype(np.float32), kind="emissive", repeat=laid(scale, 8.0))


MATERIALS: dict[str, Maker] = {
    "wax": wax, "lacquer": lacquer, "foil": foil, "ice": ice, "glow": glow, "far": far, "mist": mist, "bokeh": bokeh,
    "windows": windows,
}  # fmt: skip
