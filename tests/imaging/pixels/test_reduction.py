"""Reduced masters: the same picture as Pillow's Lanczos filter makes, whoever computes it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from imaging.pixels.reduction import Pyramid, halve, in_whole_pixels, reduce_crop


def a_master(width: int = 480, height: int = 360) -> Image.Image:
    levels = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(levels).filter(ImageFilter.GaussianBlur(2))


def by_pillow(master: Image.Image, size: tuple[int, int], crop: tuple[float, float, float, float]) -> Image.Image:
    """Of the part alone: with `box`, Pillow looks over its edges."""
    return master.crop(tuple(int(edge) for edge in crop)).resize(size, Image.Resampling.LANCZOS)


@pytest.mark.parametrize("size", [(100, 100), (97, 53), (320, 320)])
def test_a_crop_in_whole_pixels_is_reduced_to_pillows_pixels(size):
    master, crop = a_master(), (20.0, 10.0, 340.0, 330.0)
    apart = np.abs(
        np.asarray(reduce_crop(master, size, crop), np.int16) - np.asarray(by_pillow(master, size, crop), np.int16)
    )
    assert apart.max() <= 1
    assert apart.mean() < 0.05


@pytest.mark.parametrize("crop", [(20.5, 10.25, 340.5, 330.25), (20.0, 10.0, 90.0, 80.0)])
def test_parts_of_pixels_and_enlargements_are_pillows(crop):
    master = a_master()
    assert reduce_crop(master, (100, 100), crop) == master.resize(
        (100, 100), Image.Resampling.LANCZOS, box=crop, reducing_gap=3.0
    )


def test_a_crop_is_rounded_only_where_the_master_is_fine():
    assert in_whole_pixels((10.4, 21.6, 209.9, 221.1), (100, 100)) == (10.0, 22.0, 210.0, 221.0)
    assert in_whole_pixels((10.4, 20.6, 211.4, 220.6), (100, 100)) == (10.0, 20.0, 212.0, 220.0)
    assert in_whole_pixels((10.4, 20.6, 110.4, 120.6), (100, 100)) == (10.4, 20.6, 110.4, 120.6)


def test_another_master_in_the_same_thread_shows_its_own_pixels():
    crop = (0.0, 0.0, 480.0, 360.0)
    first, second = a_master(), Image.new("RGB", (480, 360), "#204060")
    before = reduce_crop(first, (48, 36), crop)
    assert reduce_crop(second, (48, 36), crop).getpixel((9, 9)) == (0x20, 0x40, 0x60)
    assert reduce_crop(first, (48, 36), crop) == before


@pytest.mark.parametrize("low", [0.0, 0.5, 1.0, 1.5, 2.5, 2.99])
@pytest.mark.parametrize("length", [200.0, 201.0, 201.5, 203.0])
def test_even_edges_stay_inside_the_master_and_are_enough(low, length):
    edge = 2 * -(-(low + length) // 2)
    left, _, right, _ = in_whole_pixels((low, 0.0, low + length, 300.0), (100, 100))
    assert left % 2 == right % 2 == 0
    assert 0 <= left < right <= edge
    assert right - left >= 200
    assert abs(left - low) <= 1
    assert abs(right - low - length) <= 2


def a_pyramid(master: Image.Image) -> tuple[Pyramid, list[str]]:
    """With what is read of it."""
    asked: list[str] = []
    levels = np.array(master)

    def whole():
        asked.append("whole")
        return levels

    def half():
        asked.append("half")
        return halve(levels)

    return Pyramid(master.size, whole, half), asked


def test_what_shows_at_half_its_size_or_less_never_reads_the_whole():
    master, crop = a_master(), (20.0, 10.0, 340.0, 330.0)
    pyramid, asked = a_pyramid(master)
    small = reduce_crop(pyramid, (100, 100), crop)
    assert reduce_crop(pyramid, (160, 160), crop).tobytes() == halve(np.array(master))[5:165, 10:170].tobytes()
    assert asked == ["half"]
    apart = np.asarray(small, np.int16) - np.asarray(reduce_crop(master, (100, 100), crop), np.int16)
    assert np.abs(apart).max() <= 3
    assert np.abs(apart).mean() < 0.3


@pytest.mark.parametrize(
    ("size", "crop"), [((161, 160), (20.0, 10.0, 340.0, 330.0)), ((100, 100), (21.0, 10.0, 341.0, 330.0)),
                       ((100, 100), (20.5, 10.0, 340.5, 330.0))],
)  # fmt: skip
def test_what_needs_more_than_half_is_the_wholes(size, crop):
    master = a_master()
    pyramid, asked = a_pyramid(master)
    assert reduce_crop(pyramid, size, crop) == reduce_crop(master, size, crop)
    assert asked == ["whole"]


def test_a_picture_without_a_copy_is_reduced_from_the_whole():
    master, crop = a_master(), (20.0, 10.0, 340.0, 330.0)
    alone = Pyramid(master.size, lambda: np.array(master))
    assert reduce_crop(alone, (100, 100), crop) == reduce_crop(master, (100, 100), crop)
    assert alone.small == alone.image == master
