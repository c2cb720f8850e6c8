"""A file on its way out: its bytes, hashes, path and metadata."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from foundry.delivery.metadata import AssetMetadata
from foundry.delivery.slot import Slot
from foundry.store.object_store import crc32c_of

BLOCK = 1 << 20


@dataclass(frozen=True)
class Content:
    """The bytes that are delivered, in a file of this machine that lives as long as the sending."""

    file: Path

    @cached_property
    def size_bytes(self) -> int:
        """The number of bytes."""
        return self.file.stat().st_size

    @cached_property
    def sha256(self) -> str:
        """SHA-256, 64 hex digits."""
        return self.hexdigest("sha256")

    def hexdigest(self, kind: str) -> str:
        """Return a hash by its name in hashlib, in hex digits; the file is read in blocks."""
        with self.file.open("rb") as stream:
            return hashlib.file_digest(stream, kind).hexdigest()

    @cached_property
    def crc32c(self) -> str:
        """CRC-32C, base64."""
        return crc32c_of(self.file)

    @cached_property
    def md5_base64(self) -> str:
        """MD5, base64, as Content-MD5 has it."""
        return base64.b64encode(bytes.fromhex(self.hexdigest("md5"))).decode()

    def open(self) -> BinaryIO:
        """Return a stream of the bytes."""
        return self.file.open("rb")

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to before `stop`, a mebibyte at a time."""
        left = (self.size_bytes if stop is None else stop) - start
        with self.open() as stream:
            stream.seek(start)
            while left > 0 and (block := stream.read(min(BLOCK, left))):
                left -= len(block)
                yield block

    def section(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to before `stop`."""
        made = io.BytesIO()
        for block in self.blocks(start, stop):
            made.write(block)
        return made.getvalue()


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One file for one target.

    path: folder and name with extension, plain parts joined by slashes, below the target's own folder. media_type: such
    as image/jpeg. fields: the target's own fields, filled from the metadata by the target's map. link: returns an
    address under which the store's object, without embedded metadata, can be fetched for so many seconds; "" where the
    store has none.
    """

    slot: Slot
    asset: str
    path: str
    content: Content
    media_type: str
    metadata: AssetMetadata
    fields: dict[str, str]
    link: Callable[[int], str]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]
