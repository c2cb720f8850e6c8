"""Reduced masters: the same picture as Pillow's Lanczos filter makes, whoever computes it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from transforms.rendering.reduction import in_whole_pixels, reduced


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
        np.asarray(reduced(master, size, crop), np.int16) - np.asarray(by_pillow(master, size, crop), np.int16)
    )
    assert apart.max() <= 1
    assert apart.mean() < 0.05


@pytest.mark.parametrize("crop", [(20.5, 10.25, 340.5, 330.25), (20.0, 10.0, 90.0, 80.0)])
def test_parts_of_pixels_and_enlargements_are_pillows(crop):
    master = a_master()
    assert reduced(master, (100, 100), crop) == master.resize(
        (100, 100), Image.Resampling.LANCZOS, box=crop, reducing_gap=3.0
    )


def test_a_crop_is_rounded_only_where_the_master_is_fine():
    assert in_whole_pixels((10.4, 20.6, 210.4, 220.6), (100, 100)) == (10.0, 21.0, 210.0, 221.0)
    assert in_whole_pixels((10.4, 20.6, 110.4, 120.6), (100, 100)) == (10.4, 20.6, 110.4, 120.6)


def test_another_master_in_the_same_thread_shows_its_own_pixels():
    crop = (0.0, 0.0, 480.0, 360.0)
    first, second = a_master(), Image.new("RGB", (480, 360), "#204060")
    before = reduced(first, (48, 36), crop)
    assert reduced(second, (48, 36), crop).getpixel((9, 9)) == (0x20, 0x40, 0x60)
    assert reduced(first, (48, 36), crop) == before
