"""Metadata of TIFF (TIFF 6.0, XMP part 3): tags of the first picture's directory."""

from __future__ import annotations

import struct

from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span, number

XMP, IIM = 700, 33_723
BYTE, LONG = 1, 4
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
ENTRY = 12


def splice(data: Data, packets: Packets) -> list[Piece]:
    """Return the file with a new directory at its end, so that no strip moves; the old one's XMP is blanked."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise CannotEmbed("tiff", "does not begin as one of at most 4 GiB")
    word = "little" if order == "<" else "big"
    first = number(data, 4, 4, word)
    count = number(data, first, 2, word)
    after = first + 2 + count * ENTRY
    if not count or after + 4 > len(data):
        raise CannotEmbed("tiff", "has no whole directory")
    entries = [data[at : at + ENTRY] for at in range(first + 2, after, ENTRY)]
    blank = [span for entry in entries if (span := _blanked(entry, word, len(data)))]
    kept = [entry for entry in entries if int.from_bytes(entry[:2], word) not in (XMP, IIM)]  # type: ignore[arg-type]
    end = len(data) + len(data) % 2
    values = _values(packets)
    place = end + 2 + (len(kept) + len(values)) * ENTRY + 4
    if place + sum(len(value) for _, _, value in values) >= 1 << 32:
        raise CannotEmbed("tiff", "would grow beyond 4 GiB")
    added: list[bytes] = []
    for tag, kind, value in values:
        added.append(struct.pack(f"{order}HHII", tag, kind, len(value) // SIZES[kind], place))
        place += len(value)
    directory = sorted([*kept, *added], key=lambda entry: int.from_bytes(entry[:2], word))  # type: ignore[arg-type]
    head = [data[:4] + struct.pack(f"{order}I", end), *_without(blank, Span(8, len(data)))]
    made = struct.pack(f"{order}H", len(directory)) + b"".join(directory) + data[after : after + 4]
    return [*head, b"\0" * (len(data) % 2), made, *(value for _, _, value in values)]


def _values(packets: Packets) -> list[tuple[int, int, bytes]]:
    """Return tag, kind and bytes of each new entry. Bytes are even, as the values of entries begin at even places."""
    made = [(XMP, BYTE, packets.xmp + b" " * (len(packets.xmp) % 2))]
    if packets.iim:
        made.append((IIM, LONG, packets.iim + b"\0" * (-len(packets.iim) % 4)))
    return made


def _blanked(entry: bytes, word: str, size: int) -> Span | None:
    """Return where the value of an old entry of the metadata lies; None for other entries, and values inside it."""
    tag, kind = (number(entry, at, 2, word) for at in (0, 2))
    length = number(entry, 4, 4, word) * SIZES.get(kind, 1)
    place = number(entry, 8, 4, word)
    return Span(place, place + length) if tag in (XMP, IIM) and length > 4 and place + length <= size else None


def _without(blank: list[Span], whole: Span) -> list[Piece]:
    """Return a part of the file with zeros in place of some spans."""
    made: list[Piece] = []
    at = whole.start
    for span in sorted(blank):
        if span.start < at:
            raise CannotEmbed("tiff", "has values that overlap")
        made += [Span(at, span.start), bytes(span.stop - span.start)]
        at = span.stop
    return [*made, Span(at, whole.stop)]
