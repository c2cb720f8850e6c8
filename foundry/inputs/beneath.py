"""Opening of a file below a folder, without following any link, so that what is checked is what is read.

Linux resolves the whole path in one call (openat2 with RESOLVE_BENEATH, since 5.6). Elsewhere each part of the path is
opened from the descriptor of the part before it. Links above the folder itself are the operator's choice.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

OPENAT2 = 437
"""The number of the system call; it is the same on every architecture of Linux."""
NO_MAGIC_LINKS, NO_SYMLINKS, BENEATH = 0x02, 0x04, 0x08
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class _How(ctypes.Structure):
    """struct open_how of linux/openat2.h."""

    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def open_beneath(home: Path, name: str) -> int:
    """Return a descriptor of `name` below `home`, for reading, that never blocks; OSError if there is no such file.

    A path that climbs, is absolute or passes a link is an OSError too.
    """
    folder = os.open(home, _FOLDER)
    try:
        try:
            return _openat2(folder, name)
        except NotImplementedError:
            return open_part_by_part(folder, name)
    finally:
        os.close(folder)


def names_beneath(home: Path, name: str) -> list[str]:
    """Return the names in the folder `name` below `home`, sorted; OSError as for `open_beneath`."""
    folder = open_beneath(home, name)
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - a Path cannot list a descriptor
    finally:
        os.close(folder)


def _openat2(folder: int, name: str) -> int:
    if sys.platform != "linux":
        raise NotImplementedError
    call = ctypes.CDLL(None, use_errno=True).syscall
    how = _How(_READ, 0, BENEATH | NO_SYMLINKS | NO_MAGIC_LINKS)
    for _ in range(8):  # EAGAIN: a folder on the way was moved while the path was resolved
        found: int = call(OPENAT2, folder, os.fsencode(name), ctypes.byref(how), ctypes.sizeof(how))
        if found >= 0:
            return found
        reason = ctypes.get_errno()
        if reason in (errno.ENOSYS, errno.EPERM):  # an old kernel, or a sandbox that does not know the call
            raise NotImplementedError
        if reason not in (errno.EAGAIN, errno.EINTR):
            break
    raise OSError(reason, os.strerror(reason), name)


def open_part_by_part(folder: int, name: str) -> int:
    """Do as `open_beneath`, from the descriptor of a folder, on systems without openat2."""
    *parents, last = [part for part in name.split("/") if part not in ("", ".")] or [""]
    if name.startswith("/") or ".." in (*parents, last) or not last:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), name)
    at = os.dup(folder)
    try:
        for part in parents:
            below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        return os.open(last, _READ, dir_fd=at)
    finally:
        os.close(at)
