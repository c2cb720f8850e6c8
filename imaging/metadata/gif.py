"""Metadata of GIF (GIF89a, XMP part 3): application extensions."""

from __future__ import annotations

from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span

EXTENSION, APPLICATION, PICTURE, TRAILER = 0x21, 0xFF, 0x2C, 0x3B
XMP = b"\x21\xff\x0bXMP DataXMP"
AFTER_PACKET = b"\x01" + bytes(range(0xFF, -1, -1)) + b"\0"
"""258 bytes that lead a reader of blocks to the end, from whichever byte of the packet it comes."""
HEAD = 13


def splice(data: Data, packets: Packets) -> list[Piece]:
    """Return the file with its XMP replaced, before the trailer."""
    if data[:6] != b"GIF89a":
        raise CannotEmbed("gif", "does not begin as one")
    at = HEAD + _colours(data, 10)
    kept: list[Piece] = [Span(0, at)]
    while _byte(data, at) != TRAILER:
        start = at
        if data[at] == EXTENSION:
            at = _after_blocks(data, at + 2)
        elif data[at] == PICTURE:
            at = _after_blocks(data, at + 10 + _colours(data, at + 9) + 1)
        else:
            raise CannotEmbed("gif", "has a block of no known kind")
        if data[start : start + len(XMP)] != XMP:
            kept.append(Span(start, at))
    return [*kept, XMP + packets.xmp + AFTER_PACKET, Span(at, len(data))]


def _byte(data: Data, at: int) -> int:
    if at >= len(data):
        raise CannotEmbed("gif", "has no trailer")
    return data[at]


def _colours(data: Data, at: int) -> int:
    """Return the bytes of the palette that the flags at a place announce."""
    flags = _byte(data, at)
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: Data, at: int) -> int:
    while length := _byte(data, at):
        at += 1 + length
    return at + 1
