"""Opening of files and folders below a folder, without following any link, so that what is checked is what is used.

Linux resolves the whole path in one call (openat2 with RESOLVE_BENEATH, since 5.6). Elsewhere each part of the path is
opened from the descriptor of the part before it. Links above the folder itself are the operator's choice.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

OPENAT2 = 437
"""The number of the system call; it is the same on every architecture of Linux."""
NO_MAGIC_LINKS, NO_SYMLINKS, BENEATH = 0x02, 0x04, 0x08
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_AGAIN = 8
"""Tries of a path whose folders are moved while it is resolved."""
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
"""The rights of folders and files that the factory makes: their owner's alone."""


class _How(ctypes.Structure):
    """struct open_how of linux/openat2.h."""

    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def open_beneath(home: str | Path, name: str) -> int:
    """Return a descriptor of `name` below `home`, for reading, that never blocks; OSError if there is no such file.

    A path that climbs, is absolute or passes a link is an OSError too.
    """
    folder = os.open(home, _FOLDER)
    try:
        call = _openat2()
        return call(folder, name) if call else open_part_by_part(folder, name)
    finally:
        os.close(folder)


def names_beneath(home: Path, name: str) -> list[str]:
    """Return the names in the folder `name` below `home`, sorted; OSError as for `open_beneath`."""
    folder = open_beneath(home, name)
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - a Path cannot list a descriptor
    finally:
        os.close(folder)


@contextmanager
def folder_beneath(
    home: Path, name: str, *, make: bool = False, mode: int = PRIVATE_FOLDER
) -> Iterator[tuple[int, str]]:
    """Yield a descriptor of the folder that holds `name` below `home`, and the last part of the name.

    With `make`, folders that are missing are made, for their owner alone unless `mode` gives other rights, from which
    the process's mask is taken. OSError as for `open_beneath`.
    """
    *parents, last = name.split("/")
    at = os.open(home, _FOLDER)
    try:
        for part in parents:
            below = _enter(at, part, mode if make else None)
            os.close(at)
            at = below
        yield at, last
    finally:
        os.close(at)


def _enter(folder: int, part: str, mode: int | None) -> int:
    """Return a descriptor of a folder in a folder, made with the rights `mode` if it is missing and they are given."""
    while True:
        try:
            return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
        except FileNotFoundError:
            if mode is None:
                raise
        try:
            os.mkdir(part, mode, dir_fd=folder)
        except FileExistsError:
            continue


@lru_cache(maxsize=1)
def _openat2() -> Callable[[int, str], int] | None:
    """Return a function that opens a path below a descriptor in one call; None where the system has no such call."""
    if sys.platform != "linux":
        return None
    call = ctypes.CDLL(None, use_errno=True).syscall
    how = _How(_READ, 0, BENEATH | NO_SYMLINKS | NO_MAGIC_LINKS)
    told, size = ctypes.byref(how), ctypes.sizeof(how)

    def open_in_one_call(folder: int, name: str) -> int:
        reason = 0
        for _ in range(_AGAIN):
            found: int = call(OPENAT2, folder, os.fsencode(name), told, size)
            if found >= 0:
                return found
            reason = ctypes.get_errno()
            if reason not in (errno.EAGAIN, errno.EINTR):
                break
        raise OSError(reason, os.strerror(reason), name)

    root = os.open("/", _FOLDER)
    try:
        os.close(open_in_one_call(root, "."))
    except OSError:  # an old kernel, or a sandbox that does not know the call
        return None
    finally:
        os.close(root)
    return open_in_one_call


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
