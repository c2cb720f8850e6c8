"""A folder of an SFTP server as a tree of files."""

from __future__ import annotations

import asyncio
import hashlib
import posixpath
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from connectors.http.pace import Pace
from connectors.http.secrets import scrub
from connectors.sftp import requests
from connectors.sftp.signing_in import SshPlace
from connectors.sftp.ssh_session import SshSession
from connectors.target.errors import FileRefused, TargetAway, TargetRefused
from connectors.target.file_tree import Entry, NameTaken, Written
from connectors.target.outgoing import Content
from foundry.delivery.proof import Proof
from foundry.delivery.target import secrets_of
from foundry.retrying import Clock

if TYPE_CHECKING:
    import asyncssh

PIECE = 4 << 20
"""Bytes that are sent or read as one action; within it, the requests of the protocol are in flight together."""
REREAD_BYTES = 64 << 20
"""Files up to this size are read again wholly, because the protocol has no hashes. Larger ones are proved by size."""
DEEPEST, MOST_LISTED = 32, 10_000_000
Answer = TypeVar("Answer")


class RemoteTree:
    """Files below `folder` of a server; a relative folder begins where the server lets the user begin."""

    def __init__(self, place: SshPlace, folder: str, pace: Pace, clock: Clock) -> None:
        self._pace, self._clock = pace, clock
        self._target, self._host = place.target.id, place.target.host
        self._secrets = tuple(secrets_of(place.target))
        self._session = SshSession(place)
        if any(part == ".." for part in folder.split("/")) or not folder.isprintable():
            raise TargetRefused(self._target, "its folder is no plain path", "write it without '..'")
        self._folder = folder

    @property
    def proof(self) -> Proof:
        """Bytes are read again; of large files the size alone is asked."""
        return Proof.REREAD

    def etag(self, entry: Entry) -> str:
        """Return size and moment of change, which any writing to the file changes."""
        return f"{entry.size_bytes}-{entry.modified_s:.0f}"

    def entry(self, path: str) -> Entry | None:
        """Return a file's entry, None if there is none."""
        return self.entries([path])[0]

    def entries(self, paths: Sequence[str]) -> list[Entry | None]:
        """Return the entries of several files, in order; the requests are in flight together."""

        async def ask(client: asyncssh.SFTPClient) -> list[asyncssh.SFTPAttrs | None]:
            return await asyncio.gather(*(requests.attributes_of(client, self._full(path)) for path in paths))

        found = self._ask(", ".join(paths[:1]), ask)
        return [
            None if attributes is None else self._entry(path, attributes)
            for path, attributes in zip(paths, found, strict=True)
        ]

    def _entry(self, path: str, attributes: asyncssh.SFTPAttrs) -> Entry:
        from asyncssh import FILEXFER_TYPE_REGULAR

        if attributes.type != FILEXFER_TYPE_REGULAR:
            raise FileRefused(self._target, path, "is no plain file there", "remove what stands in its place")
        return Entry(attributes.size or 0, float(attributes.mtime or 0))

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of a file that is there, read over the network."""
        entry = self.entry(path)
        if entry is None:
            raise TargetAway(self._target, f"{path} vanished while it was worked on")
        return self._hashed(path, entry.size_bytes)

    def _hashed(self, path: str, size: int) -> str:
        """Return the SHA-256 of the first `size` bytes of a file."""
        hashed, full = hashlib.sha256(), self._full(path)
        for start in range(0, size, PIECE):
            most = min(PIECE, size - start)
            hashed.update(self._ask(path, partial(requests.read, full=full, at=start, most=most)))
        return hashed.hexdigest()

    def read_small(self, path: str, most: int) -> bytes | None:
        """Return the bytes of a file, None if there is none or if it has more than `most`."""
        entry = self.entry(path)
        if entry is None or entry.size_bytes > most:
            return None
        return self._ask(path, partial(requests.read, full=self._full(path), at=0, most=entry.size_bytes))

    def write(self, path: str, content: Content, start: int, check: Callable[[], None]) -> Written:
        """Write a file from byte `start` on, and read it again, or ask for its size if it is large."""
        size = content.size_bytes
        if size <= PIECE:
            check()
            return self._written_whole(path, content)
        for at in range(start, size, PIECE):
            check()
            self._in_folder(path, partial(requests.write, data=content.section(at, min(at + PIECE, size)), at=at))
        return self._proved(path, content)

    def _written_whole(self, path: str, content: Content) -> Written:
        """Write a file that fits into one piece, and read it again, with requests that are in flight together."""
        data = content.section(0, content.size_bytes)
        attributes, found = self._in_folder(path, partial(requests.write_and_read, data=data))
        if found != data or attributes.size != len(data):
            return self._proved(path, content)  # a server that answers out of order is asked again
        return Written(Proof.REREAD, self._entry(path, attributes))

    def _in_folder(self, path: str, action: Callable[..., Awaitable[Answer]]) -> Answer:
        """Return what an action on a file answers; its folders are made if they are missing."""
        from asyncssh import SFTPNoSuchFile, SFTPNoSuchPath

        full = self._full(path)

        async def act(client: asyncssh.SFTPClient) -> Answer:
            try:
                return await action(client, full=full)
            except (SFTPNoSuchFile, SFTPNoSuchPath):
                await requests.make_folders(client, posixpath.dirname(full))
                return await action(client, full=full)

        return self._ask(path, act)

    def _proved(self, path: str, content: Content) -> Written:
        entry = self.entry(path)
        if entry is None or entry.size_bytes != content.size_bytes:
            self.remove(path)
            raise TargetAway(self._target, f"{path} has another size than was sent")
        if content.size_bytes > REREAD_BYTES:
            return Written(Proof.SIZE, entry)
        if self._hashed(path, entry.size_bytes) != content.sha256:
            self.remove(path)
            raise TargetAway(self._target, f"{path} has other bytes than were sent")
        return Written(Proof.REREAD, entry)

    def move(self, old: str, new: str, *, replace: bool) -> None:
        """Give a file another path in one step; NameTaken if something is there and `replace` is False."""
        from asyncssh import SFTPFailure, SFTPFileAlreadyExists, SFTPNoSuchFile

        source, place = self._full(old), self._full(new)
        rename = requests.replace if replace else requests.rename

        async def move(client: asyncssh.SFTPClient) -> bool:
            try:
                await rename(client, source, place)
            except SFTPNoSuchFile:
                await requests.make_folders(client, posixpath.dirname(place))
                await rename(client, source, place)
            except (SFTPFailure, SFTPFileAlreadyExists):
                # Version 3 has no code for a name that is taken.
                if replace or await requests.attributes_of(client, place) is None:
                    raise
                return False
            return True

        if not self._ask(new, move):
            raise NameTaken(new)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        self._ask(path, lambda client: requests.remove(client, self._full(path)))

    def walk(self) -> Iterator[tuple[str, Entry]]:
        """Yield the path and entry of every file, streamed; links are no files."""
        from asyncssh import FILEXFER_TYPE_DIRECTORY, FILEXFER_TYPE_REGULAR

        waiting, left = [""], MOST_LISTED
        while waiting:
            inside = waiting.pop()
            for name, attributes in self._names(inside):
                if name in (".", "..") or "/" in name or not name.isprintable():
                    continue
                left -= 1
                if left < 0:
                    raise TargetAway(self._target, f"{self._host} lists more than {MOST_LISTED} files")
                path = posixpath.join(inside, name)
                if attributes.type == FILEXFER_TYPE_DIRECTORY and path.count("/") < DEEPEST:
                    waiting.append(path)
                elif attributes.type == FILEXFER_TYPE_REGULAR:
                    yield path, Entry(attributes.size or 0, float(attributes.mtime or 0))

    def _names(self, inside: str) -> Iterator[tuple[str, asyncssh.SFTPAttrs]]:
        """Yield what is in a folder, a few hundred names at a time; nothing if the folder is not there."""
        names: AsyncIterator[asyncssh.SFTPName] | None = None

        async def some(client: asyncssh.SFTPClient) -> list[tuple[str, asyncssh.SFTPAttrs]]:
            nonlocal names
            names = names or client.scandir(self._full(inside) or ".")
            return await requests.next_names(names)

        while found := self._ask(inside, some):
            yield from found

    def close(self) -> None:
        """End the connection."""
        self._session.close()

    def _full(self, path: str) -> str:
        return posixpath.join(self._folder, path) if path else self._folder

    def _ask(self, path: str, action: Callable[[asyncssh.SFTPClient], Awaitable[Answer]]) -> Answer:
        """Return what an action answers, at the target's pace: one action counts as one request."""
        if (wait_s := self._pace.take()) > 0:
            self._clock.sleep(wait_s)
        with self._told(path):
            return self._session.run(action)

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Translate what the server answers."""
        import asyncssh

        try:
            yield
        except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect) as error:
            what = f"{path}: {self._host} denies it"
            raise TargetRefused(self._target, what, "give the user the right to write there") from error
        except (asyncssh.SFTPInvalidFilename, asyncssh.SFTPFileIsADirectory, asyncssh.SFTPNotADirectory) as error:
            raise FileRefused(self._target, path, "cannot stand there", "change the target's naming") from error
        except (asyncssh.SFTPError, asyncssh.Error) as error:
            said = scrub(error.reason, *self._secrets)
            raise TargetAway(self._target, f"{path}: {self._host} answers {said!r}", maybe=True) from error
        except (OSError, TimeoutError) as error:
            raise TargetAway(self._target, f"{self._host}: {type(error).__name__}", maybe=True) from error
