"""Bodies of requests that can be sent again: each try reads them anew, in blocks, with their length known before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from urllib.parse import urlencode

import httpx2

from connectors.target.outgoing import Content

PACKED = 1 << 18
"""Bytes up to which pieces are joined."""


class Body(Protocol):
    """What a request carries."""

    @property
    def media_type(self) -> str:
        """The content type; "" for none."""

    @property
    def size_bytes(self) -> int:
        """The number of bytes."""

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes, from the first one at each call."""


@dataclass(frozen=True)
class Plain:
    """Bytes in memory."""

    data: bytes
    media_type: str = ""

    @property
    def size_bytes(self) -> int:
        """The number of bytes."""
        return len(self.data)

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes in one piece."""
        yield self.data


@dataclass(frozen=True)
class Section:
    """The bytes of a file from `start` to before `stop`; to the end for None."""

    content: Content
    start: int = 0
    stop: int | None = None
    media_type: str = ""

    @property
    def size_bytes(self) -> int:
        """The number of bytes."""
        return (self.content.size_bytes if self.stop is None else self.stop) - self.start

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes a mebibyte at a time."""
        return self.content.blocks(self.start, self.stop)


def form(fields: Mapping[str, str] | Iterable[tuple[str, str]]) -> Plain:
    """Return fields as `application/x-www-form-urlencoded`; pairs for a field that is there several times."""
    pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
    return Plain(urlencode(pairs).encode("ascii"), "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Part:
    """One file of a multipart form."""

    field: str
    file_name: str
    body: Body


@dataclass(frozen=True)
class Multipart:
    """A form with files, as `multipart/form-data` (RFC 7578), its fields first.

    fields: pairs, since a field may be there several times.
    """

    fields: tuple[tuple[str, str], ...]
    files: tuple[Part, ...]

    @cached_property
    def boundary(self) -> str:
        """The line between parts: by the fields, so that each try says the same, and long, so that no part holds it."""
        told = repr((self.fields, [(each.field, each.file_name, each.body.size_bytes) for each in self.files]))
        return f"foundry-{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"

    @property
    def media_type(self) -> str:
        """The content type, with the boundary."""
        return f"multipart/form-data; boundary={self.boundary}"

    @cached_property
    def size_bytes(self) -> int:
        """The number of bytes, files and all that is around them."""
        return sum(each if isinstance(each, int) else len(each) for each in self._pieces(sizes=True))

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes."""
        for piece in self._pieces(sizes=False):
            if isinstance(piece, bytes):
                yield piece

    def _pieces(self, *, sizes: bool) -> Iterator[bytes | int]:
        """Yield the bytes; with `sizes`, the size of each file in place of its bytes."""
        begin = f"--{self.boundary}\r\n".encode("ascii")
        for name, text in self.fields:
            yield begin + f'Content-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'.encode()
            yield text.encode() + b"\r\n"
        for part in self.files:
            told = f'form-data; name="{_quoted(part.field)}"; filename="{_quoted(part.file_name)}"'
            kind = part.body.media_type or "application/octet-stream"
            yield begin + f"Content-Disposition: {told}\r\nContent-Type: {kind}\r\n\r\n".encode()
            if sizes:
                yield part.body.size_bytes
            else:
                yield from part.body.blocks()
            yield b"\r\n"
        yield f"--{self.boundary}--\r\n".encode("ascii")


def _quoted(name: str) -> str:
    """Return a name as browsers write it in a form (HTML, multipart form data)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


class BodyStream(httpx2.SyncByteStream):
    """A body as the client reads it. `check` is called before each block; what it raises ends the request."""

    def __init__(self, body: Body, check: Callable[[], None]) -> None:
        self._body, self._check = body, check

    def __iter__(self) -> Iterator[bytes]:
        """Yield blocks; small pieces are joined, since each block is a packet of its own."""
        waiting: list[bytes] = []
        size = 0
        for piece in self._body.blocks():
            waiting.append(piece)
            size += len(piece)
            if size >= PACKED:
                self._check()
                yield b"".join(waiting)
                waiting, size = [], 0
        if waiting:
            self._check()
            yield b"".join(waiting)
