"""The boxes of ISO media files (ISO/IEC 14496-12), which JPEG XL, AVIF, MP4 and QuickTime share."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from imaging.metadata.splicing import CannotEmbed, Data, number


@dataclass(frozen=True)
class Box:
    """One box: its kind, its place in the file, and where its content begins."""

    kind: bytes
    start: int
    content: int
    stop: int


def boxes(data: Data, form: str, start: int = 0, stop: int | None = None) -> Iterator[Box]:
    """Yield the boxes between two places, without those inside them; CannotEmbed if one does not end there."""
    at, end = start, len(data) if stop is None else stop
    while at + 8 <= end:
        size, kind, head = number(data, at, 4), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = number(data, at + 8, 8), 16
        after = end if size == 0 else at + size
        if after > end or after < at + head:
            raise CannotEmbed(form, f"has a {kind.decode('latin1')!r} box of a wrong length")
        yield Box(kind, at, at + head, after)
        at = after


def box(kind: bytes, *contents: bytes) -> bytes:
    """Return a box of at most 4 GiB."""
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), kind) + content
