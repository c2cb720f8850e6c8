"""Signals: ranges, depth and chroma of what encoders take."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.film.signal import Signal


@pytest.mark.parametrize(
    ("pixel_format", "bits", "halved"),
    [
        ("yuv420p", 8, (True, True)),
        ("yuv420p10le", 10, (True, True)),
        ("yuv422p10le", 10, (True, False)),
        ("rgb24", 8, (False, False)),
    ],
)
def test_a_format_says_its_bits_and_where_chroma_is_halved(
    pixel_format: str, bits: int, halved: tuple[bool, bool]
) -> None:
    signal = Signal(pixel_format)
    assert (signal.bits, signal.chroma_halved, signal.is_rgb) == (bits, halved, pixel_format == "rgb24")


@settings(max_examples=60, deadline=None)
@given(colour=st.tuples(*[st.integers(0, 255)] * 3), ten=st.booleans())
def test_samples_stay_in_limited_range_and_grey_has_no_chroma(colour: tuple[int, int, int], ten: bool) -> None:
    signal = Signal("yuv420p10le" if ten else "yuv420p")
    step = 4 if ten else 1
    luma, blue, red = signal.from_srgb(np.array([[colour]], np.uint8))[0, 0] / step
    assert 16 - 1e-3 <= luma <= 235 + 1e-3
    assert 16 - 1e-3 <= min(blue, red) <= max(blue, red) <= 240 + 1e-3
    if len(set(colour)) == 1:
        assert (blue, red) == (pytest.approx(128, abs=0.01), pytest.approx(128, abs=0.01))


def test_depths_of_input_mean_the_same_picture() -> None:
    eight = np.array([[[0, 51, 255]]], np.uint8)
    signal = Signal("yuv420p10le")
    expected = signal.from_srgb(eight)
    assert np.allclose(signal.from_srgb(eight.astype(np.uint16) * 257), expected, atol=1e-2)
    assert np.allclose(signal.from_srgb(eight.astype(np.float32) / 255), expected, atol=1e-2)


def test_chroma_is_sited_left_across_and_in_the_middle_down() -> None:
    across = np.tile(np.arange(16, dtype=np.float32), (4, 1))
    assert Signal("yuv420p").reduce_chroma(across)[0, 1:-1].tolist() == list(range(2, 14, 2))
    assert Signal("yuv420p").reduce_chroma(across.T)[1:-1, 0].tolist() == [2.5 + 2 * row for row in range(6)]
    assert Signal("yuv422p10le").reduce_chroma(across).shape == (4, 8)
    assert np.array_equal(Signal("rgb24").reduce_chroma(across), across)


def test_rounding_clips_to_the_sample_range() -> None:
    values = np.array([-3.2, 15.5, 16.5, 300, 2000], np.float32)
    assert Signal("yuv420p").round_samples(values).tolist() == [0, 16, 16, 255, 255]
    assert Signal("yuv420p10le").round_samples(values).tolist() == [0, 16, 16, 300, 1023]


def test_high_range_orders_light_as_standard_range_does() -> None:
    ramp = np.repeat(np.arange(0, 256, 5, dtype=np.uint8)[None, :, None], 3, axis=2)
    for transfer in ("pq", "hlg"):
        luma = Signal("yuv420p10le", transfer).from_srgb(ramp)[0, :, 0]  # type: ignore[arg-type]
        assert (np.diff(luma) > 0).all()
        assert luma[0] == pytest.approx(64, abs=0.5)
