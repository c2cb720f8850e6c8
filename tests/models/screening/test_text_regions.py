"""Regions of a probability map become rectangles along the writing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.screening.text_regions import GROWTH, Region, find_regions

Map = NDArray[np.float32]


def box(left: int, top: int, width: int, height: int, value: float = 0.8, shape: tuple[int, int] = (80, 120)) -> Map:
    made = np.zeros(shape, np.float32)
    made[top : top + height, left : left + width] = value
    return made


def band(degrees: float, length: float = 60, height: float = 8) -> Map:
    """A bar around the middle of a (120, 120) map, turned clockwise as it is seen."""
    y, x = np.mgrid[:120, :120].astype(np.float64) + 0.5 - 60
    turn = np.deg2rad(degrees)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    return np.asarray((np.abs(along) <= length / 2) & (np.abs(across) <= height / 2), np.float32)


def test_a_level_box_grows_by_area_over_perimeter_and_starts_at_its_top_left() -> None:
    (region,) = find_regions(box(20, 30, 40, 10), least=0.5)
    grow = 40 * 10 * GROWTH / (2 * (40 + 10))
    wanted = [(20 - grow, 30 - grow), (60 + grow, 30 - grow), (60 + grow, 40 + grow), (20 - grow, 40 + grow)]
    assert region.corners == pytest.approx(np.array(wanted))
    assert region.size == pytest.approx((40 + 2 * grow, 10 + 2 * grow))
    assert region.centre == (40, 35)
    assert region.score == pytest.approx(0.8)


def test_an_upright_box_is_written_from_top_to_bottom() -> None:
    (region,) = find_regions(box(50, 10, 8, 50), least=0.5)
    length, height = region.size
    assert length > height
    across = region.corners[1] - region.corners[0]
    assert across == pytest.approx(np.array([0, length]))


@pytest.mark.parametrize("degrees", [-60, -30, -15, 15, 30, 60])
def test_a_leaning_bar_gets_a_rectangle_along_it(degrees: float) -> None:
    (region,) = find_regions(band(degrees), least=0.5)
    grow = 60 * 8 * GROWTH / (2 * (60 + 8))
    length, height = region.size
    assert length == pytest.approx(60 + 2 * grow, abs=3)
    assert height == pytest.approx(8 + 2 * grow, abs=3)
    across = region.corners[1] - region.corners[0]
    assert np.rad2deg(np.arctan2(across[1], across[0])) == pytest.approx(degrees, abs=2)
    assert region.corners.mean(axis=0) == pytest.approx([60, 60], abs=0.5)


def test_a_bar_that_hardly_leans_is_taken_as_level() -> None:
    (region,) = find_regions(band(4), least=0.5)
    assert region.corners[0, 1] == region.corners[1, 1]


def test_pixels_that_touch_at_a_corner_are_one_region() -> None:
    joined = box(10, 10, 5, 5) + box(15, 15, 5, 5)
    assert len(find_regions(joined, least=0.5)) == 1
    apart = box(10, 10, 5, 5) + box(16, 16, 5, 5)
    assert len(find_regions(apart, least=0.5)) == 2


def test_small_and_unsure_regions_are_left_out() -> None:
    assert find_regions(box(10, 10, 40, 2), least=0.5) == []
    assert find_regions(band(30, height=1.5), least=0.5) == []
    assert find_regions(box(10, 10, 40, 8, value=0.4), least=0.5) == []
    assert find_regions(box(10, 10, 40, 8, value=0.3), least=0.1) == []
    assert find_regions(np.zeros((20, 20), np.float32), least=0.1) == []


def test_regions_come_from_top_to_bottom_and_then_from_left_to_right() -> None:
    scattered = box(60, 5, 20, 6) + box(5, 40, 20, 6) + box(60, 40, 20, 6)
    assert [region.centre for region in find_regions(scattered, least=0.5)] == [(70, 8), (15, 43), (70, 43)]


def test_regions_are_what_an_independent_labelling_finds() -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    cells = np.random.default_rng(1).random((20, 25)) > 0.75
    probability = np.kron(cells, np.ones((5, 5))).astype(np.float32)
    labels, count = ndimage.label(probability, np.ones((3, 3)))
    found = find_regions(probability, least=0.5)
    assert len(found) == count
    middles = [(part[1].start + part[1].stop, part[0].start + part[0].stop) for part in ndimage.find_objects(labels)]
    leaning = {region.centre for region in found if _leans(region)}
    level = {(x // 2, y // 2) for x, y in middles}
    assert {region.centre for region in found} - leaning <= level


def _leans(region: Region) -> bool:
    across = region.corners[1] - region.corners[0]
    return bool(min(abs(across)) > 0)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 60), st.integers(0, 40), st.integers(3, 50), st.integers(3, 30), st.floats(0.5, 1.0, width=32)
)  # fmt: skip
def test_every_box_is_covered_by_its_region(left: int, top: int, width: int, height: int, value: float) -> None:
    (region,) = find_regions(box(left, top, width, height, value), least=0.4)
    low, high = region.corners.min(axis=0), region.corners.max(axis=0)
    assert (low <= (left, top)).all()
    assert (high >= (left + width, top + height)).all()
    assert region.score == pytest.approx(value, abs=1e-6)
