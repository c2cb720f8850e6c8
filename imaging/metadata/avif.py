"""Metadata of AVIF and HEIF (ISO/IEC 23008-12): an item of the file, found by a table of places."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from imaging.metadata.iso_boxes import Box, boxes
from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span, number

RDF = b"application/rdf+xml\0"


@dataclass(frozen=True)
class Extent:
    """One part of an item: where the table states its place and length, in how many bytes, and what they are.

    base: what the stated place counts from.
    """

    item: int
    place_at: int
    place_bytes: int
    length_at: int
    length_bytes: int
    base: int
    place: int
    length: int

    @property
    def start(self) -> int:
        """Its place in the file."""
        return self.base + self.place

    @property
    def stop(self) -> int:
        """The end of it in the file."""
        return self.start + self.length


def splice(data: Data, packets: Packets) -> list[Piece]:
    """Return the file with its XMP item as the last bytes of its media data, and the table of places corrected."""
    top = list(boxes(data, "avif"))
    if any(each.kind == b"moov" for each in top):
        raise CannotEmbed("avif", "is a film, whose frames would have to move")
    meta = _only(top, b"meta")
    inside = list(boxes(data, "avif", meta.content + 4, meta.stop))
    item = _xmp_item(data, _only(inside, b"iinf"))
    extents = list(_extents(data, _only(inside, b"iloc")))
    old = [each for each in extents if each.item == item]
    if len(old) != 1 or any(
        each.start < old[0].stop and old[0].start < each.stop for each in extents if each is not old[0]
    ):
        raise CannotEmbed("avif", "keeps its XMP in no place of its own")
    media = _holding(data, old[0])
    return _pieces(data, media, old[0], extents, packets.xmp)


def _only(found: Iterator[Box] | list[Box], kind: bytes) -> Box:
    matching = [each for each in found if each.kind == kind]
    if len(matching) != 1:
        raise CannotEmbed("avif", f"has {len(matching)} boxes of the kind {kind.decode()!r}")
    return matching[0]


def _xmp_item(data: Data, iinf: Box) -> int:
    """Return the id of the item that holds XMP (ISO/IEC 14496-12, 8.11.6)."""
    first = iinf.content + (6 if data[iinf.content] == 0 else 8)
    for entry in boxes(data, "avif", first, iinf.stop):
        wide = data[entry.content] >= 3
        at = entry.content + 4
        kind = at + (6 if wide else 4)
        if data[kind : kind + 4] == b"mime" and RDF in data[kind + 4 : entry.stop]:
            return number(data, at, 4 if wide else 2)
    raise CannotEmbed("avif", "holds no XMP that could be replaced")


def _extents(data: Data, iloc: Box) -> Iterator[Extent]:
    """Yield the parts of all items that lie in the file itself (ISO/IEC 14496-12, 8.11.3)."""
    version, sizes = data[iloc.content], number(data, iloc.content + 4, 2)
    place_bytes, length_bytes, base_bytes = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_bytes = sizes & 15 if version else 0
    id_bytes = 4 if version >= 2 else 2
    at = iloc.content + 6
    count, at = number(data, at, id_bytes), at + id_bytes
    for _ in range(count):
        item, at = number(data, at, id_bytes), at + id_bytes
        method = number(data, at, 2) & 15 if version else 0
        at += 4 if version else 2
        base, at = number(data, at, base_bytes), at + base_bytes
        parts, at = number(data, at, 2), at + 2
        if at > iloc.stop:
            raise CannotEmbed("avif", "ends inside its table of places")
        for _ in range(parts):
            at += index_bytes
            place_at, length_at = at, at + place_bytes
            at = length_at + length_bytes
            if at > iloc.stop:
                raise CannotEmbed("avif", "ends inside its table of places")
            if method == 0:
                yield Extent(
                    item, place_at, place_bytes, length_at, length_bytes, base,
                    number(data, place_at, place_bytes), number(data, length_at, length_bytes),
                )  # fmt: skip


def _holding(data: Data, extent: Extent) -> Box:
    for each in boxes(data, "avif"):
        if each.kind == b"mdat" and each.content <= extent.start and extent.stop <= each.stop:
            return each
    raise CannotEmbed("avif", "keeps its XMP outside its media data")


def _pieces(data: Data, media: Box, old: Extent, extents: list[Extent], xmp: bytes) -> list[Piece]:
    growth = len(xmp) - old.length
    changes = {media.start: struct.pack(">I", number(data, media.start, 4) + growth)}
    if media.content - media.start == 16:
        changes = {media.start + 8: struct.pack(">Q", number(data, media.start + 8, 8) + growth)}
    elif number(data, media.start, 4) == 0:
        changes = {}
    for each in extents:
        moved = _moved(each, media, old, growth)
        if moved != each.start:
            changes[each.place_at] = _field(moved - each.base, each.place_bytes)
    changes[old.length_at] = _field(len(xmp), old.length_bytes)
    patched = _patched(changes, Span(0, old.start)) + _patched(changes, Span(old.stop, media.stop))
    return [*patched, xmp, *_patched(changes, Span(media.stop, len(data)))]


def _moved(each: Extent, media: Box, old: Extent, growth: int) -> int:
    if each is old:
        return media.stop - old.length
    if each.start >= media.stop:
        return each.start + growth
    return each.start - old.length if each.start >= old.stop else each.start


def _field(value: int, length: int) -> bytes:
    if value < 0 or value >= 1 << 8 * length:
        raise CannotEmbed("avif", "has no room for the place of its XMP")
    return value.to_bytes(length, "big")


def _patched(changes: dict[int, bytes], span: Span) -> list[Piece]:
    """Return a part of the file with new bytes at the places of `changes` that lie in it."""
    made: list[Piece] = []
    at = span.start
    for place in sorted(place for place in changes if span.start <= place < span.stop):
        made += [Span(at, place), changes[place]]
        at = place + len(changes[place])
    return [*made, Span(at, span.stop)]
