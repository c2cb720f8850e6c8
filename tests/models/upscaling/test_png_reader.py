"""PNG files of every mode and depth are read with their own channels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from foundry.errors import BadInput
from imaging.pixels.rows import gather
from models.upscaling.png_reader import STRIP_ROWS, open_png
from tests.models.upscaling.pictures import read_pixels


@pytest.mark.parametrize(
    ("mode", "colour", "pixel"),
    [
        ("1", 1, [1.0]),
        ("L", 51, [0.2]),
        ("LA", (51, 102), [0.2, 0.4]),
        ("RGB", (255, 51, 0), [1.0, 0.2, 0.0]),
        ("RGBA", (255, 51, 0, 102), [1.0, 0.2, 0.0, 0.4]),
    ],
)
def test_a_png_of_any_mode_has_its_own_channels(tmp_path: Path, mode: str, colour: Any, pixel: list[float]) -> None:
    Image.new(mode, (2, 1), colour).save(tmp_path / "a.png")
    assert read_pixels(tmp_path / "a.png") == [[pixel, pixel]]


def test_a_palette_with_a_transparent_colour_is_read_with_alpha(tmp_path: Path) -> None:
    indexed = Image.new("P", (2, 1))
    indexed.putpalette([255, 0, 0, 0, 0, 255])
    indexed.putpixel((1, 0), 1)
    indexed.save(tmp_path / "a.png", transparency=1)
    first, second = read_pixels(tmp_path / "a.png")[0]
    assert first == [1.0, 0.0, 0.0, 1.0]
    assert second[3] == 0.0


def test_sixteen_bits_of_colour_and_alpha_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    blue_green_red_alpha = np.array([[[65535, 32768, 0, 13107]]], np.uint16)
    cv2.imwrite(str(tmp_path / "a.png"), blue_green_red_alpha)
    assert open_png(tmp_path / "a.png").bits == 16
    assert read_pixels(tmp_path / "a.png") == [[[0.0, 0.5, 1.0, 0.2]]]


def test_a_tall_picture_comes_in_strips(tmp_path: Path) -> None:
    Image.new("L", (3, STRIP_ROWS + 5)).save(tmp_path / "a.png")
    assert [len(strip) for strip in open_png(tmp_path / "a.png").rows().strips] == [STRIP_ROWS, 5]
    assert gather(open_png(tmp_path / "a.png").rows()).shape == (STRIP_ROWS + 5, 3, 1)


def test_a_profile_is_passed_on(tmp_path: Path) -> None:
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png", icc_profile=b"a profile")
    assert open_png(tmp_path / "a.png").profile == b"a profile"


def test_bytes_that_are_no_picture_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"hello")
    with pytest.raises(BadInput, match="neither PNG nor TIFF"):
        open_png(tmp_path / "a.png")
