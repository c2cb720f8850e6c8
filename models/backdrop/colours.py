"""Colours in the embedded model's words, which stand for levels of CIE Lab.

A colour is three words, one for each of L, a and b, on scales that are finer near grey, where eyes see finer
differences. The words hold letters only, as CLIP's tokenizer splits digits off.
"""

from __future__ import annotations

import numpy as np

from foundry.colour import Floats, lab_of_hex, srgb_of_lab

LIGHTNESS = tuple(float(level) for level in range(5, 101, 5))
_HALF = (4.0, 9.0, 15.0, 22.0, 30.0, 40.0, 52.0, 66.0, 84.0)
CHROMA = (*(-level for level in reversed(_HALF)), 0.0, *_HALF)
AXES = {"l": LIGHTNESS, "a": CHROMA, "b": CHROMA}

COLOURS: dict[str, str] = {
    "white": "#F6F5F2", "ivory": "#F4ECDD", "cream": "#EFDFC2", "beige": "#DCC7A6", "sand": "#D8B98A",
    "blush": "#F0CFC6", "pink": "#E59AA8", "coral": "#EF7F67", "peach": "#F6C3A2", "apricot": "#F2A978",
    "terracotta": "#C4633F", "rust": "#9A4526", "brown": "#6B4630", "umber": "#3E2B22", "caramel": "#B5783F",
    "gold": "#D2A24C", "mustard": "#C99A2E", "yellow": "#F2CB54", "orange": "#F08A2E", "amber": "#E2972B",
    "red": "#BE2F33", "crimson": "#A11D33", "burgundy": "#6A2033", "magenta": "#B83280", "rose": "#D98A94",
    "plum": "#5B3560", "purple": "#6B4A9E", "violet": "#7D5FB2", "lilac": "#C9B3DD", "lavender": "#BBAAD6",
    "sky": "#A9CFE8", "blue": "#3F74B8", "cobalt": "#2A4FA3", "navy": "#1E2F52", "indigo": "#33346B",
    "teal": "#2B7F84", "turquoise": "#4FB8B5", "aqua": "#9ADAD6", "mint": "#B5DCC5", "sage": "#8FA088",
    "olive": "#74743C", "lime": "#B4C95A", "green": "#4C8A57", "emerald": "#1E7A57", "pine": "#173F36",
    "grey": "#A3A5A8", "gray": "#A3A5A8", "silver": "#C6C8CB", "charcoal": "#36393D", "slate": "#4A545E",
    "black": "#1B1B1D", "taupe": "#9C8878", "ice": "#DCE9EE",
}  # fmt: skip


def colour_words(colour: str) -> str:
    """Return the three words of "#RRGGBB"."""
    return " ".join(
        axis + chr(ord("a") + int(np.argmin([abs(level - value) for level in levels])))
        for (axis, levels), value in zip(AXES.items(), lab_of_hex(colour), strict=True)
    )


def level_of_word(word: str) -> tuple[str, float] | None:
    """Return the axis and the value of a colour word, or None for another word."""
    if len(word) != 2 or word[0] not in AXES:
        return None
    place = ord(word[1]) - ord("a")
    return (word[0], AXES[word[0]][place]) if 0 <= place < len(AXES[word[0]]) else None


def all_colour_words() -> list[str]:
    """Return every colour word."""
    return [axis + chr(ord("a") + place) for axis, levels in AXES.items() for place in range(len(levels))]


def hex_of_lab(lab: Floats) -> str:
    """Return a CIE Lab colour as "#RRGGBB", with its chroma lowered until it fits into sRGB."""
    for share in np.linspace(1, 0, 21):
        encoded = srgb_of_lab(np.array([lab[0], lab[1] * share, lab[2] * share]))
        if encoded.min() > -0.002 and encoded.max() < 1.002:
            break
    return "#" + "".join(f"{round(float(np.clip(band, 0, 1)) * 255):02X}" for band in encoded)
