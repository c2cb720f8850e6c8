"""The photographs of scikit-image: licences, sizes, and how they are reduced."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lab.evaluation.photographs import LICENCES, photograph, reduce


@pytest.mark.parametrize("name", ["camera.png", "coffee.png"])
def test_a_photograph_has_three_channels_and_edges_that_divide(name: str) -> None:
    pixels = photograph(name, multiple=16)
    assert pixels.dtype == np.float32
    assert pixels.shape[2] == 3
    assert [edge % 16 for edge in pixels.shape[:2]] == [0, 0]
    assert 0 <= pixels.min() < pixels.max() <= 1


def test_every_photograph_states_a_free_licence() -> None:
    assert all(licence.startswith(("CC0", "public domain")) for licence in LICENCES.values())


@pytest.mark.parametrize("scale", [2, 4])
def test_a_reduced_photograph_has_the_levels_of_an_8_bit_file(scale: int) -> None:
    wanted = photograph("coffee.png")
    small = reduce(wanted, scale, Image.Resampling.BICUBIC)
    assert small.shape == (wanted.shape[0] // scale, wanted.shape[1] // scale, 3)
    assert np.abs(small * 255 - np.rint(small * 255)).max() < 1e-4
    assert small.mean() == pytest.approx(wanted.mean(), abs=0.005)


def test_a_box_averages_areas() -> None:
    board = np.zeros((8, 8, 3), np.float32)
    board[::2, ::2] = board[1::2, 1::2] = 1
    assert set(np.unique(reduce(board, 2, Image.Resampling.BOX)).tolist()) == {np.float32(128 / 255)}
