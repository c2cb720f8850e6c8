"""Metadata of PNG (W3C PNG, third edition): chunks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span, number

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"XML:com.adobe.xmp\0"


def splice(data: Data, packets: Packets) -> list[Piece]:
    """Return the file with its XMP replaced: where it was, else before the picture."""
    kept: list[Piece] = [Span(0, len(SIGNATURE))]
    place = 0
    for kind, start, stop in _chunks(data):
        if kind == b"iTXt" and data[start + 8 : start + 8 + len(KEYWORD)] == KEYWORD:
            place = place or len(kept)
            continue
        if kind in (b"IDAT", b"IEND"):
            place = place or len(kept)
        kept.append(Span(start, stop))
    return [*kept[:place], _chunk(b"iTXt", KEYWORD + b"\0\0\0\0" + packets.xmp), *kept[place:]]


def _chunks(data: Data) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of each chunk, with its length and checksum."""
    at = len(SIGNATURE)
    if data[:at] != SIGNATURE:
        raise CannotEmbed("png", "does not begin as one")
    while True:
        stop = at + 12 + number(data, at, 4)
        kind = data[at + 4 : at + 8]
        if stop > len(data) or len(kind) < 4:
            raise CannotEmbed("png", "ends before its last chunk")
        yield kind, at, stop
        if kind == b"IEND":
            return
        at = stop


def _chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
