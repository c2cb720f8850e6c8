"""Streams of rows, and the resampling of streams: the same picture in strips of any height."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from imaging.pixels.arrays import Pixels
from imaging.pixels.resample import STRIP_ROWS, Crop, centred_crop, resample_rows
from imaging.pixels.rows import Rows, RowWindow, gather, rows_of


def a_picture(height: int = 90, width: int = 40, channels: int = 3) -> Pixels:
    return np.random.default_rng(4).random((height, width, channels), np.float32)


def in_strips(pixels: Pixels, height: int) -> Rows:
    strips = (pixels[top : top + height] for top in range(0, len(pixels), height))
    return Rows(pixels.shape[1], pixels.shape[0], pixels.shape[2], strips)


@pytest.mark.parametrize("height", [1, 13, 90, 500])
def test_a_stream_is_gathered_to_its_picture(height: int) -> None:
    pixels = a_picture()
    assert np.array_equal(gather(in_strips(pixels, height)), pixels)
    assert np.array_equal(gather(rows_of(pixels)), pixels)


@pytest.mark.parametrize("height", [1, 4, 90])
def test_a_window_moves_down_and_shows_overlapping_spans(height: int) -> None:
    pixels = a_picture()
    window = RowWindow(in_strips(pixels, height))
    for first, last in ((0, 5), (2, 9), (2, 30), (29, 31), (31, 90), (60, 90)):
        assert np.array_equal(window.span(first, last), pixels[first:last])


def test_a_window_pulls_no_strip_before_it_is_needed() -> None:
    pulled: list[int] = []

    def strips() -> Iterator[Pixels]:
        for top in range(0, 90, 10):
            pulled.append(top)
            yield a_picture()[top : top + 10]

    window = RowWindow(Rows(40, 90, 3, strips()))
    window.span(0, 10)
    assert pulled == [0]
    window.span(5, 12)
    assert pulled == [0, 10]


@pytest.mark.parametrize(
    ("size", "target", "crop"),
    [((200, 100), (50, 50), Crop(50, 0, 150, 100)), ((100, 200), (50, 50), Crop(0, 50, 100, 150)),
     ((160, 90), (16, 9), Crop(0, 0, 160, 90))],
)  # fmt: skip
def test_the_centred_crop_is_the_largest_of_its_aspect(
    size: tuple[int, int], target: tuple[int, int], crop: Crop
) -> None:
    assert centred_crop(*size, *target) == crop


def test_a_crop_grows_with_its_picture() -> None:
    assert Crop(1, 2, 3.5, 4).scale(2) == Crop(2, 4, 7, 8)


def test_a_stream_that_has_the_size_already_is_passed_on() -> None:
    rows = rows_of(a_picture())
    assert resample_rows(rows, Crop(0, 0, 40, 90), 40, 90) is rows


@pytest.mark.parametrize(("width", "height"), [(17, 23), (80, 300), (40, 2 * STRIP_ROWS)])
def test_strips_are_resampled_as_the_whole_picture_is(width: int, height: int) -> None:
    pixels, crop = a_picture(), Crop(3.5, 4.25, 37, 80.5)
    found = gather(resample_rows(in_strips(pixels, 7), crop, width, height))
    box = (crop.left, crop.top, crop.right, crop.bottom)
    for channel in range(3):
        plane = Image.fromarray(pixels[..., channel])
        wanted = np.asarray(plane.resize((width, height), Image.Resampling.LANCZOS, box=box)).clip(0, 1)
        assert np.abs(found[..., channel] - wanted).max() < 2e-3


def test_resampled_values_stay_between_black_and_white() -> None:
    edges = np.zeros((60, 60, 1), np.float32)
    edges[:, 30:] = 1
    found = gather(resample_rows(rows_of(edges), Crop(0, 0, 60, 60), 150, 150))
    assert (found.min(), found.max()) == (0, 1)


def test_a_window_may_begin_below_the_first_row() -> None:
    rows = np.arange(12, dtype=np.float32)[:, None, None]
    window = RowWindow(Rows(1, 12, 1, iter((rows[:2], rows[2:5], rows[5:]))))
    assert window.span(3, 6).ravel().tolist() == [3, 4, 5]
    assert window.span(9, 12).ravel().tolist() == [9, 10, 11]
