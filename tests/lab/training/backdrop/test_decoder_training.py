"""The decoder is trained on the busiest crops, on the grid of codes."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.training.backdrop.decoder_training import CROP, busy_crop
from lab.training.backdrop.networks import CODE


def numbered_picture(height: int, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A picture whose red and blue say which cell of the grid a pixel is in."""
    y, x = np.mgrid[:height, :width] // CODE
    return np.stack([y, np.zeros_like(y), x], axis=2).astype(np.uint8)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(8, 20), st.integers(8, 20))
def test_a_crop_begins_on_the_grid_and_lies_inside(seed: int, rows: int, columns: int) -> None:
    crop = busy_crop(numbered_picture(CODE * rows, CODE * columns), np.random.default_rng(seed))
    assert crop.shape == (CROP, CROP, 3)
    assert crop[0, 0, 0] != crop[CODE, 0, 0]
    assert (crop[:CODE, :CODE] == crop[0, 0]).all()


def test_busy_parts_are_chosen_more_often_than_their_area() -> None:
    picture = np.full((CROP, 8 * CROP, 3), 128, np.uint8)
    picture[:, 6 * CROP :] = np.random.default_rng(1).integers(0, 256, (CROP, 2 * CROP, 3))
    busy = [np.std(busy_crop(picture, np.random.default_rng(seed))) > 5 for seed in range(60)]
    assert np.mean(busy) > 0.45
