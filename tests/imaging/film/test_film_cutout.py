"""A product's own pixels in frames: exact in place and colour, between pixels too, and blurred where the lens is."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from imaging.film.film_cutout import film_cutout, lay_on_frame
from imaging.pixels.arrays import Pixels


def a_cutout(size: tuple[int, int] = (40, 40), colour: tuple[int, int, int] = (200, 90, 30)) -> bytes:
    """A square with a clear border of a quarter of its width."""
    picture = np.zeros((size[1], size[0], 4), np.uint8)
    picture[size[1] // 4 : -size[1] // 4, size[0] // 4 : -size[0] // 4] = (*colour, 255)
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return stream.getvalue()


def ground() -> Pixels:
    return np.full((60, 80, 3), 0.6, np.float32)


def middle_of(frame: Pixels) -> tuple[float, float]:
    """The middle of what is not ground, in pixels."""
    weight = np.abs(frame - 0.6).sum(-1)
    down, across = np.indices(weight.shape)
    return float((weight * (across + 0.5)).sum() / weight.sum()), float((weight * (down + 0.5)).sum() / weight.sum())


def test_inside_a_cutout_its_colour_is_exact_and_outside_the_frame_is_untouched() -> None:
    frame = lay_on_frame(ground(), film_cutout(a_cutout(), 40), (20, 10, 60, 50))
    np.testing.assert_allclose(frame[30, 40] * 255, (200, 90, 30), atol=0.5)
    np.testing.assert_allclose(frame[12, 22], 0.6, atol=1e-3)
    np.testing.assert_array_equal(frame[:8], np.float32(frame[0, 0, 0]))


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 0.9])
def test_a_cutout_moves_by_parts_of_a_pixel(shift: float) -> None:
    frame = lay_on_frame(ground(), film_cutout(a_cutout((80, 80)), 40), (20 + shift, 10, 60 + shift, 50))
    assert middle_of(frame) == pytest.approx((40 + shift, 30), abs=0.05)


def test_a_large_cutout_is_reduced_once_and_keeps_its_place() -> None:
    cutout = film_cutout(a_cutout((400, 400)), 40)
    assert cutout.shape[1] == 46
    assert middle_of(lay_on_frame(ground(), cutout, (20, 10, 60, 50))) == pytest.approx((40, 30), abs=0.05)


def test_a_cutout_out_of_focus_is_blurred_and_loses_no_light() -> None:
    cutout = film_cutout(a_cutout(), 40)
    sharp, soft = (lay_on_frame(ground(), cutout, (20, 10, 60, 50), blur) for blur in (0.0, 9.0))
    edge = slice(26, 34)
    assert np.abs(np.diff(soft[30, edge, 0])).max() < 0.4 * np.abs(np.diff(sharp[30, edge, 0])).max()
    assert middle_of(soft) == pytest.approx((40, 30), abs=0.1)
