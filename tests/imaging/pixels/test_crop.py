"""The part of a master that a layout shows: the right aspect, inside the master, with the product whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.plan.shot import Box, MasterFacts
from imaging.pixels.crop import box_in_pixels, crop_box, product_box_in_frame
from imaging.pixels.geometry import PixelBox

PRODUCT = Box(400, 300, 600, 700)
SIZES = st.tuples(st.integers(50, 2000), st.integers(50, 2000))


def facts(product: Box | None, width: int = 2000, height: int = 2000) -> MasterFacts:
    return MasterFacts(name="m", bucket="square", width_px=width, height_px=height, product_box=product, mirrored=False)


FACTS = facts(PRODUCT)


@settings(max_examples=50, deadline=None)
@given(SIZES, st.sampled_from([None, 300, 900]), st.sampled_from(["keep", "center", "low"]))
def test_a_crop_has_the_wanted_aspect_and_lies_in_the_master(
    wanted: tuple[int, int], close: int | None, at: str
) -> None:
    left, top, right, bottom = crop_box(FACTS, wanted, close, at)
    assert (right - left) / (bottom - top) == pytest.approx(wanted[0] / wanted[1])
    assert -1e-6 <= left < right <= 2000 + 1e-6
    assert -1e-6 <= top < bottom <= 2000 + 1e-6


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 800), st.integers(0, 600), SIZES)
def test_a_product_that_is_smaller_than_the_crop_stays_whole(left: int, top: int, wanted: tuple[int, int]) -> None:
    product = Box(left, top, left + 200, top + 400)
    crop = crop_box(facts(product), wanted, None)
    if crop[2] - crop[0] < 400 or crop[3] - crop[1] < 800:
        return
    found = box_in_pixels(product, facts(product))
    assert crop[0] <= found[0] + 1e-6
    assert crop[1] <= found[1] + 1e-6
    assert crop[2] >= found[2] - 1e-6
    assert crop[3] >= found[3] - 1e-6


def test_a_product_keeps_its_place_between_the_edges() -> None:
    product = Box(700, 300, 900, 700)
    left, _, right, _ = crop_box(facts(product), (1000, 2000), None)
    before, after = 1400 - left, right - 1800
    assert before / after == pytest.approx(1400 / 200)


def test_a_close_up_shows_the_product_at_its_height_in_the_middle() -> None:
    left, top, right, bottom = crop_box(FACTS, (1000, 1000), 800)
    assert 800 / (bottom - top) == pytest.approx(0.8)
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((1000, 1000))


def test_a_wide_product_is_shown_smaller_rather_than_cut() -> None:
    wide = facts(Box(100, 450, 900, 550))
    left, _, right, _ = crop_box(wide, (1000, 1000), 800)
    assert right - left == pytest.approx(1600 * 1.12)


def test_a_low_product_ends_near_the_lower_edge() -> None:
    _, top, _, bottom = crop_box(facts(Box(400, 550, 600, 950)), (1000, 1000), 500, "low")
    assert (1900 - top) / (bottom - top) == pytest.approx(0.94)


def test_without_a_product_the_middle_shows() -> None:
    assert crop_box(facts(None, 3000, 1000), (1000, 1000), None) == pytest.approx((1000, 0, 2000, 1000))


def test_the_products_box_in_the_frame_is_scaled_and_cut_to_the_key_visual() -> None:
    visual = PixelBox(100, 0, 300, 200)
    assert product_box_in_frame(FACTS, (0, 0, 2000, 2000), visual) == PixelBox(180, 60, 220, 140)
    assert product_box_in_frame(FACTS, (1000, 0, 2000, 1000), visual) == PixelBox(100, 120, 140, 200)
    assert product_box_in_frame(facts(None), (0, 0, 2000, 2000), visual) is None
