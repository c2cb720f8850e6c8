"""From the vendor's bytes to pixels."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from models.drawing import Drawn
from models.remote.received import pixels_of
from models.remote.refusals import Transient
from tests.models.remote.asking import ORDER, SENT, a_card, draw, pixels, undrawn
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import painted, png


def test_a_picture_of_nearly_the_ratio_is_resampled_and_noted(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.paint = lambda words, width, height: png(painted(words, 2 * width + 1, 2 * height))
    (result,) = draw(a_card(server), clock)
    expected = Image.fromarray(painted(SENT, 129, 128)).resize((64, 64), Image.Resampling.LANCZOS)
    assert np.array_equal(pixels(result), np.asarray(expected))
    assert isinstance(result, Drawn)
    assert result.caption == f"{SENT} (the vendor gave 129x128 px, resampled to 64x64)"


def test_a_picture_of_another_ratio_is_refused(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.paint = lambda words, width, height: png(painted(words, width * 2, height))
    code, reason = undrawn(draw(a_card(server), clock)[0])
    assert code == "wrong_size"
    assert "128x64 px; 64x64 was ordered" in reason


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, and holds none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("edge", [600, 11_000, 60_000])
def test_a_bomb_is_refused_before_it_is_decoded(server: MisbehavingServer, clock: FakeClock, edge: int) -> None:
    server.vendor.paint = lambda *_: bomb(edge, edge)
    code, _ = undrawn(draw(a_card(server), clock)[0])
    assert code == "wrong_size"
    assert len(server.vendor.seen) == 1


def test_alpha_is_laid_on_white_and_a_profile_becomes_srgb() -> None:
    clear = np.zeros((64, 64, 4), np.uint8)
    clear[32:] = (255, 0, 0, 255)
    made, _ = pixels_of(png(clear), ORDER)
    assert made[0, 0].tolist() == [1, 1, 1]
    assert made[63, 0].tolist() == [1, 0, 0]
    grey = np.full((64, 64, 3), 128, np.uint8)
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    same, _ = pixels_of(png(grey, icc_profile=srgb.tobytes()), ORDER)
    assert np.abs(same * 255 - 128).max() <= 1
    with pytest.raises(Transient, match="cannot be decoded"):
        pixels_of(png(grey, icc_profile=linear.tobytes()), ORDER)


def linear_profile() -> bytes:
    """An ICC profile with sRGB's primaries and a straight tone curve."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    tags = {
        b"rXYZ": xyz(0.4361, 0.2225, 0.0139), b"gXYZ": xyz(0.3851, 0.7169, 0.0971),
        b"bXYZ": xyz(0.1431, 0.0606, 0.7141), b"wtpt": xyz(0.9642, 1, 0.8249),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), b"curv" + bytes(8)),
    }  # fmt: skip
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(data))
        body += data
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4xI4s4s4s12x4s", size, 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    white = struct.pack(">3i", 63190, 65536, 54061)
    return (head + bytes(28) + white).ljust(128, b"\0") + table + body


def test_a_picture_with_another_profile_is_converted() -> None:
    made, _ = pixels_of(png(np.full((64, 64, 3), 128, np.uint8), icc_profile=linear_profile()), ORDER)
    assert np.abs(made * 255 - 188).max() <= 1  # sRGB's code for half of the light
