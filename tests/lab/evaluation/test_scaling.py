"""Pictures are brought to fixed sizes, and float pixels to 8 bits, without surprises at the ends of the range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.evaluation.scaling import as_picture, in_box, luma, with_short_edge


def test_floats_are_rounded_and_values_outside_are_clipped() -> None:
    pixels = np.array([[[-1.0, 0.0, 0.501], [1.0, 2.0, 0.999]]], np.float32)
    assert as_picture(pixels).tolist() == [[[0, 0, 128], [255, 255, 255]]]


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from([16, 64, 128]))
def test_the_short_edge_has_the_size_that_was_asked_for(width: int, height: int, edge: int) -> None:
    resized = with_short_edge(np.zeros((height, width, 3), np.uint8), edge)
    assert min(resized.shape[:2]) == edge
    assert max(resized.shape[:2]) == max(edge, round(max(width, height) * edge / min(width, height)))


def test_reducing_averages_areas() -> None:
    board = np.zeros((8, 8, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 200
    assert set(with_short_edge(board, 4).flatten().tolist()) == {100}


def test_a_box_ignores_the_aspect() -> None:
    assert in_box(np.zeros((10, 40, 3), np.uint8), 8, 8).shape == (8, 8, 3)


@pytest.mark.parametrize(("colour", "value"), [((255, 255, 255), 1.0), ((0, 255, 0), 0.7152), ((0, 0, 0), 0.0)])
def test_luma_weighs_the_channels_by_rec_709(colour: tuple[int, int, int], value: float) -> None:
    plane = luma(np.full((2, 3, 3), colour, np.uint8))
    assert plane.shape == (2, 3)
    assert plane[0, 0] == pytest.approx(value, abs=1e-4)
