"""Metadata of JPEG XL in its container (ISO/IEC 18181-2)."""

from __future__ import annotations

from imaging.metadata.iso_boxes import box, boxes
from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span

SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"
BARE = b"\xff\x0a"


def splice(data: Data, packets: Packets) -> list[Piece]:
    """Return the file with its XMP replaced, after the head; a bare codestream is put into a container."""
    made = box(b"xml ", packets.xmp)
    head = SIGNATURE + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    if data[:2] == BARE:
        return [head, made, box(b"jxlc", bytes(data[:]))]
    if data[: len(SIGNATURE)] != SIGNATURE:
        raise CannotEmbed("jxl", "does not begin as one")
    found = [each for each in boxes(data, "jxl") if each.kind != b"xml "]
    if len(found) < 2 or found[1].kind != b"ftyp":
        raise CannotEmbed("jxl", "has no head")
    return [Span(0, found[1].stop), made, *(Span(each.start, each.stop) for each in found[2:])]
