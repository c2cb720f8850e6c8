"""The door for every file from outside: opened once below its folder, and copied and hashed in the same pass.

From here on only the hash travels. Nobody opens the named file again to read its content, so exchanging it afterwards
changes nothing.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from foundry.beneath import names_beneath, open_beneath
from foundry.errors import Unusable
from foundry.inputs.file_name import ForeignFile, is_file_name
from foundry.inputs.near_names import equal_paths, near_paths
from foundry.inputs.spool import user_spool
from foundry.lfs_pointer import REMEDY as FETCH_IT
from foundry.lfs_pointer import pointer_clause

BLOCK = 1 << 20
LOOKED_AT = 4
"""Near matches of a missing file that are tried."""
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EXDEV, errno.ENAMETOOLONG, errno.EINVAL}


@dataclass(frozen=True)
class Signature:
    """The bytes that a format has at a place of its beginning."""

    mark: bytes
    at: int = 0
    also: tuple[bytes, int] | None = None

    def fits(self, head: bytes) -> bool:
        """Return True if a file that begins with `head` has this format."""
        pairs = ((self.mark, self.at), self.also or (b"", 0))
        return all(head[at : at + len(mark)] == mark for mark, at in pairs)


@dataclass(frozen=True)
class FileKind:
    """One kind of file from outside: its largest size, and the formats that it may have by their content.

    `wrong` continues the sentence of a file of another format, and `remedy` says which ones to give.
    """

    name: str
    max_bytes: int
    signatures: tuple[Signature, ...]
    wrong: str
    remedy: str

    def refuse(self, name: str, head: bytes) -> None:
        """Raise Unusable for a file whose first bytes belong to none of the formats."""
        if not any(signature.fits(head) for signature in self.signatures):
            raise Unusable(name, self.wrong, self.remedy)


@dataclass(frozen=True)
class Home:
    """The folder that names of files begin at: `below`, one folder within `root`, or `root` itself where it is "".

    `root` may be a link that the operator made; `below` and everything in it may not.
    """

    root: Path
    below: str = ""
    closed: tuple[str, ...] = ()
    """Folders within it, by their paths, that no name may lead into: the tenants' own, where they lie inside."""

    def admits(self, name: str) -> bool:
        """Return True for a name that cannot climb and that leads into no closed folder."""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        return is_file_name(name) and not any(parts[: len(at)] == at for at in (one.split("/") for one in self.closed))

    def names_in(self, folder: str) -> list[str]:
        """Return the names in a folder by its path below the home, sorted; none if it cannot be listed."""
        below = "/".join(part for part in (self.below, folder) if part)
        try:
            return names_beneath(self.root, below) if below else sorted(entry.name for entry in self.root.iterdir())
        except OSError:
            return []


@dataclass(frozen=True, kw_only=True)
class ReceivedFile:
    """A file that passed the door: `name` below `home`, its hash, and its size. Its copy is read from now on."""

    name: str
    home: Home
    sha256: str
    size_bytes: int
    kind: FileKind

    @property
    def short_name(self) -> str:
        """The last part of the name, for sentences."""
        return self.name.rsplit("/", 1)[-1]

    def path(self) -> Path:
        """Return the copy. One that was evicted is received again; Unusable if the file has changed since."""
        spool = user_spool()
        if not spool.touch(self.sha256) and receive(self.home, self.name, self.kind).sha256 != self.sha256:
            raise self._changed()
        return spool.copy_of(self.sha256)

    def read(self) -> bytes:
        """Return the content; Unusable if it is no longer what was received."""
        data = self.path().read_bytes()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise self._changed()
        return data

    def _changed(self) -> Unusable:
        return Unusable(self.short_name, "was changed after it was admitted", "give the order again")


def receive(home: Path | Home, name: str, kind: FileKind) -> ReceivedFile:
    """Receive the file `name` below the folder `home`, copied and hashed in one pass.

    ForeignFile for a name that is outside or missing, Unusable for a file of another kind, size or format.
    """
    home = home if isinstance(home, Home) else Home(home)
    spool, hashed, size = user_spool(), hashlib.sha256(), 0
    with _content(home, name, kind) as blocks, spool.incoming() as (stream, path):
        for block in blocks:
            hashed.update(block)
            stream.write(block)
            size += len(block)
        stream.flush()
        spool.keep(path, hashed.hexdigest())
    return ReceivedFile(name=name, home=home, sha256=hashed.hexdigest(), size_bytes=size, kind=kind)


def read_once(home: Path | Home, name: str, kind: FileKind) -> bytes:
    """Return the content of a small file by the same rules as `receive`, without a copy in the spool."""
    with _content(home if isinstance(home, Home) else Home(home), name, kind) as blocks:
        return b"".join(blocks)


def copy_at_rest(home: Path | Home, name: str, kind: FileKind, into: BinaryIO) -> tuple[str, int]:
    """Copy a file by the same rules as `receive`, without the spool: for files that are too large for it.

    Return its SHA-256 and its size. NotAtRest if it was written to meanwhile.
    """
    hashed, size = hashlib.sha256(), 0
    with _opened(home if isinstance(home, Home) else Home(home), name, kind) as (handle, short):
        before = os.fstat(handle)
        for block in _blocks(handle, short, kind):
            hashed.update(block)
            into.write(block)
            size += len(block)
            if size > before.st_size:
                raise NotAtRest(short)
        after = os.fstat(handle)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
        raise NotAtRest(short)
    return hashed.hexdigest(), size


class NotAtRest(Unusable):
    """A file that is written to while it is read."""

    code = "not_at_rest"

    def __init__(self, name: str) -> None:
        super().__init__(name, "was written to while it was read", "write it under another name, then rename it")
        self.args = (name,)


@contextmanager
def _content(home: Home, name: str, kind: FileKind) -> Iterator[Iterator[bytes]]:
    """Yield the blocks of a file that is opened once; they are refused as soon as one of them breaks a rule."""
    with _opened(home, name, kind) as (handle, short):
        yield _blocks(handle, short, kind)


@contextmanager
def _opened(home: Home, name: str, kind: FileKind) -> Iterator[tuple[int, str]]:
    """Yield the descriptor of a file and the last part of its name."""
    if not home.admits(name):
        raise ForeignFile(name)
    short = name.rsplit("/", 1)[-1]
    handle = _open(home, name, short)
    try:
        _refuse_entry(os.fstat(handle), short, kind)
        yield handle, short
    finally:
        os.close(handle)


def receive_path(path: Path, kind: FileKind) -> ReceivedFile:
    """Receive a file that the person at the keyboard named, from wherever it is."""
    return receive(path.parent, path.name, kind)


def _open(home: Home, name: str, short: str) -> int:
    """Open a file by its name, or by the same letters composed otherwise; ForeignFile tells the near match if any."""
    try:
        return _open_as_written(home, name, short)
    except ForeignFile as absent:
        for equal in filter(home.admits, equal_paths(name, home.names_in)):
            try:
                return _open_as_written(home, equal, short)
            except ForeignFile:  # a link of that name
                continue
        raise ForeignFile(name, _near_match(home, name)) from absent


def _near_match(home: Home, name: str) -> str:
    """Return the name of a file that could be meant and that the door would open; "" if there is none."""
    for near in [each for each in near_paths(name, home.names_in) if home.admits(each)][:LOOKED_AT]:
        try:
            handle = _open_as_written(home, near, near)
        except Unusable:
            continue
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                return near
        finally:
            os.close(handle)
    return ""


def _open_as_written(home: Home, name: str, short: str) -> int:
    try:
        return open_beneath(home.root, f"{home.below}/{name}" if home.below else name)
    except OSError as error:
        if error.errno in _ABSENT:
            raise ForeignFile(name) from error
        if error.errno == errno.EACCES:
            raise Unusable(short, "may not be read", "allow it to be read") from error
        if error.errno in (errno.ENXIO, errno.ENODEV, errno.EOPNOTSUPP):
            raise Unusable(short, "is not a regular file", "give a plain file") from error
        raise


def _refuse_entry(found: os.stat_result, short: str, kind: FileKind) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Unusable(short, "is not a regular file", kind.remedy)
    if found.st_size > kind.max_bytes:
        raise Unusable(short, f"has {found.st_size} bytes; the limit is {kind.max_bytes}", "give a smaller file")
    if found.st_size == 0:
        raise Unusable(short, "is empty", kind.remedy)


def _blocks(handle: int, short: str, kind: FileKind) -> Iterator[bytes]:
    """Yield the content of a file, which may grow or shrink meanwhile, and refuse it at its first wrong byte."""
    size = 0
    while block := os.read(handle, BLOCK):
        if not size:
            _refuse_pointer(short, block)
            kind.refuse(short, block)
        size += len(block)
        if size > kind.max_bytes:
            raise Unusable(short, f"has more than the limit of {kind.max_bytes} bytes", "give a smaller file")
        yield block
    if not size:
        raise Unusable(short, "is empty", kind.remedy)


def _refuse_pointer(short: str, head: bytes) -> None:
    if clause := pointer_clause(head):
        raise Unusable(short, f"is {clause}", FETCH_IT)
