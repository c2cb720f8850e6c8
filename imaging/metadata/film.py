"""Metadata of MP4 (XMP part 3: a `uuid` box of the file) and of QuickTime (a box of the film's user data)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from imaging.metadata.iso_boxes import Box, box, boxes
from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span, number

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
PARENTS = (b"trak", b"mdia", b"minf", b"stbl")
OFFSETS = {b"stco": 4, b"co64": 8}
"""The tables of where chunks of frames begin in the file, and the bytes of an entry."""


def splice_mp4(data: Data, packets: Packets) -> list[Piece]:
    """Return the film with its XMP as its last box, so that no frame moves; an earlier one becomes free space."""
    found = list(boxes(data, "mp4"))
    _refuse_unknown("mp4", data, found)
    kept: list[Piece] = []
    for each in found:
        old = each.kind == b"uuid" and data[each.content : each.content + 16] == XMP_UUID
        if not old:
            kept.append(Span(each.start, each.stop))
        elif each is not found[-1]:
            kept.append(box(b"free", bytes(each.stop - each.start - 8)))
    return [*kept, box(b"uuid", XMP_UUID, packets.xmp)]


def splice_mov(data: Data, packets: Packets) -> list[Piece]:
    """Return the film with its XMP in the user data of its index, whose growth moves the frames behind it."""
    found = list(boxes(data, "mov"))
    _refuse_unknown("mov", data, found)
    moov = next(each for each in found if each.kind == b"moov")
    index = bytearray(_with_user_data(data, moov, packets.xmp))
    _move_chunks(index, moov, len(index) - (moov.stop - moov.start))
    return [bytes(index) if each is moov else Span(each.start, each.stop) for each in found]


def _refuse_unknown(form: str, data: Data, found: list[Box]) -> None:
    kinds = [each.kind for each in found]
    if kinds.count(b"moov") != 1 or b"mdat" not in kinds or b"moof" in kinds:
        raise CannotEmbed(form, "has no single index of its frames")
    if found[-1].stop != len(data) or number(data, found[-1].start, 4) == 0:
        raise CannotEmbed(form, "does not end with a whole box")


def _with_user_data(data: Data, moov: Box, xmp: bytes) -> bytes:
    inside = [each for each in boxes(data, "mov", moov.content, moov.stop) if each.kind != b"udta"]
    own = [
        data[each.start : each.stop]
        for udta in boxes(data, "mov", moov.content, moov.stop)
        if udta.kind == b"udta"
        for each in boxes(data, "mov", udta.content, udta.stop)
        if each.kind != b"XMP_"
    ]
    parts = [data[each.start : each.stop] for each in inside]
    return box(b"moov", *parts, box(b"udta", *own, box(b"XMP_", xmp)))


def _move_chunks(index: bytearray, moov: Box, growth: int) -> None:
    """Add the index's growth to the places of all chunks that come after it."""
    for each in list(_tables(bytes(index), 8, len(index))):
        length = OFFSETS[each.kind]
        for at in range(each.content + 8, each.stop, length):
            place = number(bytes(index[at : at + length]), 0, length)
            if place < moov.stop:
                continue
            if place + growth >= 1 << 8 * length:
                raise CannotEmbed("mov", "counts its frames' places in 32 bits and would grow beyond them")
            index[at : at + length] = struct.pack(">I" if length == 4 else ">Q", place + growth)


def _tables(index: bytes, start: int, stop: int) -> Iterator[Box]:
    for each in boxes(index, "mov", start, stop):
        if each.kind in PARENTS:
            yield from _tables(index, each.content, each.stop)
        elif each.kind in OFFSETS:
            yield each
