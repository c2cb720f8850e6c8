"""The identity of one of the project's own files for caches: changes with the file, and is known without reading it.

Files of tenants and briefs are known by the hash of their content alone.
"""

from __future__ import annotations

from pathlib import Path

FileIdentity = tuple[Path, int, int, int, int]
"""A path, its inode, its times of modification and of change in nanoseconds, and its size in bytes."""


def file_identity(path: Path) -> FileIdentity:
    """Return the identity of a file as it is now; OSError if there is none."""
    found = path.stat()
    return path, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
