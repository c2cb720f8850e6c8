"""An object of a store as a file that is read in sections, so that a reader fetches only what it looks at."""

from __future__ import annotations

import io

from foundry.store.object_store import ObjectStore


class SectionReader(io.RawIOBase):
    """A readable file over one object; each read is one request. `size` is the object's, in bytes."""

    def __init__(self, own: ObjectStore, name: str, size: int) -> None:
        super().__init__()
        self._own, self._name, self._size, self._at = own, name, size, 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position, from the start, from here or from the end; return it."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, all that are left for a negative size."""
        stop = self._size if size < 0 else min(self._at + size, self._size)
        data = self._own.section(self._name, self._at, stop)
        self._at += len(data)
        return data

    def readall(self) -> bytes:
        """Return all bytes that are left."""
        return self.read()
