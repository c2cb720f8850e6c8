"""A reader of the texts of a binary USD layer: enough to find the other files that the layer names.

OpenUSD's crateFile.cpp has written this form since version 0.4: a header with the offset of a table of contents,
sections by name, and a TOKENS section of texts that end with NUL, packed in LZ4 blocks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import lz4.block  # type: ignore[import-untyped]

MAX_TEXT_BYTES = 50_000_000


def tokens_of(data: bytes) -> tuple[str, ...]:
    """Return all texts of a layer; ValueError if it is not a whole crate file of a known version."""
    try:
        if data[:8] != b"PXR-USDC" or (data[8], data[9]) < (0, 4):
            raise ValueError("not a binary USD layer of version 0.4 or later")
        start, size = dict(_sections(data))[b"TOKENS"]
        _, unpacked, packed = struct.unpack_from("<QQQ", data, start)
        if unpacked > MAX_TEXT_BYTES or packed + 24 > size or start + size > len(data):
            raise ValueError("its texts are out of bounds")
        texts = _unpack(data[start + 24 : start + 24 + packed], unpacked)
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError(f"broken at its table of contents ({type(error).__name__})") from error
    return tuple(text.decode("utf-8", "replace") for text in texts.split(b"\0") if text)


def _sections(data: bytes) -> Iterator[tuple[bytes, tuple[int, int]]]:
    (contents,) = struct.unpack_from("<q", data, 16)
    (count,) = struct.unpack_from("<Q", data, contents)
    for number in range(min(count, 64)):
        name, start, size = struct.unpack_from("<16sqq", data, contents + 8 + 32 * number)
        yield name.rstrip(b"\0"), (start, size)


def _unpack(packed: bytes, size: int) -> bytes:
    """Return the texts of a section: one LZ4 block after a zero byte, or several, each after its length."""
    if packed[0] == 0:
        return unpack_block(packed[1:], size)
    texts, at = b"", 1
    for _ in range(packed[0]):
        (length,) = struct.unpack_from("<i", packed, at)
        texts += unpack_block(packed[at + 4 : at + 4 + length], size - len(texts))
        at += 4 + length
    return texts


def unpack_block(packed: bytes, most: int) -> bytes:
    """Return the content of a raw LZ4 block; ValueError if it is broken or holds more than `most` bytes."""
    try:
        return bytes(lz4.block.decompress(packed, uncompressed_size=most))
    except lz4.block.LZ4BlockError as error:
        raise ValueError("its texts are packed wrongly, or are longer than it says") from error
