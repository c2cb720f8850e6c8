"""The texts of a binary USD layer: enough to see which other files it names, without opening it.

Layout as OpenUSD's crateFile.cpp writes it since version 0.4: a header with the offset of a table of contents, sections
by name, and a TOKENS section of texts ended by NUL, packed in LZ4 blocks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAX_TEXT_BYTES = 50_000_000


def tokens_of(data: bytes) -> tuple[str, ...]:
    """All texts of the layer; ValueError if it is not a whole crate file of a known version."""
    try:
        if data[:8] != b"PXR-USDC" or (data[8], data[9]) < (0, 4):
            raise ValueError("not a binary USD layer of version 0.4 or later")
        start, size = dict(_sections(data))[b"TOKENS"]
        _, unpacked, packed = struct.unpack_from("<QQQ", data, start)
        if unpacked > MAX_TEXT_BYTES or packed + 24 > size or start + size > len(data):
            raise ValueError("its texts are out of bounds")
        texts = _unpacked(data[start + 24 : start + 24 + packed], unpacked)
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError(f"broken at its table of contents ({type(error).__name__})") from error
    return tuple(text.decode("utf-8", "replace") for text in texts.split(b"\0") if text)


def _sections(data: bytes) -> Iterator[tuple[bytes, tuple[int, int]]]:
    (contents,) = struct.unpack_from("<q", data, 16)
    (count,) = struct.unpack_from("<Q", data, contents)
    for number in range(min(count, 64)):
        name, start, size = struct.unpack_from("<16sqq", data, contents + 8 + 32 * number)
        yield name.rstrip(b"\0"), (start, size)


def _unpacked(packed: bytes, size: int) -> bytes:
    """One LZ4 block after a zero byte, or several, each after its length."""
    if packed[0] == 0:
        return lz4_block(packed[1:], size)
    made, at = b"", 1
    for _ in range(packed[0]):
        (length,) = struct.unpack_from("<i", packed, at)
        made += lz4_block(packed[at + 4 : at + 4 + length], size)
        at += 4 + length
    return made


def lz4_block(packed: bytes, most: int) -> bytes:
    """An LZ4 block (lz4_Block_format.md), unpacked; ValueError beyond `most` bytes or outside itself."""
    made, at = bytearray(), 0
    while at < len(packed):
        token = packed[at]
        literals, at = _length(packed, at + 1, token >> 4)
        made += packed[at : at + literals]
        at += literals
        if at >= len(packed):
            break
        offset = packed[at] | packed[at + 1] << 8
        repeated, at = _length(packed, at + 2, token & 15)
        if not 0 < offset <= len(made) or len(made) + repeated + 4 > most:
            raise ValueError("its texts are packed wrongly")
        for _ in range(repeated + 4):
            made.append(made[-offset])
    if len(made) > most:
        raise ValueError("its texts are longer than it says")
    return bytes(made)


def _length(packed: bytes, at: int, nibble: int) -> tuple[int, int]:
    if nibble == 15:
        while packed[at] == 255:
            nibble, at = nibble + 255, at + 1
        nibble, at = nibble + packed[at], at + 1
    return nibble, at
