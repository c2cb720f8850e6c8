"""Pictures of 16 bits, grey, with a palette, in inks or with transparency show what is in them, by OpenCV's word."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from foundry.box import boxed
from foundry.errors import Unusable
from foundry.inputs.door import receive_path
from foundry.inputs.picture import DECODING, PICTURE, PICTURE_LIMITS, decode, inspect_picture

HEIGHT, WIDTH = 90, 70
CLEAR = 40 * 257
"""The level of the first rows and columns of `BOTTLE`."""


def _bottle() -> NDArray[np.uint16]:
    """Return (90, 70) grey of 16 bits: two parts on an even ground, with levels between those of 8 bits."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    grey = np.full((HEIGHT, WIDTH), CLEAR, np.uint16)
    grey[20:, 20:50] = (9_001 + 211 * y + 97 * x)[20:, 20:50]
    grey[8:20, 30:40] = 60_017
    return grey


BOTTLE = _bottle()


def png(pixels: NDArray[np.generic]) -> bytes:
    done, data = cv2.imencode(".png", pixels)
    assert done
    return data.tobytes()


def pillow(picture: Image.Image, form: str = "PNG", **chosen: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **chosen)
    return stream.getvalue()


def with_clear_level(data: bytes, level: bytes) -> bytes:
    """Return a PNG that calls one level or colour transparent, by a chunk before its pixels."""
    at = data.index(b"IDAT") - 4
    chunk = b"tRNS" + level
    return data[:at] + len(level).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + data[at:]


def levels(data: bytes) -> NDArray[np.int32]:
    return np.asarray(decode(data)).astype(np.int32)


def test_grey_of_16_bits_becomes_the_nearest_of_256_levels() -> None:
    found = levels(png(BOTTLE))
    assert np.abs(found[..., 0] - BOTTLE / 257).max() <= 0.5
    assert (found[..., 0] == found[..., 2]).all()
    assert (found[..., 3] == 255).all()


def test_the_level_that_a_deep_grey_png_calls_transparent_is_transparent() -> None:
    found = levels(with_clear_level(png(BOTTLE), CLEAR.to_bytes(2, "big")))
    assert (found[..., 3] == np.where(BOTTLE == CLEAR, 0, 255)).all()


@pytest.mark.parametrize("channels", [3, 4])
def test_colours_of_16_bits_keep_their_levels_and_their_alpha(channels: int) -> None:
    deep = np.stack([BOTTLE, BOTTLE[::-1], BOTTLE[:, ::-1], BOTTLE][:channels], axis=-1)
    found = levels(png(deep))
    wanted = deep[..., [2, 1, 0]] / 257
    assert np.abs(found[..., :3] - wanted).max() < 1.01
    assert np.abs(found[..., 3] - (deep[..., 3] / 257 if channels == 4 else 255)).max() < 1.01


def test_the_colour_that_a_deep_png_calls_transparent_is_transparent() -> None:
    deep = np.stack([BOTTLE] * 3, axis=-1)
    found = levels(with_clear_level(png(deep), CLEAR.to_bytes(2, "big") * 3))
    assert (found[..., 3] == np.where(BOTTLE >> 8 == CLEAR >> 8, 0, 255)).all()


def in_colours() -> Image.Image:
    small = (BOTTLE >> 8).astype(np.uint8)
    return Image.fromarray(np.stack([small, small // 2, 255 - small], axis=-1))


GREY = in_colours().convert("L")
CUT = GREY.point([0 if level == GREY.getpixel((0, 0)) else 255 for level in range(256)])


def cut_out(mode: str) -> Image.Image:
    picture = in_colours().convert(mode)
    picture.putalpha(CUT)
    return picture


@pytest.mark.parametrize(
    ("data", "apart"),
    [
        (pillow(GREY), 0),
        (pillow(GREY, "JPEG", quality=95), 6),
        (pillow(cut_out("L")), 0),
        (pillow(cut_out("RGB")), 0),
        (pillow(in_colours().quantize(200)), 8),
        (pillow(in_colours(), "WEBP", lossless=True), 0),
        (pillow(in_colours(), "JPEG", quality=95), 8),
    ],
    ids=["grey png", "grey jpeg", "grey with alpha", "alpha", "palette", "webp", "jpeg"],
)
def test_every_kind_of_picture_is_read_as_another_reader_reads_it(data: bytes, apart: int) -> None:
    truth = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1].astype(np.int32)
    found = levels(data)
    seen = found[..., 3] > 0
    assert np.abs(found[..., :3] - truth)[seen].max() <= apart


def test_a_palette_with_a_transparent_colour_is_cut_out() -> None:
    picture = in_colours().quantize(32)
    ground = picture.getpixel((0, 0))
    found = levels(pillow(picture, transparency=ground))
    assert found[0, 0, 3] == 0
    assert found[60, 35, 3] == 255


def test_inks_without_a_profile_are_those_of_coated_paper() -> None:
    inks = Image.new("CMYK", (80, 80), (0, 0, 0, 0))
    inks.paste((255, 0, 0, 0), (0, 0, 40, 80))
    found = levels(pillow(inks, "JPEG", quality=100))
    assert (found[40, 60, :3] >= 250).all()
    red, green, blue = found[40, 10, :3]
    assert red < 60, "cyan ink"
    assert 130 < green < 190
    assert 190 < blue < 240


def test_a_deep_grey_logo_is_not_white() -> None:
    answer = boxed(DECODING + "stored_pixels", png(BOTTLE), limits=PICTURE_LIMITS, called="logo.png", name="logo.png")
    found = answer.array("uint8", (HEIGHT, WIDTH, 4)).astype(np.int32)
    assert np.abs(found[..., 0] - BOTTLE / 257).max() <= 0.5


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (Image.new("RGB", (80, 90), "white"), "one even grey (level 255 of 255)"),
        (Image.new("L", (80, 90), 128), "one even grey (level 128 of 255)"),
        (Image.new("RGBA", (80, 90)), "transparent all over"),
    ],
)
def test_a_picture_that_shows_nothing_says_so(picture: Image.Image, said: str, tmp_path: Path) -> None:
    picture.save(tmp_path / "a.png")
    assert said in inspect_picture(receive_path(tmp_path / "a.png", PICTURE)).blank


@pytest.mark.parametrize("picture", [in_colours(), cut_out("L"), Image.new("RGB", (80, 90), "teal")])
def test_a_picture_that_shows_something_is_not_blank(picture: Image.Image, tmp_path: Path) -> None:
    picture.save(tmp_path / "a.png")
    assert inspect_picture(receive_path(tmp_path / "a.png", PICTURE)).blank == ""


def test_a_deep_picture_is_measured_as_it_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(BOTTLE))
    facts = inspect_picture(receive_path(tmp_path / "a.png", PICTURE))
    assert (facts.width_px, facts.height_px, facts.has_alpha, facts.blank) == (WIDTH, HEIGHT, False, "")
    (tmp_path / "b.png").write_bytes(png(BOTTLE)[:-60])
    with pytest.raises(Unusable, match="is not a readable picture"):
        inspect_picture(receive_path(tmp_path / "b.png", PICTURE))
