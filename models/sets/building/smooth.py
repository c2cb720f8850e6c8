"""Smooth materials: lacquer, metal, glass, mirror, light itself."""

from __future__ import annotations

import numpy as np

from models.sets.building.patterns import fractal, normals_of
from models.sets.building.surface import Maker
from models.sets.graph import Floats, Material

GOLD, BRASS, COPPER = (1.0, 0.72, 0.32), (0.88, 0.66, 0.36), (0.93, 0.60, 0.46)
CHROME, STEEL = (0.72, 0.73, 0.74), (0.60, 0.60, 0.60)


def matt(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001 - every maker has them
    """Return matt paint without any pattern."""
    return Material(colour=colour, roughness=0.7, specular=0.25)


def satin(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return satin lacquer."""
    return Material(colour=colour, roughness=0.34, specular=0.5)


def gloss(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return gloss lacquer."""
    return Material(colour=colour, roughness=0.08, specular=0.5, clearcoat=0.6)


def acrylic(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return polished coloured acrylic, as of a reflecting table top."""
    return Material(colour=colour, roughness=0.04, specular=0.55)


def _metal(metal: tuple[float, float, float], roughness: float) -> Maker:
    def maker(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
        return Material(colour=np.array(metal, np.float32), roughness=roughness, metallic=1.0)

    return maker


def brushed(colour: Floats, scale: float, seed: int) -> Material:
    """Return brushed metal in a colour: fine lines along u."""
    lines = fractal(1_024, seed, roughness=0.0, low=20, high=500, stretch=60)
    return Material(
        colour=np.asarray(0.35 * colour + 0.65 * np.sqrt(colour), np.float32),
        roughness=np.clip(0.3 + 0.05 * lines, 0.1, 0.6).astype(np.float32),
        metallic=1.0,
        normals=normals_of(lines, 0.0005),
        repeat=(1 / scale, 1 / scale),
    )


def mirror(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a mirror, a little tinted."""
    return Material(colour=np.asarray(0.75 + 0.2 * colour, np.float32), roughness=0.02, metallic=1.0)


def glass(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return clear glass."""
    return Material(colour=colour, kind="glass", roughness=0.0, ior=1.5, transmission=1.0)


def frosted(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return frosted glass."""
    return Material(colour=colour, kind="glass", roughness=0.45, ior=1.5, transmission=1.0)


def glow(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a surface that gives light."""
    return Material(colour=np.asarray(colour * 0.9, np.float32), kind="emissive")


MATERIALS: dict[str, Maker] = {
    "acrylic": acrylic, "brass": _metal(BRASS, 0.24), "brushed": brushed, "chrome": _metal(CHROME, 0.06),
    "copper": _metal(COPPER, 0.2), "frosted": frosted, "glass": glass, "gloss": gloss, "glow": glow,
    "gold": _metal(GOLD, 0.16), "matt": matt, "mirror": mirror, "satin": satin, "steel": _metal(STEEL, 0.32),
}  # fmt: skip
