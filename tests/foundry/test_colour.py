"""Conversions of colours: known values, and ways there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.colour import (
    BT709,
    BT709_64,
    lab_of_hex,
    lab_of_srgb,
    linear_of_srgb,
    srgb_of_hex,
    srgb_of_lab,
    srgb_of_linear,
)

LEVELS = np.arange(256, dtype=np.float32) / 255


def test_encoding_undoes_decoding_at_every_level() -> None:
    there_and_back = np.rint(srgb_of_linear(linear_of_srgb(LEVELS)) * 255)
    assert there_and_back.tolist() == list(range(256))


def test_both_curves_rise_without_a_step_at_their_knee() -> None:
    fine = np.linspace(0, 1, 20_001, dtype=np.float32)
    for curve in (linear_of_srgb, srgb_of_linear):
        steps = np.diff(curve(fine))
        assert steps.min() >= 0
        assert steps.max() < 13 * 5e-5


def test_mid_grey_has_its_known_light() -> None:
    assert float(linear_of_srgb(np.float32([0.5]))[0]) == pytest.approx(0.21404, abs=1e-5)
    assert float(srgb_of_linear(np.array([0.21404114]))[0]) == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_encoding_keeps_the_precision_that_it_gets(kind: type) -> None:
    assert srgb_of_linear(np.array([0.0, 0.001, 0.5], kind)).dtype == kind


def test_negative_light_stays_on_the_line() -> None:
    assert srgb_of_linear(np.array([-0.1]))[0] == pytest.approx(-1.292)


@pytest.mark.parametrize(
    ("colour", "lab"),
    [
        ("#FFFFFF", (100, 0, 0)),
        ("#000000", (0, 0, 0)),
        ("#FF0000", (53.24, 80.09, 67.20)),
        ("#00FF00", (87.73, -86.18, 83.18)),
        ("#0000FF", (32.30, 79.19, -107.86)),
        ("#808080", (53.59, 0, 0)),
    ],
)
def test_known_colours_have_their_lab_values(colour: str, lab: tuple[float, float, float]) -> None:
    assert lab_of_hex(colour).tolist() == pytest.approx(lab, abs=0.02)


@settings(max_examples=50, deadline=None)
@given(levels=st.tuples(*[st.integers(0, 255)] * 3))
def test_lab_leads_back_to_the_colour(levels: tuple[int, int, int]) -> None:
    colour = "#" + "".join(f"{level:02X}" for level in levels)
    assert (srgb_of_hex(colour) * 255).round().astype(int).tolist() == list(levels)
    assert srgb_of_lab(lab_of_hex(colour)) * 255 == pytest.approx(levels, abs=0.05)


def test_pictures_are_converted_pixel_by_pixel() -> None:
    pixels = np.random.default_rng(1).random((4, 5, 3)).astype(np.float32)
    assert lab_of_srgb(pixels).shape == (4, 5, 3)
    assert lab_of_srgb(pixels)[2, 3] == pytest.approx(lab_of_srgb(pixels[2, 3]), abs=1e-4)


def test_the_weights_of_luminance_add_up_to_one() -> None:
    assert float(BT709_64.sum()) == pytest.approx(1, abs=1e-12)
    assert np.array_equal(BT709, BT709_64.astype(np.float32))
