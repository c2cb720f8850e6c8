"""Palettes are valid colours of every family, the same for a seed."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from lab.renders.palettes import FAMILIES, family, random_palette
from models.backdrop.colours import COLOURS


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#FFFFFF", "white"), ("#808080", "grey"), ("#101010", "black"), ("#A0153C", "red"), ("#E2702B", "orange"),
        ("#F2CB54", "yellow"), ("#4C8A57", "green"), ("#2B7F84", "teal"), ("#3F74B8", "blue"), ("#6B4A9E", "purple"),
        ("#E59AA8", "pink"),
    ],
)  # fmt: skip
def test_lightness_and_hue_decide_the_family_of_a_colour(colour: str, name: str) -> None:
    assert family(colour) == name


def test_every_family_has_a_named_colour() -> None:
    assert {family(colour) for colour in COLOURS.values()} == set(FAMILIES)


def test_palettes_repeat_for_a_seed_and_cover_the_families() -> None:
    chance, again = np.random.default_rng(5), np.random.default_rng(5)
    palettes = [random_palette(chance) for _ in range(250)]
    assert palettes == [random_palette(again) for _ in range(250)]
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for palette in palettes for colour in palette)
    walls = Counter(family(wall) for wall, _, _ in palettes)
    assert set(walls) == set(FAMILIES)
    assert max(walls.values()) < 0.4 * len(palettes)
