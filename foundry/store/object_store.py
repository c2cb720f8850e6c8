"""Stores of objects: each object is written once, verified after writing, and never seen half-written.

`LocalStore` keeps objects as files. Bytes go to a scratch folder first and appear under their name by a hard link,
which fails if the name is taken: the does-not-exist precondition of cloud buckets. Object names are relative POSIX
paths that begin with the tenant; a store made by `for_tenant` refuses all others.
"""

from __future__ import annotations

import base64
import builtins
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

import google_crc32c

from foundry.beneath import PRIVATE_FOLDER
from foundry.errors import FoundryError, Outage
from foundry.metering.payers import note
from foundry.names import is_slug
from foundry.store import folder_files
from foundry.store.folder_files import SCRATCH
from foundry.store.marks import BLOCK, Mark, crc32c_at, mark_of, put_mark
from foundry.store.scratch import exclusive, scratch_in, sweep_scratch

_NAME = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9][A-Za-z0-9._/-]{0,899}(?<!/)")
ASKED_AT_ONCE = 64


def is_plain_name(name: str) -> bool:
    """Return True if a whole object name is a plain relative path that cannot climb."""
    return bool(_NAME.fullmatch(name)) and "//" not in name


def is_plain_prefix(prefix: str) -> bool:
    """Return True if a prefix of names, which may be empty, begins plain names only."""
    return not prefix or is_plain_name(f"{prefix}0")


def is_plain_pattern(pattern: str) -> bool:
    """Return True if a pattern matches plain names only: stars, question marks and sets stand for parts of names."""
    return is_plain_name(re.sub(r"\[[A-Za-z0-9._-]+\]|[*?]", "0", pattern))


def tenant_prefix(tenant: str) -> str:
    """Return the prefix of a tenant's names; ForeignName for a text that is no tenant's id."""
    if not is_slug(tenant):
        raise ForeignName(tenant, "")
    return f"{tenant}/"


class ForeignName(FoundryError):
    """A name that this store must not touch."""

    code = "foreign_name"

    def __init__(self, name: str, prefix: str) -> None:
        super().__init__(name, prefix)
        self.name, self.prefix = name, prefix

    def __str__(self) -> str:
        return f"object {self.name!r} is outside {self.prefix!r}; names are plain paths below it"


class NoSuchObject(FoundryError):
    """The object does not exist."""

    code = "no_such_object"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"object {self.name!r} does not exist; run the campaign again to make it"


class CorruptObject(OSError):
    """The bytes read back are not the bytes written: an outage, so the run stops and can be repeated."""

    exit_code = Outage.exit_code

    def __init__(self, name: str, wanted: str, found: str, kind: str = "crc32c") -> None:
        super().__init__(name, wanted, found, kind)
        self.name, self.wanted, self.found, self.kind = name, wanted, found, kind

    def __str__(self) -> str:
        return (
            f"object {self.name!r} has {self.kind} {self.found}; {self.wanted} was written. "
            "Check the disk or the network."
        )


@dataclass(frozen=True)
class ObjectStat:
    """Size in bytes and CRC-32C (base64 of the big-endian value, as Google Cloud Storage writes it)."""

    name: str
    size: int
    crc32c: str


def crc32c(data: bytes) -> str:
    """Return the CRC-32C of `data` (RFC 3720, appendix B.4), base64."""
    return base64.b64encode(google_crc32c.Checksum(data).digest()).decode()


def crc32c_of(file: Path) -> str:
    """Return the CRC-32C of a file, base64. The file is read in blocks."""
    checksum = google_crc32c.Checksum()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            checksum.update(block)
    return base64.b64encode(checksum.digest()).decode()


def checked_copy(name: str, file: Path, sha256: str, target: BinaryIO | None = None) -> str:
    """Return the CRC-32C of a file, base64, read once in blocks and written to `target` in the same pass.

    CorruptObject if `sha256` is given and is not the file's.
    """
    checksum, hashed = google_crc32c.Checksum(), hashlib.sha256()
    with file.open("rb") as source:
        while block := source.read(BLOCK):
            checksum.update(block)
            if sha256:
                hashed.update(block)
            if target:
                target.write(block)
    if sha256 and hashed.hexdigest() != sha256:
        raise CorruptObject(name, sha256, hashed.hexdigest(), "sha256")
    return base64.b64encode(checksum.digest()).decode()


Revision = Callable[[bytes | None], bytes | None]
"""Makes the next content of an object from its present one; see ObjectStore.revise."""


class ObjectStore(Protocol):
    """The operations of every store; names are relative to its prefix. A store is a value: workers get copies."""

    def __hash__(self) -> int:
        """Return a hash; equal stores share the caches that are kept per store."""

    def for_tenant(self, tenant: str) -> ObjectStore:
        """Return this store, closed to everything outside the tenant."""

    def address(self, name: str) -> str:
        """Return the place where people and programs find the object: a file's path, or a gs:// address."""

    def put_once(self, name: str, data: bytes) -> bool:
        """Write and verify; return False, and change nothing, if the object exists already."""

    def put_file_once(self, name: str, file: Path, sha256: str = "") -> bool:
        """Do as put_once, with the bytes of a file, read in blocks: for objects too large for memory.

        CorruptObject if `sha256` is given and the bytes that were read are others.
        """

    def get(self, name: str) -> bytes:
        """Return the bytes; NoSuchObject if there are none."""

    def head(self, name: str, size: int) -> bytes:
        """Return the first `size` bytes, which the reader must verify; NoSuchObject if there are none."""

    def section(self, name: str, start: int, stop: int) -> bytes:
        """Return the bytes at `start` to before `stop`, which the reader must verify; NoSuchObject if there are none.

        A section that ends behind the object's end is cut there.
        """

    def fetch(self, names: Sequence[str]) -> builtins.list[bytes | None]:
        """Return the bytes of each object, None for one that does not exist; several requests run at once."""

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of an object, streamed; NoSuchObject if there is none."""

    def stat(self, name: str) -> ObjectStat | None:
        """Return size and checksum, or None."""

    def exists(self, name: str) -> bool:
        """Return True if the object exists, by its name alone."""

    def present(self, names: Sequence[str]) -> builtins.list[bool]:
        """Return for each name whether the object exists; several requests run at once."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """Yield the names below a prefix, in no particular order, streamed."""

    @property
    def rechecks(self) -> bool:
        """True where objects can change after they were written, so that records are held against them."""

    def is_intact(self, wanted: ObjectStat) -> bool:
        """Return True if an object has the size and checksum that its record says."""

    def set_aside(self, name: str) -> None:
        """Move an object that is no longer what its record says out of the way, so that it can be made again."""

    def matching(self, pattern: str) -> Iterator[str]:
        """Yield the names that match a pattern, sorted; a star stands for anything but a slash."""

    def newest(self, pattern: str, most: int) -> builtins.list[str]:
        """Return the names that match a pattern, those written last first, at most `most` of them."""

    def remove(self, name: str) -> None:
        """Remove a marker of a view, if it exists. Never for assets."""

    def sign(self, name: str, seconds: int = 3600) -> str:
        """Return an address under which a person can open the object for a while."""

    def scratch_folder(self) -> Path:
        """Return the folder for scratch files; `foundry.store.scratch` makes and leases them."""

    def scratch_file(self, suffix: str = "") -> AbstractContextManager[Path]:
        """Return a file of this process that is removed when the block ends."""

    def replacing(self, name: str) -> AbstractContextManager[Path]:
        """Return a file that becomes the object in one step when the block ends well; never for assets."""

    def revise(self, name: str, change: Revision) -> None:
        """Replace a small object by what `change` makes of it, so that no writer overwrites another's change.

        `change` gets the bytes as they are, None where there is no object, and returns the new ones; None leaves the
        object as it is. Beside other writers it may be called several times. For books that are kept, such as a
        quota's; never for assets.
        """

    def sweep(self) -> int:
        """Remove the scratch files that no living process holds; return their number."""


def each_present(store: ObjectStore, names: Iterable[str]) -> Iterator[bool]:
    """Yield for each name, in order, whether the object exists; the store is asked for a few dozen at once."""
    left = iter(names)
    while some := list(islice(left, ASKED_AT_ONCE)):
        yield from store.present(some)


def each_fetched(store: ObjectStore, names: Iterable[str]) -> Iterator[bytes | None]:
    """Yield for each name, in order, the object's bytes, None if there are none; a few dozen are read at once."""
    left = iter(names)
    while some := list(islice(left, ASKED_AT_ONCE)):
        yield from store.fetch(some)


def get_verified(store: ObjectStore, name: str, sha256: str) -> bytes:
    """Return the bytes of an object that is named by its hash; CorruptObject if they have another one."""
    data = store.get(name)
    if (found := hashlib.sha256(data).hexdigest()) != sha256:
        raise CorruptObject(name, sha256, found, "sha256")
    return data


@dataclass(frozen=True)
class LocalStore:
    """Objects as files below `root`/`prefix`, for their owner alone. Links below the root are refused.

    Each file carries its size and checksum (`foundry.store.marks`), so that an object that was cut or changed does not
    count as there, and is made again.
    """

    root: Path
    prefix: str = ""

    @property
    def rechecks(self) -> bool:
        """True: whoever may write to the folder can change an object."""
        return True

    def for_tenant(self, tenant: str) -> LocalStore:
        """Return this store, closed to everything outside the tenant."""
        return LocalStore(self.root, tenant_prefix(tenant))

    def address(self, name: str) -> str:
        """Return the file's absolute path."""
        return str(self.root.resolve() / self._full(name))

    def path(self, name: str) -> Path:
        """Return the file of an object; ForeignName for a name that climbs out or is not a plain path."""
        return self.root / self._full(name)

    def _full(self, name: str) -> str:
        full = self.prefix + name
        if not is_plain_name(full):
            raise ForeignName(name, self.prefix)
        return full

    def put_once(self, name: str, data: bytes) -> bool:
        """Write and verify; return False, and change nothing, if the object exists already."""
        if self.exists(name):
            return False
        with self.scratch_file() as scratch:
            write_synced(scratch, data)
            self._verify(name, scratch, crc32c(data))
            return self._publish(name, scratch, len(data), crc32c(data))

    def put_file_once(self, name: str, file: Path, sha256: str = "") -> bool:
        """Do as put_once, with the bytes of a file, read in blocks: for objects too large for memory.

        CorruptObject if `sha256` is given and the bytes that were read are others.
        """
        if self.exists(name):
            return False
        with self.scratch_file() as copy:
            with copy.open("wb") as stream:
                said = checked_copy(name, file, sha256, stream)
                stream.flush()
                os.fsync(stream.fileno())
            if (found := crc32c_of(copy)) != said:
                raise CorruptObject(name, said, found)
            return self._publish(name, copy, copy.stat().st_size, said)

    def _publish(self, name: str, scratch: Path, size: int, checksum: str) -> bool:
        put_mark(str(scratch), size, checksum)
        with self._unlinked(name):
            published = folder_files.publish(self.root, self._full(name), scratch)
        if published:
            note(bytes_written=size)
        return published

    @contextmanager
    def _unlinked(self, name: str) -> Iterator[None]:
        """Refuse the names that a link leads to, whatever is behind it."""
        try:
            yield
        except folder_files.Linked as error:
            raise ForeignName(name, self.prefix) from error

    @contextmanager
    def _opened(self, name: str) -> Iterator[tuple[BinaryIO, Mark | None]]:
        """Yield an object's stream and mark; NoSuchObject if there is none, CorruptObject for one of another length."""
        try:
            with self._unlinked(name):
                handle = folder_files.open_file(self.root, self._full(name))
        except FileNotFoundError as error:
            raise NoSuchObject(name) from error
        with os.fdopen(handle, "rb") as stream:
            mark, size = mark_of(handle), os.fstat(handle).st_size
            if mark is not None and mark.size != size:
                raise CorruptObject(name, str(mark.size), str(size), "a size of")
            yield stream, mark

    def scratch_folder(self) -> Path:
        """Return the folder beside the objects, from which a hard link makes a scratch file an object."""
        scratch = self.root / SCRATCH
        self.root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        scratch.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        if scratch.is_symlink():
            raise ForeignName(SCRATCH, self.prefix)
        return scratch

    def scratch_file(self, suffix: str = "") -> AbstractContextManager[Path]:
        """Return a file of this process that is removed when the block ends; `sweep` does so after a crash."""
        return scratch_in(self.scratch_folder(), suffix)

    def _verify(self, name: str, path: Path, wanted: str) -> None:
        found = crc32c(path.read_bytes())
        if found != wanted:
            raise CorruptObject(name, wanted, found)

    def get(self, name: str) -> bytes:
        """Return the bytes; NoSuchObject if there are none, CorruptObject if they are not what was written."""
        with self._opened(name) as (stream, mark):
            data = stream.read()
        note(bytes_read=len(data))
        if mark is not None and (found := crc32c(data)) != mark.crc32c:
            raise CorruptObject(name, mark.crc32c, found)
        return data

    def head(self, name: str, size: int) -> bytes:
        """Return the first `size` bytes; NoSuchObject if there are none."""
        return self.section(name, 0, size)

    def section(self, name: str, start: int, stop: int) -> bytes:
        """Return the bytes at `start` to before `stop`; NoSuchObject if there are none."""
        with self._opened(name) as (stream, _):
            stream.seek(start)
            data = stream.read(max(stop - start, 0))
        note(bytes_read=len(data))
        return data

    def fetch(self, names: Sequence[str]) -> builtins.list[bytes | None]:
        """Return the bytes of each object, None for one that does not exist."""
        return [self._get_if_there(name) for name in names]

    def _get_if_there(self, name: str) -> bytes | None:
        try:
            return self.get(name)
        except NoSuchObject:
            return None

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of an object, streamed; NoSuchObject if there is none, CorruptObject if it was changed."""
        checksum = google_crc32c.Checksum()
        with self._opened(name) as (stream, mark):
            for line in stream:
                checksum.update(line)
                note(bytes_read=len(line))
                yield line
        found = base64.b64encode(checksum.digest()).decode()
        if mark is not None and found != mark.crc32c:
            raise CorruptObject(name, mark.crc32c, found)

    def stat(self, name: str) -> ObjectStat | None:
        """Return size and checksum, or None; reads the whole object."""
        try:
            with self._unlinked(name), folder_files.opened(self.root, self._full(name)) as handle:
                return ObjectStat(name, os.fstat(handle).st_size, crc32c_at(handle))
        except FileNotFoundError:
            return None

    def exists(self, name: str) -> bool:
        """Return True if the object exists and is as long as it was written; it is read only if it was written to."""
        return folder_files.is_there(self.root, self._full(name))

    def present(self, names: Sequence[str]) -> builtins.list[bool]:
        """Return for each name whether the object exists."""
        return [self.exists(name) for name in names]

    def is_intact(self, wanted: ObjectStat) -> bool:
        """Return True if an object has the size and checksum that its record says; it is read only if need be."""
        return folder_files.is_intact(self.root, self._full(wanted.name), wanted.size, wanted.crc32c)

    def set_aside(self, name: str) -> None:
        """Move an object that is no longer what its record says out of the way, so that it can be made again."""
        folder_files.set_aside(self.root, self._full(name))

    def matching(self, pattern: str) -> Iterator[str]:
        """Yield the names that match a pattern, sorted; a star stands for anything but a slash."""
        if not is_plain_pattern(pattern):
            raise ForeignName(pattern, self.prefix)
        return folder_files.names_matching(self.root, self.prefix, pattern)

    def newest(self, pattern: str, most: int) -> builtins.list[str]:
        """Return the names that match a pattern, those written last first, at most `most` of them."""
        return nlargest(most, self.matching(pattern), key=lambda name: (self._written_ns(name), name))

    def _written_ns(self, name: str) -> int:
        try:
            with folder_files.opened(self.root, self._full(name)) as handle:
                return os.fstat(handle).st_mtime_ns
        except (FileNotFoundError, folder_files.Linked):
            return 0

    def remove(self, name: str) -> None:
        """Remove a marker of a view, if it exists. Never for assets."""
        with self._unlinked(name):
            folder_files.remove(self.root, self._full(name))

    def list(self, prefix: str = "") -> Iterator[str]:
        """Yield the names below a prefix, sorted within each folder, streamed; scratch files are no objects."""
        if not is_plain_prefix(prefix):
            raise ForeignName(prefix, self.prefix)
        below = prefix[: prefix.rfind("/") + 1]  # only the folder in which the prefix ends is walked
        names = folder_files.names_below(self.root, self.prefix + below)
        return (below + name for name in names if (below + name).startswith(prefix))

    def sign(self, name: str, seconds: int = 3600) -> str:  # noqa: ARG002 - of the protocol
        """Return a file address. A local folder has no expiry, so `seconds` has no effect."""
        if not self.exists(name):
            raise NoSuchObject(name)
        return Path(self.address(name)).as_uri()

    @contextmanager
    def replacing(self, name: str) -> Iterator[Path]:
        """Yield a scratch file that becomes the object in one step when the block ends well.

        For the few views that are computed anew from objects (manifest, report); never for assets.
        """
        full = self._full(name)
        with self.scratch_file() as scratch:
            yield scratch
            put_mark(str(scratch), scratch.stat().st_size, crc32c_of(scratch))
            with self._unlinked(name):
                folder_files.replace(self.root, full, scratch)

    def revise(self, name: str, change: Revision) -> None:
        """Replace a small object by what `change` makes of it, under a lock that all processes take."""
        lock = hashlib.sha256(self._full(name).encode()).hexdigest()[:32]
        with exclusive(self.scratch_folder(), lock):
            try:
                before: bytes | None = self.get(name)
            except NoSuchObject:
                before = None
            changed = change(before)
            if changed is not None:
                with self.replacing(name) as file:
                    write_synced(file, changed)

    def sweep(self) -> int:
        """Remove scratch files that no living process holds; return their number."""
        return sweep_scratch(self.root / SCRATCH)


def write_synced(file: Path, data: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
