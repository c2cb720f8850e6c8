"""A folder of this machine as a tree of files. Links below the operator's folder are not followed."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from connectors.target.errors import FileRefused, TargetAway, TargetRefused
from connectors.target.file_tree import Entry, NameTaken, Written
from connectors.target.outgoing import BLOCK, Content
from foundry.beneath import folder_beneath, open_beneath
from foundry.delivery.proof import Proof

FOLDER_RIGHTS, FILE_RIGHTS = 0o777, 0o666
"""From which the process's mask is taken: others are to read what is delivered."""
_LINKED = {errno.ELOOP, errno.EXDEV, errno.ENOTDIR}


@dataclass(frozen=True)
class LocalTree:
    """Files below `root`/`folder`; the operator gives `root`, which must be there, and `folder` is made."""

    target: str
    root: Path
    folder: str

    @property
    def proof(self) -> Proof:
        """Bytes are read again, after they were written to the disk."""
        return Proof.REREAD

    def etag(self, entry: Entry) -> str:  # noqa: ARG002 - a folder's files are compared by their hash
        """Return nothing."""
        return ""

    def entry(self, path: str) -> Entry | None:
        """Return a file's entry, None if there is none."""
        with self._told(path), suppress(FileNotFoundError), folder_beneath(self.root, self._full(path)) as (at, name):
            return _entry_in(at, name)
        return None

    def entries(self, paths: Sequence[str]) -> list[Entry | None]:
        """Return the entries of several files, in order."""
        return [self.entry(path) for path in paths]

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of a file that is there, 64 hex digits."""
        with self._told(path), os.fdopen(open_beneath(self.root, self._full(path)), "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def read_small(self, path: str, most: int) -> bytes | None:
        """Return the bytes of a file, None if there is none or if it has more than `most`."""
        with self._told(path), suppress(FileNotFoundError):
            with os.fdopen(open_beneath(self.root, self._full(path)), "rb") as stream:
                data = stream.read(most + 1)
            return data if len(data) <= most else None
        return None

    def write(self, path: str, content: Content, start: int, check: Callable[[], None]) -> Written:
        """Write a file from byte `start` on, bring it to the disk, and read it again."""
        with self._told(path), folder_beneath(self.root, self._full(path), make=True, mode=FOLDER_RIGHTS) as (at, name):
            _remove_link(at, name)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | (0 if start else os.O_TRUNC)
            with os.fdopen(os.open(name, flags, FILE_RIGHTS, dir_fd=at), "r+b") as stream:
                stream.truncate(start)
                stream.seek(start)
                for block in content.blocks(start):
                    check()
                    stream.write(block)
                stream.flush()
                os.fsync(stream.fileno())
                self._prove(path, stream.fileno(), content)
                return Written(Proof.REREAD, _entry_of(os.fstat(stream.fileno())))

    def _prove(self, path: str, handle: int, content: Content) -> None:
        """Read what was written from the disk, not from the memory of the machine, and compare it."""
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        found, at = hashlib.sha256(), 0
        while block := os.pread(handle, BLOCK, at):
            found.update(block)
            at += len(block)
        if found.hexdigest() != content.sha256:
            os.ftruncate(handle, 0)
            raise TargetAway(self.target, f"{path} has other bytes than were written; check the disk")

    def move(self, old: str, new: str, *, replace: bool) -> None:
        """Give a file another path in one step, and bring the folder to the disk; NameTaken as the interface says."""
        full_old, full_new = self._full(old), self._full(new)
        with (
            self._told(new),
            folder_beneath(self.root, full_old) as (source, old_name),
            folder_beneath(self.root, full_new, make=True, mode=FOLDER_RIGHTS) as (at, name),
        ):
            if replace:
                os.rename(old_name, name, src_dir_fd=source, dst_dir_fd=at)
            else:
                self._link(source, old_name, at, name)
            os.fsync(at)

    def _link(self, source: int, old_name: str, at: int, name: str) -> None:
        """Move a file to a name that nothing has; NameTaken otherwise."""
        try:
            os.link(old_name, name, src_dir_fd=source, dst_dir_fd=at, follow_symlinks=False)
        except FileExistsError:
            raise NameTaken(name) from None
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
                raise
            # A file system without hard links, such as exFAT: nobody but this process writes here, by the lease.
            if _entry_in(at, name) is not None:
                raise NameTaken(name) from None
            os.rename(old_name, name, src_dir_fd=source, dst_dir_fd=at)
            return
        os.unlink(old_name, dir_fd=source)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        with self._told(path), suppress(FileNotFoundError), folder_beneath(self.root, self._full(path)) as (at, name):
            os.unlink(name, dir_fd=at)

    def walk(self) -> Iterator[tuple[str, Entry]]:
        """Yield the path and entry of every file, sorted in each folder, streamed; links are no files."""
        with self._told(""):
            try:
                start = open_beneath(self.root, self.folder)
            except FileNotFoundError:
                self._root_is_there()
                return
            try:
                yield from _walk(start)
            finally:
                os.close(start)

    def close(self) -> None:
        """Do nothing: nothing stays open."""

    def _full(self, path: str) -> str:
        return f"{self.folder}/{path}"

    def _root_is_there(self) -> None:
        if not self.root.is_dir():
            raise TargetAway(self.target, "the folder that --folders names is not there")

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Translate what the file system answers."""
        try:
            self._root_is_there()
            yield
        except FileNotFoundError as error:
            raise TargetAway(self.target, f"{path} vanished while it was worked on") from error
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else type(error).__name__
            if error.errno in _LINKED:
                raise self._linked(path) from error
            if error.errno in (errno.EACCES, errno.EPERM):
                raise TargetRefused(self.target, f"{path}: {reason}", "give the worker the right to write") from error
            if error.errno in (errno.ENAMETOOLONG, errno.EFBIG, errno.EISDIR, errno.EILSEQ, errno.EINVAL):
                raise FileRefused(self.target, path, f"cannot stand there: {reason}", "change the naming") from error
            raise TargetAway(self.target, f"{path}: {reason}") from error

    def _linked(self, path: str) -> FileRefused | TargetRefused:
        """Return the refusal of a link: of the target, if its own folder is behind one, or else of the file."""
        try:
            os.close(open_beneath(self.root, self.folder))
        except FileNotFoundError:
            pass
        except OSError:
            what = "a link or a file stands where its folder should be"
            return TargetRefused(self.target, what, "put a real folder there")
        return FileRefused(self.target, path, "lies behind a link or a file", "put real folders there")


def _entry_in(folder: int, name: str) -> Entry | None:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name)
    return _entry_of(found)


def _entry_of(found: os.stat_result) -> Entry:
    return Entry(found.st_size, found.st_mtime)


def _remove_link(folder: int, name: str) -> None:
    """Remove a link at a hidden name, which is ours alone."""
    with suppress(FileNotFoundError):
        if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            os.unlink(name, dir_fd=folder)


def _walk(start: int) -> Iterator[tuple[str, Entry]]:
    for at, folders, files, handle in os.fwalk(".", dir_fd=start):
        folders.sort()
        inside = "" if at == "." else at.removeprefix("./") + "/"
        for name in sorted(files):
            with suppress(FileNotFoundError):
                found = os.stat(name, dir_fd=handle, follow_symlinks=False)
                if stat.S_ISREG(found.st_mode):
                    yield f"{inside}{name}", _entry_of(found)
