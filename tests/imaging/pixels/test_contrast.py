"""Contrast as WCAG 2.2 defines it, of colours and of parts of pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from imaging.pixels.contrast import (
    colour_distance,
    contrast,
    least_contrast,
    lowest_contrast,
    luminance,
    luminance_range,
    luminance_range_of_all,
    mean_luminance,
    middle_luminance,
)
from imaging.pixels.geometry import PixelBox

WHOLE = PixelBox(0, 0, 100, 100)


def halves(left: str = "#000000", right: str = "#FFFFFF") -> Image.Image:
    picture = Image.new("RGB", (100, 100), left)
    picture.paste(right, (50, 0, 100, 100))
    return picture


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#0000FF", "#FFFFFF", 8.59),
        ("#123456", "#123456", 1),
    ],
)
def test_ratios_are_those_of_the_guidelines_formula(first: str, second: str, ratio: float) -> None:
    assert contrast(luminance(first), luminance(second)) == pytest.approx(ratio, abs=0.005)
    assert contrast(luminance(second), luminance(first)) == contrast(luminance(first), luminance(second))


def test_large_type_needs_less_contrast() -> None:
    assert [least_contrast(size) for size in (9, 23, 24, 80)] == [4.5, 4.5, 3.0, 3.0]


def test_the_range_of_a_part_ignores_the_rest_and_its_rarest_pixels() -> None:
    picture = halves()
    picture.paste("#FFFFFF", (0, 0, 2, 2))
    assert luminance_range(picture, PixelBox(0, 0, 50, 100)) == pytest.approx((0, 0), abs=0.01)
    assert luminance_range(picture, WHOLE) == pytest.approx((0, 1), abs=0.01)


def test_of_several_pictures_the_widest_range_counts() -> None:
    grey = Image.new("RGB", (100, 100), "#777777")
    low, high = luminance_range_of_all((grey, halves(right="#AAAAAA")), WHOLE)
    assert low == pytest.approx(0, abs=0.01)
    assert high == pytest.approx(luminance("#AAAAAA"), abs=0.01)


@pytest.mark.parametrize("box", [PixelBox(-50, -50, 10, 10), PixelBox(95, 95, 300, 300), PixelBox(400, 10, 500, 20)])
def test_boxes_that_leave_the_picture_are_measured_on_its_nearest_pixels(box: PixelBox) -> None:
    picture = halves()
    wanted = 0.0 if box.left < 50 else 1.0
    assert mean_luminance(picture, box) == pytest.approx(wanted, abs=0.01)


def test_a_colour_is_held_against_the_worse_end_of_a_range() -> None:
    ground = (luminance("#000000"), luminance("#FFFFFF"))
    assert lowest_contrast("#FFFFFF", ground) == pytest.approx(1)
    assert lowest_contrast("#777777", ground) == pytest.approx(contrast(luminance("#777777"), 1.0))


def test_the_middle_of_a_range_is_as_far_from_both_ends_by_ratio() -> None:
    middle = middle_luminance((0.04, 0.64))
    assert middle / 0.04 == pytest.approx(0.64 / middle)
    assert middle_luminance((0, 1)) > 0


def test_the_distance_of_a_colour_is_that_to_the_mean_of_the_part() -> None:
    flat = Image.new("RGB", (100, 100), "#C9A36A")
    assert colour_distance("#C9A36A", flat, WHOLE) == pytest.approx(0, abs=0.01)
    assert colour_distance("#FFFFFF", halves(), PixelBox(0, 0, 50, 100)) == pytest.approx(100, abs=0.1)
    assert np.isfinite(colour_distance("#FF0000", flat, PixelBox(0, 0, 1, 1)))
