"""A sink that keeps nothing of what is written to it but its size and its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Hashed:
    """The size of bytes, and their hash in hex digits."""

    size_bytes: int
    hexdigest: str


class HashingSink:
    """A sink for the body of an answer. kind: as `hashlib` calls it."""

    def __init__(self, kind: str) -> None:
        self._hash, self._size = hashlib.new(kind), 0

    def write(self, data: bytes, /) -> int:
        """Take bytes in."""
        self._hash.update(data)
        self._size += len(data)
        return len(data)

    def hashed(self) -> Hashed:
        """Return size and hash of what was written."""
        return Hashed(self._size, self._hash.hexdigest())
