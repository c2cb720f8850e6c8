"""Where objects live: written once, verified after writing, never half seen.

`LocalStore` keeps objects as files. Bytes go to a scratch folder first and appear under their name by a hard
link, which fails if the name is taken: the does-not-exist precondition of cloud buckets. Object names are
relative POSIX paths that begin with the tenant; a store handed out by `for_tenant` refuses all others.
"""

from __future__ import annotations

import base64
import builtins
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import google_crc32c

from foundry.errors import FoundryError

_NAME = re.compile(r"^(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9][A-Za-z0-9._/-]{0,899}(?<!/)$")
SCRATCH = ".scratch"
BLOCK = 1 << 20
ASKED_AT_ONCE = 64


def is_plain_name(name: str) -> bool:
    """Whether a whole object name is a plain relative path that cannot climb."""
    return bool(_NAME.match(name)) and "//" not in name


class ForeignName(FoundryError):
    """A name that this store must not touch."""

    code = "foreign_name"

    def __init__(self, name: str, prefix: str):
        super().__init__(name, prefix)
        self.name, self.prefix = name, prefix

    def __str__(self) -> str:
        return f"object {self.name!r} is outside {self.prefix!r}; names are plain paths below it"


class NoSuchObject(FoundryError):
    """The object is not there."""

    code = "no_such_object"

    def __init__(self, name: str):
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"object {self.name!r} does not exist; run the campaign again to make it"


class CorruptObject(OSError):
    """What was read back is not what was written: an outage, so the run stops and can be repeated."""

    def __init__(self, name: str, wanted: str, found: str, kind: str = "crc32c"):
        super().__init__(f"object {name!r} has {kind} {found}; {wanted} was written. Check the disk or the network.")


@dataclass(frozen=True)
class ObjectStat:
    """Size in bytes and CRC-32C (base64 of the big-endian value, as Google Cloud Storage writes it)."""

    name: str
    size: int
    crc32c: str


def crc32c(data: bytes) -> str:
    """CRC-32C of `data` (RFC 3720, appendix B.4), base64."""
    return base64.b64encode(google_crc32c.Checksum(data).digest()).decode()


def crc32c_of(file: Path) -> str:
    """CRC-32C of a file, base64, read in blocks."""
    checksum = google_crc32c.Checksum()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            checksum.update(block)
    return base64.b64encode(checksum.digest()).decode()


class ObjectStore(Protocol):
    """What every store does; names are relative to the store's prefix. A store is a value: workers get copies."""

    def __hash__(self) -> int:
        """Equal stores share what is kept per store."""

    def for_tenant(self, tenant: str) -> ObjectStore:
        """The same store, shut to everything outside the tenant."""

    def address(self, name: str) -> str:
        """Where a person or another program finds the object: a file's path, or a gs:// address."""

    def put_once(self, name: str, data: bytes) -> bool:
        """Write and verify; False, and nothing changed, if the object exists already."""

    def put_file_once(self, name: str, file: Path) -> bool:
        """As put_once, with the bytes of a file that is read in blocks: for what is too large to hold."""

    def get(self, name: str) -> bytes:
        """The bytes; NoSuchObject if there are none."""

    def head(self, name: str, size: int) -> bytes:
        """The first `size` bytes, which no checksum vouches for: the reader does. NoSuchObject if there are none."""

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of an object, streamed; NoSuchObject if there is none."""

    def stat(self, name: str) -> ObjectStat | None:
        """Size and checksum, or None."""

    def exists(self, name: str) -> bool:
        """Whether the object is there, by its name alone."""

    def present(self, names: Sequence[str]) -> builtins.list[bool]:
        """For each name whether the object is there; where that takes a request, several at once."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names below a prefix, in no particular order, streamed."""

    def matching(self, pattern: str) -> Iterator[str]:
        """Names that a pattern matches, in which a star stands for anything but a slash, sorted."""

    def remove(self, name: str) -> None:
        """Take a view's marker away; what is not there is no error. Never for assets."""

    def sign(self, name: str, seconds: int = 3600) -> str:
        """An address under which a person can open the object for a while."""

    def scratch_folder(self) -> Path:
        """For files whose names begin with this process's id and a dash; `sweep` removes those of dead processes."""

    def scratch_file(self, suffix: str = "") -> AbstractContextManager[Path]:
        """A file of this process, gone when the block ends."""

    def replacing(self, name: str) -> AbstractContextManager[Path]:
        """A file that becomes the object in one step when the block ends well; for views, never for assets."""

    def sweep(self) -> int:
        """Remove what killed processes left behind; returns how many."""


def each_present(store: ObjectStore, names: Iterable[str]) -> Iterator[bool]:
    """For each name whether the object is there, in order, streamed; the store is asked for a few dozen at once."""
    left = iter(names)
    while some := list(islice(left, ASKED_AT_ONCE)):
        yield from store.present(some)


@dataclass(frozen=True)
class LocalStore:
    """Objects as files below `root`/`prefix`."""

    root: Path
    prefix: str = ""

    def for_tenant(self, tenant: str) -> LocalStore:
        """The same store, shut to everything outside the tenant."""
        return LocalStore(self.root, f"{tenant}/")

    def address(self, name: str) -> str:
        """The file's absolute path."""
        return str(self.path(name).resolve())

    def path(self, name: str) -> Path:
        """The file of an object; ForeignName for a name that climbs out or is not a plain path."""
        return self.root / self._full(name)

    def _full(self, name: str) -> str:
        full = self.prefix + name
        if not is_plain_name(full):
            raise ForeignName(name, self.prefix)
        return full

    def put_once(self, name: str, data: bytes) -> bool:
        """Write and verify; False, and nothing changed, if the object exists already."""
        path = self.path(name)
        if path.exists():
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f"{os.getpid()}-", dir=self.scratch_folder())
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            self._verify(name, Path(temporary), crc32c(data))
            os.chmod(temporary, 0o644)
            os.link(temporary, path)
        except FileExistsError:
            return False
        finally:
            os.unlink(temporary)
        return True

    def put_file_once(self, name: str, file: Path) -> bool:
        """As put_once, with the bytes of a file that is read in blocks: for what is too large to hold."""
        path = self.path(name)
        if path.exists():
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.scratch_file() as copy:
            wanted = google_crc32c.Checksum()
            with file.open("rb") as source, copy.open("wb") as stream:
                while block := source.read(BLOCK):
                    wanted.update(block)
                    stream.write(block)
                stream.flush()
                os.fsync(stream.fileno())
            said, found = base64.b64encode(wanted.digest()).decode(), crc32c_of(copy)
            if found != said:
                raise CorruptObject(name, said, found)
            os.chmod(copy, 0o644)
            try:
                os.link(copy, path)
            except FileExistsError:
                return False
        return True

    def scratch_folder(self) -> Path:
        """Beside the objects, so that a hard link makes a scratch file an object."""
        scratch = self.root / SCRATCH
        scratch.mkdir(parents=True, exist_ok=True)
        return scratch

    def scratch_file(self, suffix: str = "") -> AbstractContextManager[Path]:
        """A file of this process beside the objects, gone when the block ends; `sweep` removes it after a crash."""
        return scratch_in(self.scratch_folder(), suffix)

    def _verify(self, name: str, path: Path, wanted: str) -> None:
        found = crc32c(path.read_bytes())
        if found != wanted:
            raise CorruptObject(name, wanted, found)

    def get(self, name: str) -> bytes:
        """The bytes; NoSuchObject if there are none."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError as error:
            raise NoSuchObject(name) from error

    def head(self, name: str, size: int) -> bytes:
        """The first `size` bytes; NoSuchObject if there are none."""
        try:
            with self.path(name).open("rb") as stream:
                return stream.read(size)
        except FileNotFoundError as error:
            raise NoSuchObject(name) from error

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of an object, streamed; NoSuchObject if there is none."""
        try:
            with self.path(name).open("rb") as stream:
                yield from stream
        except FileNotFoundError as error:
            raise NoSuchObject(name) from error

    def stat(self, name: str) -> ObjectStat | None:
        """Size and checksum, or None; reads the whole object."""
        path = self.path(name)
        try:
            return ObjectStat(name, path.stat().st_size, crc32c_of(path))
        except FileNotFoundError:
            return None

    def exists(self, name: str) -> bool:
        """Whether the object is there, by its name alone."""
        # Not by a Path, which keeps the parts of every name in the interpreter's table of strings.
        return os.path.exists(f"{self.root}/{self._full(name)}")

    def present(self, names: Sequence[str]) -> builtins.list[bool]:
        """For each name whether the object is there."""
        return [self.exists(name) for name in names]

    def matching(self, pattern: str) -> Iterator[str]:
        """Names that a pattern matches, in which a star stands for anything but a slash, sorted."""
        base = self.root / self.prefix
        for path in sorted(base.glob(pattern)):
            yield path.relative_to(base).as_posix()

    def remove(self, name: str) -> None:
        """Take a view's marker away; what is not there is no error. Never for assets."""
        self.path(name).unlink(missing_ok=True)

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names below a prefix, sorted within each folder, streamed; scratch files are not objects."""
        base = self.root / self.prefix
        for folder, folders, files in os.walk(base):
            if Path(folder) == self.root and SCRATCH in folders:
                folders.remove(SCRATCH)
            folders.sort()
            for file in sorted(files):
                name = (Path(folder) / file).relative_to(base).as_posix()
                if name.startswith(prefix):
                    yield name

    def sign(self, name: str, seconds: int = 3600) -> str:
        """A file address; a local folder has no expiry, so `seconds` is not enforced."""
        if not self.exists(name):
            raise NoSuchObject(name)
        return self.path(name).resolve().as_uri()

    @contextmanager
    def replacing(self, name: str) -> Iterator[Path]:
        """A scratch file that becomes the object in one step when the block ends well.

        For the few views that are worked out anew from objects (manifest, report); never for assets.
        """
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.scratch_file() as scratch:
            yield scratch
            os.chmod(scratch, 0o644)
            os.replace(scratch, path)

    def sweep(self) -> int:
        """Remove scratch files of processes that are gone; returns how many."""
        return sweep_scratch(self.root / SCRATCH)


@contextmanager
def scratch_in(folder: Path, suffix: str = "") -> Iterator[Path]:
    """An empty file in `folder` whose name begins with this process's id, gone when the block ends."""
    handle, name = tempfile.mkstemp(prefix=f"{os.getpid()}-", suffix=suffix, dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def sweep_scratch(folder: Path) -> int:
    """Remove the files of `folder` whose names begin with a dead process's id; returns how many."""
    gone = 0
    for file in folder.glob("*-*"):
        pid = file.name.split("-")[0]
        if pid.isdigit() and not _alive(int(pid)):
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
