"""Files of masters: lossless PNG, 16 or 8 bits a channel, sRGB; and their 8 bits, which layouts work in.

16 bits are rounded, never dithered: noise in low bits costs a lossless file most. The 8 bits of a master, and those
read out of a 16-bit one, are dithered.

Before its pixels a master has a copy of them at half its size, 8 bits: a PNG in a private chunk, `haLF`, that other
readers pass over and editors must drop when they change the picture (PNG, third edition, section 14). It takes a
twentieth of the file, and most renditions need only this copy.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.manifest import MasterRecord
from foundry.metering.steps import step
from foundry.names import seed_of
from foundry.store.object_store import CorruptObject, ObjectStore, crc32c
from imaging.pixels.arrays import Pixels
from imaging.pixels.levels import PERIOD, chance_plane
from imaging.pixels.png_stream import ROWS_IN_CACHE, SIGNATURE, PngWriter, read_png, read_strips
from imaging.pixels.reduction import Pyramid, halve

LEVEL = 257
"""Levels of 65,536 in one of 256."""
DEPTH_AT = 24
"""Offset of a PNG's bits per channel: after signature, chunk head, width and height."""
HALF = b"haLF"
HALF_AT = len(SIGNATURE) + 25 + 13
"""Offset of the chunk of the copy: after signature, IHDR and sRGB."""


def encode_master(pixels: Pixels, bits: int, name: str) -> bytes:
    """Return a PNG of 8 or 16 bits a channel of (height, width, 3) float32 sRGB in [0, 1].

    `name`, the shot's, seeds the dither of 8 bits.
    """
    levels = in_eight_bits(pixels, name) if bits == 8 else in_sixteen_bits(pixels)
    return _as_png(levels, {HALF: _as_png(half)} if (half := _half_of(levels)) is not None else {})


def _as_png(levels: NDArray[np.uint8] | NDArray[np.uint16], more: dict[bytes, bytes] | None = None) -> bytes:
    stream = io.BytesIO()
    height, width, channels = levels.shape
    writer = PngWriter(stream, (height, width, channels), 8 * levels.itemsize, srgb=True, more=more)
    writer.write(levels)
    writer.close()
    return stream.getvalue()


def _half_of(levels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8] | None:
    """Return half the size, 8 bits; None where an edge is odd, so that a pixel of the copy is always two by two."""
    height, width, _ = levels.shape
    if height % 2 or width % 2:
        return None
    if levels.dtype == np.uint8:
        return halve(levels.astype(np.uint8, copy=False))
    return halve(_dither(levels.shape, _strips(levels.astype(np.uint16, copy=False))))


def head_bytes(data: bytes) -> int:
    """Return how many bytes from the beginning of a master hold its copy of half the size; 0 if it has none."""
    length, kind = struct.unpack_from(">I4s", data, HALF_AT)
    return HALF_AT + 12 + length if kind == HALF else 0


def half_in(head: bytes, address: str) -> NDArray[np.uint8]:
    """Return (height / 2, width / 2, 3) uint8 out of a master's first `head_bytes`; CorruptObject if damaged."""
    return read_png(half_file(head, address)).astype(np.uint8, copy=False)


def half_file(head: bytes, address: str) -> bytes:
    """Return the PNG file of half the size that a master's first `head_bytes` hold; CorruptObject if damaged.

    A part of an object has no checksum in any store; the chunk has its own (PNG's CRC-32).
    """
    length, kind = struct.unpack_from(">I4s", head.ljust(HALF_AT + 8, b"\0"), HALF_AT)
    chunk, said = head[HALF_AT + 4 : HALF_AT + 8 + length], head[HALF_AT + 8 + length :][:4]
    found = struct.pack(">I", zlib.crc32(chunk))
    if kind != HALF or said != found:
        raise CorruptObject(f"{address}, its first {len(head)} bytes", said.hex() or "more", found.hex(), "crc32")
    return chunk[4:]


def whole_file(record: MasterRecord, own: ObjectStore) -> bytes:
    """Return a master's file out of the tenant's store; CorruptObject if its checksum is not the record's."""
    data = own.get(record.address)
    if (found := crc32c(data)) != record.crc32c:
        raise CorruptObject(record.address, record.crc32c, found)
    return data


def pyramid(record: MasterRecord, own: ObjectStore) -> Pyramid:
    """Return a master for layouts; each size is read from the tenant's store when it is first needed."""

    def half() -> NDArray[np.uint8]:
        with step("read"):
            return half_in(own.head(record.address, record.head_bytes), record.address)

    def whole() -> NDArray[np.uint8]:
        with step("read"):
            return master_levels(whole_file(record, own))

    return Pyramid((record.width_px, record.height_px), whole, half if record.head_bytes else None)


def in_sixteen_bits(pixels: Pixels) -> NDArray[np.uint16]:
    """Return the nearest of 65,536 levels of float pixels in [0, 1]."""
    return np.rint(np.clip(pixels, 0, 1) * np.float32(65535)).astype(np.uint16)


def in_eight_bits(pixels: Pixels, name: str) -> NDArray[np.uint8]:
    """Return 8 bits of float pixels in [0, 1], with triangular dither, so that wide soft gradients show no bands."""
    chance = np.random.Generator(np.random.PCG64(seed_of(name, 1_000)))
    noise, made = chance.random(pixels.shape[:2], np.float32), np.empty(pixels.shape, np.uint8)
    for top in range(0, len(pixels), ROWS_IN_CACHE):
        rows = slice(top, top + ROWS_IN_CACHE)
        both = noise[rows] - chance.random(noise[rows].shape, np.float32)
        made[rows] = np.clip(np.rint(pixels[rows] * 255 + 0.8 * both[..., None]), 0, 255).astype(np.uint8)
    return made


def bits_of(data: bytes) -> int:
    """Return the bits per channel that a master's header states; ValueError if it is no PNG file."""
    if not data.startswith(SIGNATURE):
        raise ValueError("a master is a PNG file; this is none")
    return int(struct.unpack_from("B", data, DEPTH_AT)[0])


def decode_master(data: bytes) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return (height, width, 3), uint8 or uint16 as the file is: exactly the levels that were encoded."""
    if bits_of(data) == 16:
        return read_png(data)
    with Image.open(io.BytesIO(data), formats=("PNG",)) as stored:
        return np.array(stored.convert("RGB"), np.uint8)


def master_image(data: bytes) -> Image.Image:
    """Return RGB, 8 bits, for layouts; 16 bits are dithered, whereas Pillow itself would cut them off."""
    return Image.fromarray(master_levels(data))


def master_levels(data: bytes) -> NDArray[np.uint8]:
    """Return the levels of `master_image`, (height, width, 3) uint8."""
    if bits_of(data) == 8:
        return decode_master(data).astype(np.uint8, copy=False)
    shape, _, strips = read_strips(data)
    return _dither(shape, strips)


def _strips(levels: NDArray[np.uint16]) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    for top in range(0, len(levels), ROWS_IN_CACHE):
        yield top, levels[top : top + ROWS_IN_CACHE].copy()


def _dither(
    shape: tuple[int, ...], strips: Iterable[tuple[int, NDArray[np.uint8] | NDArray[np.uint16]]]
) -> NDArray[np.uint8]:
    """Return 8 bits of strips of 16, each changed in place, so that the wider type never leaves a core's cache.

    A level plus its noise is divided by 257 in shifts: floor(v / 257) is (v - (v >> 8)) >> 8 for every v of 16 bits.
    """
    noise = np.rint(chance_plane(0, PERIOD, shape[1]) * LEVEL).astype(np.int32) + LEVEL // 2
    up = np.repeat(noise.astype(np.uint16), shape[2], axis=2)
    most = np.iinfo(np.uint16).max - up
    made = np.empty(shape, np.uint8)
    for top, strip in strips:
        rows = slice(top % PERIOD, top % PERIOD + len(strip))
        np.minimum(strip, most[rows], out=strip)
        np.add(strip, up[rows], out=strip)
        np.subtract(strip, strip >> 8, out=strip)
        made[top : top + len(strip)] = strip >> 8
    return made
