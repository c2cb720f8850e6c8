"""A product stands in the middle of its area, on its base, as large as fits and no larger than life."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from foundry.plan.shot import Box
from imaging.still.product_placement import FILLED, place_product

AREA = Box(500, 200, 900, 900)
SIZE = (1000, 800)


def a_product(width: int = 40, height: int = 120, margin: int = 10) -> Image.Image:
    picture = Image.new("RGBA", (width + 2 * margin, height + 2 * margin))
    picture.paste("#8040C0", (margin, margin, margin + width, margin + height))
    return picture


@settings(max_examples=40, deadline=None)
@given(st.integers(8, 200), st.integers(8, 200))
def test_a_product_of_any_shape_stands_in_the_middle_of_its_area_on_its_base(width: int, height: int) -> None:
    cut, left, top = place_product(a_product(width, height), AREA, SIZE)
    assert abs(left + cut.width / 2 - 700) <= 1
    assert top + cut.height == 720
    assert cut.width <= 401
    assert cut.height <= 561
    assert cut.width * cut.height <= FILLED * 400 * 560 + cut.width + cut.height
    assert cut.width / cut.height == pytest.approx(width / height, rel=0.1)


def test_transparent_margins_do_not_count() -> None:
    tight, loose = (place_product(a_product(margin=margin), AREA, SIZE) for margin in (0, 60))
    assert tight[1:] == loose[1:]
    assert tight[0].size == loose[0].size


def test_a_product_that_fills_its_area_less_is_as_high_as_the_area() -> None:
    cut, _, top = place_product(a_product(20, 140), AREA, SIZE)
    assert (cut.height, top) == (560, 160)


def test_edges_keep_the_products_colour_and_do_not_darken() -> None:
    cut, _, _ = place_product(a_product(40, 120), AREA, SIZE)
    pixels = np.asarray(cut)
    seen = pixels[pixels[..., 3] > 0][:, :3].astype(int)
    assert np.abs(seen - [0x80, 0x40, 0xC0]).max() <= 2


def test_a_product_without_any_visible_pixel_is_placed_whole() -> None:
    cut, left, top = place_product(Image.new("RGBA", (40, 40)), AREA, SIZE)
    assert cut.width == cut.height
    assert (left >= 500, top + cut.height) == (True, 720)
