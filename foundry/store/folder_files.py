"""The files of a folder store: opened, published and listed by descriptors below its root, without following links.

The root itself may be a link that the operator made. Everything below it is made for its owner alone.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path

from foundry.beneath import PRIVATE_FILE, PRIVATE_FOLDER, folder_beneath, open_beneath
from foundry.store.marks import has_sum, is_whole

log = logging.getLogger(__name__)
SCRATCH, DAMAGED = ".scratch", ".damaged"
"""Folders of the root that hold no objects: unfinished files, and objects that are no longer what was written."""
_LINK = {errno.ELOOP, errno.EXDEV, errno.ENOTDIR}


class Linked(Exception):
    """A link lies on the way to a file, or at its place."""


@contextmanager
def opened(root: Path, full: str) -> Iterator[int]:
    """Yield a descriptor of a file; FileNotFoundError if there is none, Linked if a link leads to it."""
    handle = open_file(root, full)
    try:
        yield handle
    finally:
        os.close(handle)


def open_file(root: Path, full: str) -> int:
    """Return a descriptor of a file; FileNotFoundError if there is none, Linked if a link leads to it."""
    try:
        handle = open_beneath(root, full)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EXDEV) or (error.errno == errno.ENOTDIR and _is_linked(root, full)):
            raise Linked from error
        if error.errno in (errno.ENOTDIR, errno.ENXIO):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), full) from error
        raise
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), full)


def _is_linked(root: Path, full: str) -> bool:
    """Return True if a part of a path is a link."""
    at = root
    for part in full.split("/"):
        at /= part
        if at.is_symlink():
            return True
    return False


def is_there(root: Path, full: str) -> bool:
    """Return True if a file is there and is what was written, without reading it unless it was written to since."""
    try:
        handle = open_file(root, full)
    except (FileNotFoundError, Linked):
        return False
    try:
        if is_whole(handle):
            return True
    finally:
        os.close(handle)
    log.warning("object %s is damaged: it is not what was written, and does not count as there", full)
    return False


def is_intact(root: Path, full: str, size: int, crc32c: str) -> bool:
    """Return True if a file is there with this size and checksum."""
    try:
        with opened(root, full) as handle:
            return has_sum(handle, size, crc32c)
    except (FileNotFoundError, Linked):
        return False


def publish(root: Path, full: str, scratch: Path) -> bool:
    """Give a scratch file its name; False if the name is taken. A damaged file is moved out of the way first."""
    scratch.chmod(PRIVATE_FILE)
    for _ in range(2):
        with _place(root, full) as (folder, last):
            try:
                os.link(scratch, last, dst_dir_fd=folder, follow_symlinks=False)
            except FileExistsError:
                found = os.stat(last, dir_fd=folder, follow_symlinks=False)
                if stat.S_ISLNK(found.st_mode):
                    raise Linked from None
            else:
                return True
        if is_there(root, full):
            return False
        set_aside(root, full)
    return False


def replace(root: Path, full: str, scratch: Path) -> None:
    """Give a scratch file a name that may be taken, in one step."""
    scratch.chmod(PRIVATE_FILE)
    with _place(root, full) as (folder, last):
        os.rename(scratch, last, dst_dir_fd=folder)


def remove(root: Path, full: str) -> None:
    """Remove a file, if there is one."""
    with suppress(FileNotFoundError), folder_beneath(root, full) as (folder, last):
        os.unlink(last, dir_fd=folder)


def set_aside(root: Path, full: str) -> None:
    """Move a damaged file out of the way, so that it can be made again; it is kept below the root, for evidence."""
    with suppress(FileNotFoundError), folder_beneath(root, full) as (folder, last):
        for number in range(1_000):
            name = f"{DAMAGED}/{full}.{number}"
            with _place(root, name) as (target, kept):
                try:
                    os.link(last, kept, src_dir_fd=folder, dst_dir_fd=target, follow_symlinks=False)
                except FileExistsError:
                    continue
            os.unlink(last, dir_fd=folder)
            log.warning("damaged object %s was moved to %s", full, name)
            return


@contextmanager
def _place(root: Path, full: str) -> Iterator[tuple[int, str]]:
    """Yield the folder of a file, made if need be, and the file's name in it; Linked if a link leads to it."""
    root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    try:
        with folder_beneath(root, full, make=True) as place:
            yield place
    except OSError as error:
        if error.errno in _LINK and _is_linked(root, full):
            raise Linked from error
        raise


def names_below(root: Path, prefix: str, folder: str = "") -> Iterator[str]:
    """Yield the names of all files in `folder` of a prefix, sorted within each folder, streamed; links are no files."""
    above = f"{folder}/" if folder else ""
    try:
        start = open_beneath(root, f"{prefix}{folder}".rstrip("/") or ".")
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(start).st_mode):
            return
        for at, folders, files, handle in os.fwalk(".", dir_fd=start):
            if at == "." and not prefix and not folder:
                folders[:] = [inner for inner in folders if inner not in (SCRATCH, DAMAGED)]
            folders.sort()
            inside = above + ("" if at == "." else at.removeprefix("./") + "/")
            yield from (f"{inside}{file}" for file in sorted(files) if _is_file(handle, file))
    finally:
        os.close(start)


def _is_file(folder: int, name: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def names_matching(root: Path, prefix: str, pattern: str) -> Iterator[str]:
    """Yield the names below a folder that match a pattern, sorted; a star stands for anything but a slash."""
    try:
        start = open_beneath(root, prefix.rstrip("/") or ".")
    except OSError:
        return
    try:
        yield from sorted(_matching(start, pattern.split("/"), "" if prefix else SCRATCH))
    finally:
        os.close(start)


def _matching(folder: int, parts: list[str], hidden: str) -> Iterator[str]:
    """Yield what matches the parts of a pattern in an open folder."""
    first, *rest = parts
    for name in os.listdir(folder):
        if not fnmatchcase(name, first) or (hidden and name in (SCRATCH, DAMAGED)):
            continue
        if not rest:
            if _is_file(folder, name):
                yield name
            continue
        try:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        except OSError:
            continue
        try:
            yield from (f"{name}/{found}" for found in _matching(inner, rest, ""))
        finally:
            os.close(inner)
