"""What tells a file that was changed from the same file before, without reading it: keys of caches."""

from __future__ import annotations

from pathlib import Path

FileIdentity = tuple[Path, int, int]
"""A file, when it was written (nanoseconds) and its size in bytes."""


def file_identity(path: Path) -> FileIdentity:
    """As the file is now; OSError if there is none."""
    found = path.stat()
    return path, found.st_mtime_ns, found.st_size
