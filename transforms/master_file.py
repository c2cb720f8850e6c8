"""Masters as files: lossless PNG, 16 or 8 bits a channel, sRGB, and back to the 8 bits that layouts work in.

16 bits carry what the upscaler's floats give. They are rounded, never dithered: noise in low bits is what a lossless
file pays most for. The 8 bits of a master, and those read out of a 16-bit one, are dithered.
"""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.names import seed_of
from models.drawing import Pixels
from models.upscaling.levels import PERIOD, chance_plane
from models.upscaling.png import SIGNATURE, PngWriter, own_strips, read_own

LEVEL = 257
"""One of 256 levels, in levels of 65,536."""
DEPTH_AT = 24
"""Where a PNG says its bits per channel: behind signature, chunk head, width and height."""


def encode_master(pixels: Pixels, bits: int, name: str) -> bytes:
    """(height, width, 3) float32 sRGB in [0, 1] → PNG of 8 or 16 bits; a shot's name seeds the dither of 8."""
    levels = quantised(pixels, name) if bits == 8 else in_sixteen_bits(pixels)
    stream = io.BytesIO()
    height, width, channels = levels.shape
    writer = PngWriter(stream, (height, width, channels), bits, srgb=True)
    writer.write(levels)
    writer.close()
    return stream.getvalue()


def in_sixteen_bits(pixels: Pixels) -> NDArray[np.uint16]:
    """The nearest of 65,536 levels."""
    return np.rint(np.clip(pixels, 0, 1) * np.float32(65535)).astype(np.uint16)


def quantised(pixels: Pixels, name: str) -> NDArray[np.uint8]:
    """8 bits with one level of triangular dither, so that wide soft gradients show no bands."""
    chance = np.random.Generator(np.random.PCG64(seed_of(name, 1_000)))
    noise = chance.random(pixels.shape[:2], np.float32) - chance.random(pixels.shape[:2], np.float32)
    return np.clip(np.rint(pixels * 255 + 0.8 * noise[..., None]), 0, 255).astype(np.uint8)


def bits_of(data: bytes) -> int:
    """Bits per channel that a master's header states."""
    if not data.startswith(SIGNATURE):
        raise ValueError("a master is a PNG file; this is none")
    return int(struct.unpack_from("B", data, DEPTH_AT)[0])


def decode_master(data: bytes) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(height, width, 3), uint8 or uint16 as the file is; exactly what was encoded."""
    if bits_of(data) == 16:
        return read_own(data)
    with Image.open(io.BytesIO(data), formats=("PNG",)) as stored:
        return np.asarray(stored.convert("RGB"), np.uint8)


def master_image(data: bytes) -> Image.Image:
    """RGB, 8 bits, for layouts; 16 bits are dithered, whereas Pillow itself would cut them off."""
    return Image.fromarray(_dithered(data) if bits_of(data) == 16 else decode_master(data))


def _dithered(data: bytes) -> NDArray[np.uint8]:
    """A PNG's 16 bits → 8, strip by strip, so that the wider type never leaves a core's cache.

    A level plus its noise is divided by 257 in shifts: floor(v / 257) is (v - (v >> 8)) >> 8 for every v of 16 bits.
    """
    shape, _, strips = own_strips(data)
    noise = np.rint(chance_plane(0, PERIOD, shape[1]) * LEVEL).astype(np.int32) + LEVEL // 2
    up = np.repeat(noise.astype(np.uint16), shape[2], axis=2)
    most = np.iinfo(np.uint16).max - up
    made = np.empty(shape, np.uint8)
    for top, strip in strips:
        rows = slice(top % PERIOD, top % PERIOD + len(strip))
        np.minimum(strip, most[rows], out=strip)
        strip += up[rows]
        np.subtract(strip, strip >> 8, out=strip)
        made[top : top + len(strip)] = strip >> 8
    return made
