"""PNG: exact while that meets the limit, a palette where it is exact, reduced colours only where no eye sees them."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from imaging.still.encoding.png import png, reduce_colours, tag_png
from imaging.still.encoding.search import TARGET
from imaging.still.encoding.sheet import Sheet, Tags, profile
from tests.support.scenes import XMP, advert, flat, grey_photo, noise


def a_sheet(image: Image.Image) -> Sheet:
    return Sheet(np.asarray(image), XMP)


def pixels_of(data: bytes) -> np.ndarray:  # type: ignore[type-arg]
    with Image.open(io.BytesIO(data)) as stored:
        return np.asarray(stored.convert("RGB"))


@pytest.mark.parametrize("image", [advert(), flat(90, 70), noise(60, 50)], ids=["advert", "flat", "noise"])
def test_without_a_limit_every_pixel_is_kept(image: Image.Image) -> None:
    data, likeness = png(a_sheet(image), 10**9)
    assert likeness == 1.0
    assert np.array_equal(pixels_of(data), np.asarray(image))


def test_a_gradient_of_few_colours_takes_a_palette_of_them() -> None:
    few = Image.fromarray(np.repeat(np.arange(200, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(40, 0))
    data, likeness = png(a_sheet(few), 10**9)
    with Image.open(io.BytesIO(data)) as stored:
        assert stored.mode in ("P", "L")
    assert np.array_equal(pixels_of(data), np.asarray(few))
    assert likeness == 1.0


def test_colours_are_reduced_for_a_limit_where_that_does_not_show() -> None:
    """A grey photograph with a hint of blue in every other column has two colours for each grey."""
    pixels = np.asarray(grey_photo()).copy()
    pixels[:, ::2, 2] = np.minimum(pixels[:, ::2, 2], 254) + 1
    exact, _ = png(Sheet(pixels, XMP), 10**9)
    small, likeness = png(Sheet(pixels, XMP), 1_000)
    assert TARGET <= likeness < 1
    assert len(small) < 0.8 * len(exact)
    with Image.open(io.BytesIO(small)) as stored:
        assert stored.mode == "P"


def test_noise_is_never_reduced_and_the_smallest_exact_file_is_returned() -> None:
    data, likeness = png(a_sheet(noise(200, 200)), 1_000)
    assert likeness == 1.0
    assert np.array_equal(pixels_of(data), np.asarray(noise(200, 200)))


def test_metadata_comes_between_the_header_and_the_pixels() -> None:
    bare, _ = png(a_sheet(flat(9, 9)), 10**9)
    data = tag_png(bare, Tags(b"packet", b"profile", 300))
    kinds, at = [], 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 4 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(content)
        kinds.append(kind)
        at += length + 12
    assert kinds[:4] == [b"IHDR", b"iCCP", b"pHYs", b"iTXt"]
    assert kinds[-1] == b"IEND"
    with Image.open(io.BytesIO(tag_png(bare, Tags(XMP, profile("sRGB"), 300)))) as stored:
        assert stored.info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_a_palette_has_at_most_256_colours_and_each_place_points_into_it() -> None:
    places, palette = reduce_colours(np.asarray(advert()))
    assert places.shape == (320, 320)
    assert palette.shape[1] == 3
    assert int(places.max()) < len(palette) <= 256
