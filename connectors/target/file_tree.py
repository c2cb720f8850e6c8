"""Targets that are trees of files, such as folders and SFTP servers: their operations, and our names there."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.target.outgoing import Content
from foundry.delivery.proof import Proof

EXPIRED = "_expired"
"""The folder of the target into which expired files are moved, each with its path."""
MANIFEST, SUMS, DONE = "manifest.jsonl", "SHA256SUMS", "_delivered.json"
PARTIAL = ".partial"
LONGEST_PART = 240
"""Bytes of one part of a path, which file systems take at most 255 of."""
_SLOT = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_PATH = re.compile(r"[^\x00-\x1f\x7f\\]+")


@dataclass(frozen=True)
class Entry:
    """One file of a tree: size in bytes, and the moment of its last change in seconds since 1970."""

    size_bytes: int
    modified_s: float


@dataclass(frozen=True)
class Written:
    """A file that was written: the grade of proof of its bytes, and its entry."""

    proof: Proof
    entry: Entry


class NameTaken(Exception):
    """A file stands already where a file was to be moved without replacing one."""


class FileTree(Protocol):
    """The operations of a tree of files; paths are plain and relative to it. Threads share a tree.

    Errors are those of `connectors.target.errors`; only NameTaken rises besides them.
    """

    @property
    def proof(self) -> Proof:
        """The best grade that the tree gives."""

    def entry(self, path: str) -> Entry | None:
        """Return a file's entry, None if there is none."""

    def entries(self, paths: Sequence[str]) -> list[Entry | None]:
        """Return the entries of several files, in order."""

    def etag(self, entry: Entry) -> str:
        """Return what tells a change of a file by its entry alone; "" where its hash is read instead."""

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of a file that is there, 64 hex digits, read from the tree."""

    def write(self, path: str, content: Content, start: int, check: Callable[[], None]) -> Written:
        """Write a file from byte `start` on, replacing what is there from there on, and prove the whole of it.

        Missing folders are made. TargetAway if what the tree holds then is not the content. `check` is called between
        the blocks.
        """

    def move(self, old: str, new: str, *, replace: bool) -> None:
        """Give a file another path in one step; NameTaken if something is there and `replace` is False."""

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""

    def read_small(self, path: str, most: int) -> bytes | None:
        """Return the bytes of a file, None if there is none or if it has more than `most`."""

    def walk(self) -> Iterator[tuple[str, Entry]]:
        """Yield the path and entry of every file, streamed; links are no files."""

    def close(self) -> None:
        """Give back what is open."""


def fault_of(path: str) -> str:
    """Return the reason why a path cannot be used at a tree of files, to follow the path; "" if it can."""
    parts = path.split("/")
    if not _PATH.fullmatch(path) or any(part in ("", ".", "..") for part in parts):
        return "is no plain path"
    if parts[0] == EXPIRED or any(part.startswith(".") for part in parts):
        return "has a part that begins with a dot, or begins with _expired, which this target keeps for itself"
    if any(len(part.encode()) > LONGEST_PART for part in parts):
        return f"has a part of more than {LONGEST_PART} bytes"
    return ""


def slot_of(path: str) -> str:
    """Return the slot's id that a path holds, "" if it holds none. Every pattern of a path has the slot in it."""
    found = _SLOT.findall(path)
    return found[-1] if found else ""


def partial_of(path: str) -> str:
    """Return the path under which a file is written before it is whole: hidden, and in the same folder."""
    folder, _, _ = path.rpartition("/")
    return posixpath.join(folder, f".{hashlib.sha256(path.encode()).hexdigest()[:24]}{PARTIAL}")


def expired_of(path: str) -> str:
    """Return the path of an expired file."""
    return f"{EXPIRED}/{path}"


def is_own(path: str) -> bool:
    """Return True for the path of a delivered file, and False for all others that lie in a target."""
    name = path.rpartition("/")[2]
    return bool(slot_of(path)) and not name.startswith(".") and name not in (MANIFEST, SUMS, DONE)


def folders_above(path: str) -> Iterator[str]:
    """Yield the folders that a path lies in, the innermost first; the last one is "", the target itself."""
    while path:
        path = path.rpartition("/")[0]
        yield path
