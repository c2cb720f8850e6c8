"""A colour's words say its levels of CIE Lab, and colours out of gamut are made to fit."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.colour import lab_of_hex
from models.backdrop.colours import AXES, COLOURS, all_colour_words, colour_words, hex_of_lab, level_of_word

COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")

CHROMATIC = st.floats(-120, 120, allow_subnormal=False)


@settings(max_examples=50, deadline=None)
@given(COLOUR)
def test_the_words_are_the_nearest_levels(colour: str) -> None:
    for word, value, levels in zip(colour_words(colour).split(), lab_of_hex(colour), AXES.values(), strict=True):
        found = level_of_word(word)
        assert found is not None
        assert abs(found[1] - value) == pytest.approx(min(abs(level - value) for level in levels))


@settings(max_examples=50, deadline=None)
@given(COLOUR)
def test_a_colour_of_srgb_comes_back_as_itself(colour: str) -> None:
    again = hex_of_lab(lab_of_hex(colour))
    assert np.abs(lab_of_hex(again) - lab_of_hex(colour)).max() < 1


@settings(max_examples=50, deadline=None)
@given(st.floats(2, 98), CHROMATIC, CHROMATIC)
def test_a_colour_outside_srgb_keeps_lightness_and_hue_and_loses_chroma(light: float, a: float, b: float) -> None:
    made = hex_of_lab(np.array([light, a, b]))
    assert re.fullmatch(r"#[0-9A-F]{6}", made)
    found = lab_of_hex(made)
    assert found[0] == pytest.approx(light, abs=2.5)
    assert np.hypot(*found[1:]) <= np.hypot(a, b) + 2.5


def test_every_word_is_letters_alone_and_has_its_own_level() -> None:
    words = all_colour_words()
    assert len(words) == len(set(words)) == sum(len(levels) for levels in AXES.values())
    assert all(re.fullmatch("[a-z]{2}", word) for word in words)
    levels = [level_of_word(word) for word in words]
    assert len(set(levels)) == len(words)
    assert None not in levels


@pytest.mark.parametrize("word", ["wall", "l", "zz", "l{", "lz", ""])
def test_other_words_have_no_level(word: str) -> None:
    assert level_of_word(word) is None


def test_named_colours_are_hex_and_both_spellings_of_grey_mean_one() -> None:
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in COLOURS.values())
    assert COLOURS["grey"] == COLOURS["gray"]


def test_scales_are_finer_near_grey() -> None:
    steps = np.diff(AXES["a"])
    middle = len(steps) // 2
    assert (np.diff(steps[middle:]) > 0).all()
    assert AXES["a"] == tuple(-value for value in reversed(AXES["a"]))
