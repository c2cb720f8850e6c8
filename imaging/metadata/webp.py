"""Metadata of WebP, still or moving (RFC 9649): chunks of a RIFF file."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span, number, size_of

HEAD = 12
HAS_XMP, HAS_ALPHA = 0x04, 0x10


def splice(data: Data, packets: Packets) -> list[Piece]:
    """Return the file with its XMP replaced, as its last chunk; a simple file becomes an extended one."""
    kept: list[Piece] = []
    features = b""
    for kind, start, stop in _chunks(data):
        if kind == b"VP8X":
            features = data[start + 8 : start + 18]
        elif kind != b"XMP ":
            kept.append(Span(start, stop))
    features = features or _features_of_simple(data)
    flags = bytes([features[0] | HAS_XMP])
    made = [_chunk(b"VP8X", flags + features[1:]), *kept, _chunk(b"XMP ", packets.xmp)]
    return [b"RIFF" + struct.pack("<I", 4 + size_of(made)) + b"WEBP", *made]


def _chunks(data: Data) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end, padding included, of each chunk."""
    if data[:4] != b"RIFF" or data[8:HEAD] != b"WEBP":
        raise CannotEmbed("webp", "does not begin as one")
    at, end = HEAD, 8 + number(data, 4, 4, "little")
    if end > len(data):
        raise CannotEmbed("webp", "ends before the length that it states")
    while at + 8 <= end:
        length = number(data, at + 4, 4, "little")
        stop = at + 8 + length + length % 2
        if stop > end:
            raise CannotEmbed("webp", "ends inside a chunk")
        yield data[at : at + 4], at, stop
        at = stop


def _features_of_simple(data: Data) -> bytes:
    """Return the content of a VP8X chunk for a file that is one bitstream: flags, and width and height less one."""
    kind, start, _ = next(_chunks(data), (b"", 0, 0))
    stream = start + 8
    if kind == b"VP8L":
        packed = number(data, stream + 1, 4, "little")
        width, height = packed & 0x3FFF, packed >> 14 & 0x3FFF
        flags = HAS_ALPHA if packed >> 28 & 1 else 0
    elif kind == b"VP8 ":
        width, height = (number(data, stream + at, 2, "little") % 0x4000 - 1 for at in (6, 8))
        flags = 0
    else:
        raise CannotEmbed("webp", "holds no picture")
    return bytes([flags, 0, 0, 0]) + width.to_bytes(3, "little") + height.to_bytes(3, "little")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
