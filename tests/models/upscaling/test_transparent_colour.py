"""Invisible pixels take the colour of their neighbours; nothing that is seen changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.pixels.rows import Rows, gather, rows_of
from models.upscaling import transparent_colour
from models.upscaling.transparent_colour import fill_transparent_colour
from tests.models.upscaling.pictures import Pixels


def filled(pixels: Pixels, reach: int) -> Pixels:
    return gather(fill_transparent_colour(rows_of(pixels), reach))


def dot(shape: tuple[int, int] = (9, 9)) -> Pixels:
    """One visible orange pixel in the middle of invisible black."""
    pixels = np.zeros((*shape, 4), np.float32)
    pixels[shape[0] // 2, shape[1] // 2] = (0.9, 0.5, 0.1, 1)
    return pixels


def test_colour_spreads_as_far_as_asked_and_alpha_does_not() -> None:
    made = filled(dot(), 2)
    orange = np.abs(made[..., :3] - (0.9, 0.5, 0.1)).max(axis=2) < 1e-6
    assert orange.sum() == 25
    assert orange[2:7, 2:7].all()
    assert np.array_equal(made[..., 3], dot()[..., 3])


def test_the_nearer_of_two_colours_is_not_preferred_but_the_more_visible_is() -> None:
    pixels = np.zeros((1, 5, 2), np.float32)
    pixels[0, 0], pixels[0, 4] = (1, 0.75), (0, 0.25)
    assert filled(pixels, 4)[0, 2, 0] == pytest.approx(0.75)


def test_pictures_without_alpha_pass_as_they_are() -> None:
    rows = rows_of(np.zeros((4, 4, 3), np.float32))
    assert fill_transparent_colour(rows, 3) is rows


def test_an_opaque_picture_keeps_its_pixels() -> None:
    pixels = np.random.default_rng(1).random((40, 30, 4)).astype(np.float32)
    pixels[..., 3] = 1
    assert np.array_equal(filled(pixels, 5), pixels)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 6), st.integers(1, 12))
def test_what_is_seen_never_changes_whatever_the_strips(seed: int, reach: int, rows: int) -> None:
    chance = np.random.default_rng(seed)
    pixels = chance.random((20, 7, 4)).astype(np.float32)
    pixels[..., 3] = np.where(chance.random((20, 7)) < 0.6, 0, pixels[..., 3])
    strips = iter([pixels[top : top + rows] for top in range(0, 20, rows)])
    made = gather(fill_transparent_colour(Rows(7, 20, 4, strips), reach))
    seen = pixels[..., 3] > 0
    assert np.array_equal(made[seen], pixels[seen])
    assert np.array_equal(made[..., 3], pixels[..., 3])
    assert np.array_equal(made, filled(pixels, reach))


def test_strips_meet_without_a_border(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = dot((40, 9))
    whole = filled(pixels, 6)
    monkeypatch.setattr(transparent_colour, "STRIP_ROWS", 4)
    assert np.abs(filled(pixels, 6) - whole).max() < 1e-6
