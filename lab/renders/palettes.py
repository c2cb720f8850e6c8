"""Palettes of rendered scenes: colours that go together, and the family that a colour belongs to."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from foundry.colour import Floats, lab_of_hex
from models.backdrop.colours import COLOURS, hex_of_lab


def random_palette(chance: np.random.Generator) -> tuple[str, str, str]:
    """Return wall, floor and accent as "#RRGGBB".

    They are kin, opposites, or one colour beside neutrals; sometimes named colours at random.
    """
    if chance.random() < 0.3:
        first, second, third = (_vary(chance, str(name)) for name in chance.choice(list(COLOURS), 3))
        return first, second, third
    hue, turn = chance.random() * 360, chance.choice([0, 0, 20, 30, -30, 120, 180, 180, 150])
    wall = _tone(chance, hue, neutral=0.25)
    floor = (
        _tone(chance, hue + chance.normal() * 12, neutral=0.45)
        if chance.random() < 0.65
        else _vary_lightness(chance, wall)
    )
    accent = _tone(chance, hue + turn, neutral=0.1)
    return hex_of_lab(wall), hex_of_lab(floor), hex_of_lab(accent)


def _vary(chance: np.random.Generator, name: str) -> str:
    return hex_of_lab(lab_of_hex(COLOURS[name]) + chance.normal(0, 1, 3) * np.array([4, 3, 4]))


def _tone(chance: np.random.Generator, hue: float, neutral: float) -> Floats:
    light = float(np.clip(chance.choice([92, 84, 72, 58, 42, 26], p=[0.2, 0.2, 0.2, 0.16, 0.14, 0.1]), 0, 97))
    light += chance.normal() * 5
    chroma = chance.random() * 9 if chance.random() < neutral else 8 + 62 * chance.random() ** 1.4
    angle = np.deg2rad(hue)
    return np.array([np.clip(light, 8, 97), chroma * np.cos(angle), chroma * np.sin(angle)])


def _vary_lightness(chance: np.random.Generator, lab: Floats) -> Floats:
    """Return the same colour, a little lighter or darker."""
    return np.array([np.clip(lab[0] + chance.normal() * 10, 8, 97), lab[1], lab[2]])


FAMILIES = ("white", "grey", "black", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")
_HUE_ENDS = (("red", 25.0), ("orange", 62.0), ("yellow", 95.0), ("green", 165.0), ("teal", 215.0), ("blue", 290.0))


@lru_cache(maxsize=4096)
def family(colour: str) -> str:
    """Return one of eleven families of "#RRGGBB", by lightness, chroma and hue in CIE Lab."""
    light, a, b = (float(value) for value in lab_of_hex(colour))
    if np.hypot(a, b) < 9:
        return "white" if light > 82 else "black" if light < 30 else "grey"
    hue = float(np.rad2deg(np.arctan2(b, a))) % 360
    if hue >= 335 or hue < 25:
        return "pink" if light > 58 else "red"
    return next((name for name, edge in _HUE_ENDS if hue < edge), "purple")
