"""The identity of a file for caches: changes when the file does, and is known without reading it."""

from __future__ import annotations

from pathlib import Path

FileIdentity = tuple[Path, int, int]
"""A path, its modification time in nanoseconds, and its size in bytes."""


def file_identity(path: Path) -> FileIdentity:
    """Return the identity of a file as it is now; OSError if there is none."""
    found = path.stat()
    return path, found.st_mtime_ns, found.st_size
