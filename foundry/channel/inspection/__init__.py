"""Inspection of finished files, ours or not, by readers that share no code with our encoders.

The modules below it hold the rules by which a placement accepts a file.
"""

from __future__ import annotations

import io
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from foundry.channel.inspection.found import CannotRead, FileFacts, FrameStream, Look, Page, Picture, SoundStream
from foundry.channel.inspection.signature import HEAD_BYTES, claimed_format, format_of
from foundry.lfs_pointer import LONGEST, REMEDY, pointer_clause

__all__ = ["CannotRead", "FileFacts", "FrameStream", "Page", "Picture", "SoundStream", "inspect"]
STILLS = ("jpeg", "png", "webp", "gif", "avif", "jxl", "tiff")
FILMS = ("mp4", "mov", "webm", "mkv")
MOST_BYTES = 8_000_000_000


def inspect(source: Path | bytes | BinaryIO, name: str = "", look: Look | None = None) -> FileFacts:
    """Return the facts of a file, given as a path, as bytes or open. CannotRead calls a damaged or unknown file `name`.

    The first bytes decide on the format, never the name. Every picture is decoded and every packet read, so a file that
    is cut off is refused; sizes are checked before anything is decoded.

    `look` is given the decoded picture of a still, or the first of an animation.
    """
    with ExitStack() as stack:
        if isinstance(source, bytes):
            file: BinaryIO = io.BytesIO(source)
            title, size = name or "the file", len(source)
        elif not isinstance(source, Path):
            file, title, size = source, name or "the file", source.seek(0, io.SEEK_END)
            source.seek(0)
        else:
            title = name or source.name
            size = _size(source, title)
            file = stack.enter_context(source.open("rb"))
        if not 0 < size <= MOST_BYTES:
            what = "is empty" if not size else f"has {size} bytes; the limit is {MOST_BYTES}"
            raise CannotRead(title, what, "Export it again.")
        found = _read(file, title, size, look)
    return replace(found, called=claimed_format(title))


def _size(path: Path, title: str) -> int:
    if not path.is_file():
        raise CannotRead(title, "is no file", "Name a picture, a film or a PDF.")
    return path.stat().st_size


def _read(file: BinaryIO, title: str, size: int, look: Look | None) -> FileFacts:
    head = file.read(max(HEAD_BYTES, LONGEST))
    file.seek(0)
    if pointer := pointer_clause(head):
        raise CannotRead(title, f"is {pointer}", f"{REMEDY[:1].upper()}{REMEDY[1:]}.")
    form = format_of(head[:HEAD_BYTES])
    if form in STILLS:
        from foundry.channel.inspection.still import inspect_still

        return inspect_still(file, title, form, size, look)
    if form in FILMS:
        from foundry.channel.inspection.film import inspect_film

        return inspect_film(file, title, form, size)
    if form == "pdf":
        from foundry.channel.inspection.page import inspect_page

        return inspect_page(file, title, size)
    if form:
        raise CannotRead(title, f"is a {form}, which no placement takes", "Export it as JPEG or PNG.")
    claim = f", though it is called .{title.rsplit('.', 1)[-1]}" if claimed_format(title) else ""
    what = f"begins like no picture, film or page that is known here{claim}"
    raise CannotRead(title, what, "Export it again.")
