"""The mark of an object in a folder store: its size and checksum as written, kept in an attribute of its file.

With the file's time of modification the mark says, without a reading of the file, that nothing was written to it since.
A file whose time has changed is read once and compared. File systems without extended attributes keep no marks.
"""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from dataclasses import dataclass

import google_crc32c

ATTRIBUTE = "user.campaign-foundry.sum"
BLOCK = 1 << 20


@dataclass(frozen=True)
class Mark:
    """Size in bytes, CRC-32C in base64, and time of modification in nanoseconds."""

    size: int
    crc32c: str
    modified_ns: int

    def fits(self, found: os.stat_result) -> bool:
        """Return True if a file of this size was not written to since it was marked."""
        return found.st_size == self.size and found.st_mtime_ns == self.modified_ns


def put_mark(file: int | str, size: int, crc32c: str) -> None:
    """Mark a file, given by descriptor or path; without effect where there are no extended attributes."""
    with suppress(OSError, AttributeError):
        modified_ns = os.stat(file).st_mtime_ns  # noqa: PTH116 - it may be a descriptor
        os.setxattr(file, ATTRIBUTE, f"{size} {crc32c} {modified_ns}".encode())


def mark_of(handle: int) -> Mark | None:
    """Return the mark of an open file; None for a file without one."""
    try:
        size, crc, modified = os.getxattr(handle, ATTRIBUTE).decode().split()
        return Mark(int(size), crc, int(modified))
    except (OSError, AttributeError, ValueError):
        return None


def is_whole(handle: int) -> bool:
    """Return False for an open file that is not what was written. Without a mark, nothing is known against it."""
    mark, found = mark_of(handle), os.fstat(handle)
    if mark is None or mark.fits(found):
        return True
    if found.st_size != mark.size or crc32c_at(handle) != mark.crc32c:
        return False
    put_mark(handle, mark.size, mark.crc32c)
    return True


def has_sum(handle: int, size: int, crc32c: str) -> bool:
    """Return True if an open file has this size and checksum. It is read only if it has no mark that fits."""
    found = os.fstat(handle)
    if found.st_size != size:
        return False
    mark = mark_of(handle)
    if mark is not None and mark.fits(found):
        return mark.crc32c == crc32c
    if crc32c_at(handle) != crc32c:
        return False
    put_mark(handle, size, crc32c)
    return True


def crc32c_at(handle: int) -> str:
    """Return the CRC-32C of an open file, base64, from its beginning."""
    checksum, at = google_crc32c.Checksum(), 0
    while block := os.pread(handle, BLOCK, at):
        checksum.update(block)
        at += len(block)
    return base64.b64encode(checksum.digest()).decode()
