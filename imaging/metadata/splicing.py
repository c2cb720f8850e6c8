"""A file made of parts of another one and of new bytes, so that large files are copied and never held."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from foundry.errors import FoundryError

BLOCK = 1 << 20
Data = mmap.mmap | bytes
"""The bytes of a finished file, mapped into memory."""


class Span(NamedTuple):
    """The bytes of the finished file from `start` to before `stop`."""

    start: int
    stop: int


Piece = Span | bytes


class CannotEmbed(FoundryError):
    """A file is not laid out as this project writes its format."""

    code = "cannot_embed"

    def __init__(self, form: str, what: str) -> None:
        super().__init__(form, what)
        self.form, self.what = form, what

    def __str__(self) -> str:
        return f"the {self.form} file {self.what}; make it again, or set `embed: false` for the target"


@contextmanager
def mapped(path: Path) -> Iterator[Data]:
    """Yield the bytes of a file, read as they are used."""
    with path.open("rb") as stream:
        if not path.stat().st_size:
            yield b""
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data


def size_of(pieces: Iterable[Piece]) -> int:
    """Return the number of bytes that pieces have together."""
    return sum(piece.stop - piece.start if isinstance(piece, Span) else len(piece) for piece in pieces)


def write_pieces(data: Data, pieces: Iterable[Piece], into: Path) -> None:
    """Write pieces into a file, which is replaced, a mebibyte at a time."""
    with into.open("wb") as stream:
        for piece in pieces:
            if not isinstance(piece, Span):
                stream.write(piece)
                continue
            for start in range(piece.start, piece.stop, BLOCK):
                stream.write(data[start : min(start + BLOCK, piece.stop)])


def number(data: Data, at: int, length: int, order: str = "big") -> int:
    """Return the whole number in `length` bytes at a place; CannotEmbed is for callers, who know the format."""
    return int.from_bytes(data[at : at + length], "little" if order == "little" else "big")
