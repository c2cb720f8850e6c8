"""Masks are smooth, noise repeats without a seam, blur keeps the mean, and tones stay in range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.renders.optics import TILE, enlarge, mix, noise, sample, shift_pixels, soften, step, tone_map


def test_a_step_is_level_outside_and_half_in_the_middle() -> None:
    values = np.array([-1, 0, 1, 2, 3], np.float32)
    assert step(0, 2, values).tolist() == [0, 0, 0.5, 1, 1]
    assert step(2, 0, values).tolist() == [1, 1, 0.5, 0, 0]


def test_a_mix_takes_its_share_of_the_second_colour() -> None:
    made = mix(np.array([0, 0, 1]), np.array([1, 0, 0]), np.array([[0, 0.25, 1]], np.float32))
    assert made.tolist() == [[[0, 0, 1], [0.25, 0, 0.75], [1, 0, 0]]]


@pytest.mark.parametrize("slope", [0.5, 1.5, 2.5])
def test_noise_is_even_the_same_each_time_and_meets_its_own_edge(slope: float) -> None:
    tile = noise(slope)
    assert tile.shape == (TILE, TILE)
    assert abs(float(tile.mean())) < 1e-3
    assert float(tile.std()) == pytest.approx(1, abs=1e-3)
    across = np.abs(np.diff(tile, axis=1)).mean()
    assert np.abs(tile[:, 0] - tile[:, -1]).mean() < 1.3 * across


def test_noise_is_smoother_the_steeper_its_spectrum() -> None:
    rough, smooth = (np.abs(np.diff(noise(slope))).mean() for slope in (0.5, 2.0))
    assert rough > 10 * smooth


def test_a_sample_at_a_pixel_is_the_pixel_and_coordinates_wrap() -> None:
    tile = noise(1.5)
    place = np.array([[5 / TILE, 1 + 5 / TILE, -1 + 5 / TILE]], np.float32)
    found = sample(tile, place, np.full_like(place, 9 / TILE))
    assert found == pytest.approx(np.full((1, 3), tile[9, 5]), abs=1e-4)


def test_a_sample_between_pixels_is_between_their_values() -> None:
    tile = noise(1.5)
    half = sample(tile, np.array([[5.5 / TILE]], np.float32), np.array([[9 / TILE]], np.float32))
    assert half[0, 0] == pytest.approx((tile[9, 5] + tile[9, 6]) / 2, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 4))
def test_blur_never_leaves_the_range_and_calms_every_plane(seed: int, radius: float) -> None:
    plane = np.random.default_rng(seed).random((24, 17)).astype(np.float32)
    soft = soften(plane, radius)
    assert soft.shape == plane.shape
    assert plane.min() - 1e-5 <= soft.min()
    assert soft.max() <= plane.max() + 1e-5
    assert soft.std() < plane.std()


def test_blur_spreads_about_as_a_gaussian_of_its_radius() -> None:
    point = np.zeros((61, 61), np.float32)
    point[30, 30] = 1
    soft = soften(point, 4)
    places = np.arange(61) - 30
    deviation = float(np.sqrt((soft.sum(axis=0) * places**2).sum() / soft.sum()))
    assert float(soft.sum()) == pytest.approx(1, abs=1e-4)
    assert deviation == pytest.approx(4, rel=0.15)


def test_enlarging_keeps_a_flat_picture_flat() -> None:
    made = enlarge(np.full((4, 6, 3), 0.3, np.float32), (16, 24))
    assert made.shape == (16, 24, 3)
    assert np.abs(made - 0.3).max() < 1e-6


def test_tones_rise_and_never_reach_white_however_bright_the_light() -> None:
    light = np.linspace(-0.5, 8, 400).astype(np.float32)
    tones = tone_map(light)
    assert (np.diff(tones) >= 0).all()
    assert tones[0] == 0
    assert 0.99 < tones[-1] <= 1
    assert float(tone_map(np.float32([0.2140])).item()) == pytest.approx(0.5, abs=1e-3)


def test_a_shift_moves_whole_pixels_and_repeats_the_edge() -> None:
    plane = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert shift_pixels(plane, 0, 1).tolist() == [[0, 0, 1], [3, 3, 4]]
    assert shift_pixels(plane, -1, 0).tolist() == [[3, 4, 5], [3, 4, 5]]
