"""The bytes of a feed's file: opened once, decompressed within limits, and known to be whole at their end."""

from __future__ import annotations

import bz2
import io
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Protocol

from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import FetchedFeed

READ_BYTES = 1 << 20
_HEAD = 64
_XZ_MEMORY = 256_000_000
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_SEND = "send the whole file again"
_AGAIN = "write the feed again, and fetch it when it is whole"


class Bytes(Protocol):
    """A stream that can be read forward."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""


class FeedFile:
    """The file of a feed, which must not change until it is closed.

    compression: gzip, zip, bzip2, xz, zstandard or "". size_bytes: of the file as it lies there.
    """

    def __init__(self, feed: FetchedFeed, limits: FeedLimits) -> None:
        if feed.path is None:
            raise BadFeed(feed.name, "no_file", "did not change, and has no file", "read the one of the last run")
        self.name, self._limits = feed.name, limits
        try:
            descriptor = os.open(feed.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise BadFeed(feed.name, "no_file", f"cannot be opened ({error.strerror})", "name a file") from error
        self.raw = os.fdopen(descriptor, "rb")
        self._state = self._seen()
        self.size_bytes = self._state[0]
        with self._closed_on_refusal():
            if feed.size_bytes != self.size_bytes:
                raise self._changed()
            if not self.size_bytes:
                raise BadFeed(feed.name, "empty_feed", "is empty", "write the head and the rows")
            self.head = self.raw.read(_HEAD)
            self.raw.seek(0)
        self.compression = compression_of(self.head)

    @contextmanager
    def _closed_on_refusal(self) -> Iterator[None]:
        try:
            yield
        except BadFeed:
            self.raw.close()
            raise

    def _seen(self) -> tuple[int, int, int]:
        found = os.fstat(self.raw.fileno())
        if not stat.S_ISREG(found.st_mode):
            self.raw.close()
            raise BadFeed(self.name, "no_file", "is not a file", "name a file")
        return found.st_size, found.st_mtime_ns, found.st_ctime_ns

    def _changed(self) -> BadFeed:
        return BadFeed(self.name, "changed_feed", "changed while it was read", _AGAIN)

    def check_unchanged(self) -> None:
        """BadFeed if the file was written to since it was opened."""
        if self._seen() != self._state:
            raise self._changed()

    def plain(self) -> Bytes:
        """Return the feed's bytes, decompressed, from the beginning."""
        self.raw.seek(0)
        if not self.compression:
            return _Counted(self.raw, self.name, self._limits, None)
        packed = _Consumed(self.raw)
        stream = self._member(packed) if self.compression == "zip" else _unpacked(packed, self.compression, self.name)
        return _Counted(stream, self.name, self._limits, packed)

    def _member(self, packed: _Consumed) -> Bytes:
        members = [each for each in self.archive(packed).infolist() if not _is_clutter(each.filename)]
        if len(members) != 1:
            wrong = f"is a ZIP archive with {len(members)} files"
            raise BadFeed(self.name, "bad_archive", wrong, "put one feed into it, and nothing else")
        with _sound(self.name):
            return _Guarded(self.archive(packed).open(members[0]), self.name)

    def archive(self, file: Any = None) -> zipfile.ZipFile:
        """Return the ZIP archive that the file is; BadFeed for a broken or an enormous one."""
        with _sound(self.name):
            if _directory_bytes(self.raw, self.size_bytes) > 200 * self._limits.members * 10:
                raise BadFeed(self.name, "bad_archive", "is a ZIP archive of too many files", "put one feed into it")
            return zipfile.ZipFile(file or self.raw)


def compression_of(head: bytes) -> str:
    """Return the kind of compression that a file begins with, or ""."""
    if head.startswith(_ZSTANDARD):
        return "zstandard"
    return next((kind for mark, kind in _PACKED.items() if head.startswith(mark)), "")


def _is_clutter(name: str) -> bool:
    return name.endswith(("/", ".DS_Store", "Thumbs.db")) or name.startswith("__MACOSX/")


def _directory_bytes(raw: IO[bytes], size: int) -> int:
    """Return the size of a ZIP archive's directory, which `zipfile` reads into memory; 0 if there is none."""
    raw.seek(max(0, size - 66_000))
    tail = raw.read()
    raw.seek(0)
    if (at := tail.rfind(b"PK\x06\x06")) >= 0 and b"PK\x06\x07" in tail[at:]:
        return int.from_bytes(tail[at + 40 : at + 48], "little")
    at = tail.rfind(b"PK\x05\x06")
    return int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0


@contextmanager
def _sound(name: str) -> Iterator[None]:
    """Turn what libraries raise about broken archives into a BadFeed."""
    try:
        yield
    except (EOFError, zipfile.BadZipFile, zlib.error, OSError, ValueError, lzma.LZMAError) as error:
        if isinstance(error, EOFError) or "not a zip file" in str(error) or "runcated" in str(error):
            raise _cut(name) from error
        raise BadFeed(name, "bad_archive", f"cannot be decompressed ({error})", _SEND) from error
    except (NotImplementedError, RuntimeError) as error:  # an unknown method; an encrypted member
        raise BadFeed(name, "bad_archive", f"cannot be decompressed ({error})", "compress it with gzip") from error


def _cut(name: str) -> BadFeed:
    return BadFeed(name, "cut_feed", "ends before its compressed data does", _SEND)


class _Consumed(io.RawIOBase):
    """A file that knows how much of it was read."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.count = 0

    def read(self, size: int = -1, /) -> bytes:
        content = self._raw.read(size)
        self.count += len(content)
        return content

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


class _Counted:
    """Decompressed bytes, within the limits of size and ratio, and not compressed again."""

    def __init__(self, stream: Bytes, name: str, limits: FeedLimits, packed: _Consumed | None) -> None:
        self._stream, self._name, self._limits, self._packed = stream, name, limits, packed
        self.count = 0

    def read(self, size: int, /) -> bytes:
        content = self._stream.read(size)
        if self._packed and not self.count and compression_of(content):
            raise BadFeed(self._name, "bad_archive", "is compressed twice", "compress it once")
        self.count += len(content)
        if self.count > self._limits.plain_bytes:
            wrong = f"has more than {self._limits.plain_bytes} bytes"
            raise BadFeed(self._name, "too_large", wrong, "split it into several feeds")
        if self._packed and self.count > self._limits.free_bytes:
            ratio = self.count // max(self._packed.count, 1)
            if ratio > self._limits.ratio:
                wrong = f"unfolds to more than {self._limits.ratio} times its size"
                raise BadFeed(self._name, "bomb", wrong, "send it without compression")
        return content


class _Guarded:
    """A member of a ZIP archive."""

    def __init__(self, member: IO[bytes], name: str) -> None:
        self._member, self._name = member, name

    def read(self, size: int, /) -> bytes:
        with _sound(self._name):
            return self._member.read(size)


def _unpacked(packed: _Consumed, compression: str, name: str) -> Bytes:
    if compression == "zstandard":
        import pyarrow as pa

        return _Guarded(pa.CompressedInputStream(pa.PythonFile(packed, "r"), "zstd"), name)
    return _Members(packed, compression, name)


class _Members:
    """One compressed stream, or several after one another, each of which must end as its format says."""

    def __init__(self, packed: _Consumed, compression: str, name: str) -> None:
        self._packed, self._compression, self._name = packed, compression, name
        self._inflater: Any = self._new()
        self._rest = b""
        self._ended = False

    def _new(self) -> Any:
        if self._compression == "bzip2":
            return bz2.BZ2Decompressor()
        if self._compression == "xz":
            return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
        from isal.igzip_lib import DECOMP_GZIP, IgzipDecompressor

        return IgzipDecompressor(flag=DECOMP_GZIP)

    def read(self, size: int, /) -> bytes:
        while not self._ended:
            with self._sound():
                if content := self._some(size):
                    return content
        return b""

    def _some(self, size: int) -> bytes:
        if self._inflater.eof:
            self._next_member()
            if self._ended:
                return b""
        if self._inflater.needs_input and not self._rest:
            self._rest = self._packed.read(READ_BYTES)
            if not self._rest:
                raise _cut(self._name)
        given, self._rest = self._rest, b""
        return bytes(self._inflater.decompress(given, size))

    def _next_member(self) -> None:
        rest = self._inflater.unused_data or self._packed.read(READ_BYTES)
        while rest and not rest.strip(b"\0"):  # tapes and block devices pad with zeros
            rest = self._packed.read(READ_BYTES)
        if not rest:
            self._ended = True
        elif compression_of(rest.lstrip(b"\0")) != self._compression:
            wrong = "holds other bytes after its compressed data"
            raise BadFeed(self._name, "bad_archive", wrong, _SEND)
        else:
            self._inflater, self._rest = self._new(), rest.lstrip(b"\0")

    @contextmanager
    def _sound(self) -> Iterator[None]:
        from isal import isal_zlib

        broken: Any = isal_zlib.IsalError  # its types call it an object
        try:
            with _sound(self._name):
                yield
        except broken as error:
            raise BadFeed(self._name, "bad_archive", f"cannot be decompressed ({error})", _SEND) from error
