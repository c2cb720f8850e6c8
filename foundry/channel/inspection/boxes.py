"""The boxes of ISO media files (ISO/IEC 14496-12): MP4, QuickTime, AVIF. Read by offset; nothing is decoded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from foundry.channel.inspection.found import CannotRead

PARENTS = {b"moov", b"trak", b"edts", b"mdia", b"iprp", b"ipco"}
WITH_FLAGS = {b"meta"}
MOST_BOXES = 20_000
MOST_DEPTH = 16
"""Of boxes within boxes; files have five or six."""
MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class MediaBox:
    """One box: its four letters, and the offsets of its content in the file."""

    kind: bytes
    start: int
    end: int


def media_boxes(file: BinaryIO, name: str) -> list[MediaBox]:
    """Return the boxes of the kinds that are asked for here, in file order; CannotRead if the file ends inside one."""
    end = file.seek(0, io.SEEK_END)
    found: list[MediaBox] = []
    for box in _walk(file, 0, end, name):
        found.append(box)
        if len(found) > MOST_BOXES:
            raise CannotRead(name, f"has more than {MOST_BOXES} boxes", "Export it again.")
    return found


def _walk(file: BinaryIO, at: int, end: int, name: str, depth: int = 0) -> Iterator[MediaBox]:
    if depth > MOST_DEPTH:
        raise CannotRead(name, f"nests boxes more than {MOST_DEPTH} deep", "Export it again.")
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size, kind, skip = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1:
            size, skip = int.from_bytes(head[8:16], "big"), 16
        stop = end if size == 0 else at + size
        if stop > end or stop < at + skip:
            what = f"ends inside its {kind.decode('latin1')!r} box: {stop - end} bytes are missing"
            raise CannotRead(name, what if stop > end else "has a box with a wrong length", "Copy or export it again.")
        box = MediaBox(kind, at + skip, stop)
        yield box
        if kind in PARENTS or kind in WITH_FLAGS:
            yield from _walk(file, box.start + (4 if kind in WITH_FLAGS else 0), stop, name, depth + 1)
        at = stop


def content(file: BinaryIO, box: MediaBox) -> bytes:
    """Return the content of a small box, at most 1 MiB of it."""
    file.seek(box.start)
    return file.read(min(box.end - box.start, MOST_BYTES))


def index_first(found: list[MediaBox]) -> bool | None:
    """Return True if the index precedes the frames, so that a film plays while it loads; None if either is missing."""
    kinds = [box.kind for box in found]
    if b"moov" not in kinds or b"mdat" not in kinds:
        return None
    return kinds.index(b"moov") < kinds.index(b"mdat")


def is_turned(file: BinaryIO, found: list[MediaBox]) -> bool:
    """Return True if a track asks players to turn or flip its frames, so that pixels are stored in another order."""
    heads = [content(file, box) for box in found if box.kind == b"tkhd"]
    return any(_turns(head[52:88] if head[:1] == b"\x01" else head[40:76]) for head in heads)


def _turns(matrix: bytes) -> bool:
    upright = matrix[:4] == matrix[16:20] and not any(matrix[4:8]) and not any(matrix[12:16])
    return any(matrix) and not upright


def count_edits(file: BinaryIO, found: list[MediaBox]) -> int:
    """Return the number of effective entries in edit lists: not a single one that plays a track from its start."""
    return sum(_count_edits(content(file, box)) for box in found if box.kind == b"elst")


def _count_edits(data: bytes) -> int:
    if len(data) < 8:
        return 0
    wide, count = data[0] == 1, int.from_bytes(data[4:8], "big")
    if count != 1:
        return count
    start, length = (16, 8) if wide else (12, 4)
    shift = int.from_bytes(data[start : start + length], "big", signed=True)
    return int(shift != 0)
