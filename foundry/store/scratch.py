"""Scratch files with leases: a file belongs to the process that holds its lock, and to nobody once that has ended.

The lock (flock) goes with its process, however that ends, and counts between containers that share a folder, where ids
of processes do not.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ABANDONED_SECONDS = 24 * 3_600
"""Where a file system knows no locks, a file that nobody wrote to for so long has been left."""
_PREFIX = "work-"
_leases: dict[Path, int] = {}
_changing = threading.Lock()


def take_scratch(folder: Path, suffix: str = "") -> Path:
    """Return a new, empty file in `folder`, leased to this process until `give_back_scratch`."""
    while True:
        handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=suffix, dir=folder)
        _lock(handle, wait=True)
        if os.fstat(handle).st_nlink:
            break
        os.close(handle)  # swept before it was locked
    with _changing:
        _leases[Path(name)] = handle
    return Path(name)


def give_back_scratch(file: Path) -> None:
    """Remove a scratch file, if it is still there, and end its lease."""
    file.unlink(missing_ok=True)
    with _changing:
        handle = _leases.pop(file, None)
    if handle is not None:
        os.close(handle)


@contextmanager
def scratch_in(folder: Path, suffix: str = "") -> Iterator[Path]:
    """Yield an empty file in `folder`, leased to this process and removed when the block ends."""
    file = take_scratch(folder, suffix)
    try:
        yield file
    finally:
        give_back_scratch(file)


@contextmanager
def lasting_scratch(folder: Path, suffix: str = "") -> Iterator[Path]:
    """Yield an empty file in `folder`, which stays leased to this process if the block ends well, else is removed."""
    file = take_scratch(folder, suffix)
    try:
        yield file
    except BaseException:
        give_back_scratch(file)
        raise


@contextmanager
def exclusive(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock of a name while the block runs; other threads and processes wait for it.

    The lock's file in `folder` is removed at the end, and a sweep may remove it before it is locked: whoever then finds
    that its file is gone takes the lock anew. Where a file system knows no locks, nobody waits.
    """
    path = folder / f"lock-{name}"
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        _lock(handle, wait=True)
        if os.fstat(handle).st_nlink:
            break
        os.close(handle)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def sweep_scratch(folder: Path) -> int:
    """Remove the files of `folder` that no living process holds a lease of; return their number."""
    gone = 0
    for entry in os.scandir(folder) if folder.is_dir() else ():
        if entry.is_file(follow_symlinks=False):
            gone += _sweep(entry.path)
    return gone


def _sweep(path: str) -> bool:
    """Remove a file if its lease is free, while holding it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False  # given back meanwhile, or another user's
    try:
        locked = _lock(handle, wait=False)
        age = time.time() - os.fstat(handle).st_mtime
        if not (locked or (locked is None and age > ABANDONED_SECONDS)):
            return False
        Path(path).unlink(missing_ok=True)
        return True
    finally:
        os.close(handle)


def _lock(handle: int, *, wait: bool) -> bool | None:
    """Lock a file; False if another process holds it, None where the file system knows no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
