"""Metadata of JPEG (ITU-T T.81, XMP part 3): the segments before the picture."""

from __future__ import annotations

import struct

from imaging.metadata.iim import IMAGE_RESOURCES, image_resources
from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span, number

XMP, EXTENDED_XMP = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
APP0, APP1, APP13, START_OF_SCAN = 0xE0, 0xE1, 0xED, 0xDA
LARGEST = 0xFFFF - 2
"""Bytes of a segment, without its marker and length."""
MOST_XMP = LARGEST - len(XMP)
ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without a length."""


def splice(data: Data, packets: Packets) -> list[Piece]:
    """Return the file with its XMP and IIM replaced; both come after JFIF's and Exif's segments."""
    kept: list[Piece] = [Span(0, 2)]
    first = 1
    at = 2
    while (kind := _marker(data, at)) != START_OF_SCAN:
        stop = at + 2 if kind in ALONE else at + 2 + number(data, at + 2, 2)
        if stop > len(data) or stop < at + 2:
            raise CannotEmbed("jpeg", "ends inside a segment")
        content = data[at + 4 : min(stop, at + 4 + len(EXTENDED_XMP))]
        if not _replaced(kind, content):
            kept.append(Span(at, stop))
            if kind == APP0 or (kind == APP1 and content.startswith(b"Exif\0")):
                first = len(kept)
        at = stop
    return [*kept[:first], *_segments(packets), *kept[first:], Span(at, len(data))]


def _marker(data: Data, at: int) -> int:
    if data[:2] != b"\xff\xd8" or len(data) < at + 4 or data[at] != 0xFF:
        raise CannotEmbed("jpeg", "has no segments where they belong")
    return data[at + 1]


def _replaced(kind: int, content: bytes) -> bool:
    if kind == APP1:
        return content.startswith((XMP, EXTENDED_XMP))
    return kind == APP13 and content.startswith(IMAGE_RESOURCES)


def _segments(packets: Packets) -> list[bytes]:
    made = [_segment(APP1, XMP + packets.xmp)]
    if packets.iim:
        made.append(_segment(APP13, image_resources(packets.iim)))
    return made


def _segment(kind: int, content: bytes) -> bytes:
    if len(content) > LARGEST:
        raise CannotEmbed("jpeg", f"holds {LARGEST} bytes of one kind of metadata, not {len(content)}")
    return struct.pack(">BBH", 0xFF, kind, 2 + len(content)) + content
