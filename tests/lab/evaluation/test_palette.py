"""Asked colours are found under falling light; colours that are not shown, or on too little, are not."""

from __future__ import annotations

import numpy as np
import pytest

from lab.evaluation.calibration import calibration
from lab.evaluation.palette import delta_e94, dominant_colours, palette_distances
from tests.support.evaluation_answers import two_colours


def test_asked_colours_are_found_even_where_light_falls_off_and_others_are_not() -> None:
    picture = two_colours("#C4633F", "#2B7F84", light=(1.1, 0.35))
    assert max(palette_distances(picture, ("#C4633F", "#2B7F84"))) < calibration().palette_bound / 2
    assert min(palette_distances(picture, ("#F2CB54", "#6A2033"))) > calibration().palette_bound
    assert palette_distances(picture, ("#C4633F",)) == palette_distances(picture, ("#C4633F",))


def test_a_colour_that_covers_next_to_nothing_is_not_shown() -> None:
    picture = two_colours("#F6F5F2", "#A3A5A8")
    picture[:9, :9] = (190, 47, 51)  # 0.7 % of the picture
    assert palette_distances(picture, ("#BE2F33",))[0] > calibration().palette_bound
    picture[:30, :30] = (190, 47, 51)
    assert palette_distances(picture, ("#BE2F33",))[0] < 2


def test_dominant_colours_cover_the_picture_largest_first() -> None:
    centres, shares = dominant_colours(two_colours("#1E2F52", "#F2CB54"))
    assert shares.sum() == pytest.approx(1)
    assert list(shares) == sorted(shares, reverse=True)
    assert centres[0][2] < 0 < centres[1][2]


def test_the_difference_agrees_with_scikit_image() -> None:
    from skimage.color import deltaE_ciede94

    chance = np.random.default_rng(8)
    one, other = (chance.uniform((0, -80, -80), (100, 80, 80), (200, 3)) for _ in range(2))
    assert delta_e94(one, other) == pytest.approx(deltaE_ciede94(one, other), abs=1e-6)
    assert delta_e94(one, one).max() == 0


def test_distances_keep_the_order_of_the_palette() -> None:
    picture = two_colours("#1E2F52", "#F2CB54")
    near, far = palette_distances(picture, ("#1E2F52", "#00FF00"))
    assert near < 2 < far
    assert palette_distances(picture, ("#00FF00", "#1E2F52")) == (far, near)


def test_a_picture_of_one_colour_has_one_dominant_colour() -> None:
    centres, shares = dominant_colours(np.full((50, 70, 3), 128, np.uint8))
    assert shares.tolist() == [1.0]
    assert centres.shape == (1, 3)
