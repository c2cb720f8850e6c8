"""Whole levels of float pixels: rounded to 16 bits, dithered to 8, the same in strips of any height."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.pixels.levels import PERIOD, SHARE, chance_plane, to_floats, to_levels


def test_sixteen_bits_are_rounded_to_the_nearest_level() -> None:
    pixels = np.array([[[0, 0.5, 1], [1 / 65535, 0.4 / 65535, 0.6 / 65535]]], np.float32)
    assert to_levels(pixels, 16, 0).tolist() == [[[0, 32768, 65535], [1, 0, 1]]]


def test_black_and_white_stay_plain_in_eight_bits() -> None:
    for value, level in ((0, 0), (1, 255)):
        assert (to_levels(np.full((64, 64, 3), value, np.float32), 8, 0) == level).all()


def test_a_value_between_two_levels_is_spread_over_both_and_kept_on_average() -> None:
    made = to_levels(np.full((PERIOD, PERIOD, 1), 100.5 / 255, np.float32), 8, 0)
    assert set(np.unique(made)) == {100, 101}
    assert made.mean() == pytest.approx(100.5, abs=0.02)


def test_the_dither_belongs_to_the_row_of_the_picture_and_not_to_the_strip() -> None:
    pixels = np.random.default_rng(1).random((PERIOD + 90, 700, 3), np.float32)
    whole = to_levels(pixels, 8, 0)
    for rows in (1, 77, 300):
        strips = [to_levels(pixels[top : top + rows], 8, top) for top in range(0, len(pixels), rows)]
        assert np.array_equal(np.concatenate(strips), whole)


def test_the_dither_is_less_than_a_level_and_repeats() -> None:
    plane = chance_plane(0, PERIOD, PERIOD)
    assert plane.shape == (PERIOD, PERIOD, 1)
    assert np.abs(plane).max() <= SHARE / 2
    assert np.array_equal(chance_plane(PERIOD - 3, 6, 40)[3:], chance_plane(0, 3, 40))
    assert np.array_equal(chance_plane(0, 2, PERIOD + 5)[:, PERIOD:], chance_plane(0, 2, 5))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_levels_come_back_from_floats(kind: type[np.uint8 | np.uint16]) -> None:
    highest = int(np.iinfo(kind).max)
    levels = np.linspace(0, highest, 999).astype(kind).reshape(3, 111, 3)
    floats = to_floats(levels)
    assert floats.dtype == np.float32
    assert (floats.min(), floats.max()) == (0, 1)
    assert np.array_equal(np.rint(floats * np.float32(highest)).astype(kind), levels)
