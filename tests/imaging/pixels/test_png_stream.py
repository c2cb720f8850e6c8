"""PNG files written row by row: every reader finds the pixels, and the fast reader finds them in its writer's files."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from imaging.pixels.png_stream import ROWS_AT_ONCE, ROWS_IN_CACHE, SIGNATURE, PngWriter, read_png, read_strips

Levels = NDArray[np.uint8] | NDArray[np.uint16]


def a_picture(height: int, width: int, channels: int, bits: int) -> Levels:
    chance = np.random.default_rng(height * width)
    return chance.integers(0, 1 << bits, (height, width, channels)).astype(np.uint8 if bits == 8 else np.uint16)


def written(levels: Levels, *, rows: int = 1_000, **options: object) -> bytes:
    stream = io.BytesIO()
    writer = PngWriter(stream, levels.shape, 8 * levels.itemsize, **{"srgb": True, **options})  # type: ignore[arg-type]
    for top in range(0, len(levels), rows):
        writer.write(levels[top : top + rows])
    writer.close()
    return stream.getvalue()


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and content of every chunk, with its checksum verified."""
    found, at = [], len(SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(kind + content)
        found.append((kind, content))
        at += length + 12
    return found


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_another_reader_finds_the_same_levels(bits: int, channels: int) -> None:
    levels = a_picture(37, 53, channels, bits)
    found = cv2.imdecode(np.frombuffer(written(levels), np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    turned = found.reshape(levels.shape)
    if channels > 1:
        turned = turned[..., [2, 1, 0, *range(3, channels)]]
    assert np.array_equal(turned, levels)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("height", [1, ROWS_IN_CACHE, ROWS_AT_ONCE + 1])
def test_the_own_reader_finds_the_same_levels(bits: int, channels: int, height: int) -> None:
    levels = a_picture(height, 19, channels, bits)
    found = read_png(written(levels))
    assert found.dtype == levels.dtype
    assert np.array_equal(found, levels)


@pytest.mark.parametrize("rows", [1, 7, ROWS_AT_ONCE])
def test_strips_of_any_height_give_the_same_pixels(rows: int) -> None:
    levels = a_picture(200, 31, 3, 16)
    assert np.array_equal(read_png(written(levels, rows=rows)), levels)


def test_strips_come_from_top_to_bottom_and_may_be_changed() -> None:
    levels = a_picture(2 * ROWS_IN_CACHE + 5, 11, 3, 16)
    shape, bits, strips = read_strips(written(levels))
    assert (shape, bits) == (levels.shape, 16)
    tops = []
    for top, strip in strips:
        assert np.array_equal(strip, levels[top : top + len(strip)])
        strip[:] = 0
        tops.append(top)
    assert tops == [0, ROWS_IN_CACHE, 2 * ROWS_IN_CACHE]


def test_the_colour_space_is_stated_by_a_profile_or_as_srgb() -> None:
    levels = a_picture(4, 4, 3, 8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert [kind for kind, _ in chunks(written(levels))] == [b"IHDR", b"sRGB", b"IDAT", b"IEND"]
    assert [kind for kind, _ in chunks(written(levels, srgb=False))] == [b"IHDR", b"IDAT", b"IEND"]
    with Image.open(io.BytesIO(written(levels, profile=profile))) as stored:
        assert stored.info["icc_profile"] == profile


def test_other_chunks_come_before_the_pixels_and_readers_pass_over_them() -> None:
    levels = a_picture(4, 4, 3, 8)
    data = written(levels, more={b"haLF": b"small", b"teSt": b""})
    assert chunks(data)[2:4] == [(b"haLF", b"small"), (b"teSt", b"")]
    assert np.array_equal(read_png(data), levels)


@pytest.mark.parametrize("cut", [4, 20, 60, -12, -20])
def test_a_file_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match=r"cut off, or not a PNG file of this writer"):
        read_png(written(a_picture(40, 40, 3, 16))[:cut])


def test_a_file_of_another_writer_is_refused() -> None:
    stream = io.BytesIO()
    gradient = np.linspace(0, 255, 300 * 200 * 3).reshape(200, 300, 3).astype(np.uint8)
    Image.fromarray(gradient).save(stream, "PNG")
    with pytest.raises(ValueError, match="another filter than Sub"):
        read_png(stream.getvalue())
