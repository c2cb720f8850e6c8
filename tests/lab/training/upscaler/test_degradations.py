"""Reduced pictures keep brightness and place, by many kernels, and mostly in 8 bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.training.upscaler.degradations import KERNELS, MARGIN, degrade, resampler


@pytest.mark.parametrize("scale", [2, 4])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_resamplers_rows_sum_to_one_and_look_at_their_own_place(scale: int, seed: int) -> None:
    rows = resampler(np.random.default_rng(seed), 10, scale)
    assert rows.shape == (10, 10 * scale + 2 * MARGIN)
    assert rows.sum(axis=1) == pytest.approx(np.ones(10), abs=1e-5)
    middles = rows @ (np.arange(rows.shape[1]) + 0.5)
    assert middles == pytest.approx(MARGIN + (np.arange(10) + 0.5) * scale, abs=0.1)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.__name__)
def test_kernels_are_even_and_highest_in_the_middle(kernel: object) -> None:
    places = np.linspace(0, 4, 41)
    values = kernel(places)  # type: ignore[operator]
    assert np.array_equal(values, kernel(-places))  # type: ignore[operator]
    assert values[0] == values.max() == 1
    assert abs(values[-1]) < 1e-12


@pytest.mark.parametrize("scale", [2, 4])
def test_a_flat_crop_stays_flat_in_brightness(scale: int) -> None:
    large = np.full((16 * scale + 2 * MARGIN,) * 2 + (3,), 120, np.uint8)
    for seed in range(6):
        small = degrade(large, scale, np.random.default_rng(seed))
        assert small.shape == (16, 16, 3)
        assert small.dtype == np.float32
        assert np.abs(small - 120 / 255).max() < 0.01


def test_most_small_pictures_are_rounded_to_8_bits_and_some_are_not() -> None:
    large = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    small = [degrade(large, 2, np.random.default_rng(seed)) * 255 for seed in range(60)]
    rounded = sum(bool(np.abs(one - np.rint(one)).max() < 1e-3) for one in small)
    assert 30 < rounded < 60
