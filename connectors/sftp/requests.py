"""The requests of SFTP that a tree of files is made of, each within one session."""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncssh

LISTED_AT_ONCE = 500


async def attributes_of(client: asyncssh.SFTPClient, full: str) -> asyncssh.SFTPAttrs | None:
    """Return what the server says of a path, links not followed; None if nothing is there."""
    from asyncssh import SFTPNoSuchFile, SFTPNoSuchPath

    try:
        return await client.lstat(full)
    except (SFTPNoSuchFile, SFTPNoSuchPath):
        return None


async def write(client: asyncssh.SFTPClient, *, full: str, data: bytes, at: int) -> None:
    """Write data at an offset of a file, which begins anew at 0."""
    from asyncssh import FXF_CREAT, FXF_TRUNC, FXF_WRITE

    flags = FXF_WRITE | FXF_CREAT | (0 if at else FXF_TRUNC)
    async with client.open(full, flags, encoding=None) as stream:
        await stream.write(data, at)


async def write_and_read(client: asyncssh.SFTPClient, *, full: str, data: bytes) -> tuple[asyncssh.SFTPAttrs, bytes]:
    """Write a file, and return what the server then says and gives of it.

    The three requests are sent together: a server works on requests for one file in the order in which they come
    (draft-ietf-secsh-filexfer-02, 6.1).
    """
    from asyncssh import FXF_CREAT, FXF_READ, FXF_TRUNC, FXF_WRITE

    flags = FXF_READ | FXF_WRITE | FXF_CREAT | FXF_TRUNC
    async with client.open(full, flags, encoding=None) as stream:
        _, attributes, found = await asyncio.gather(stream.write(data, 0), stream.stat(), stream.read(len(data), 0))
    assert isinstance(found, bytes)  # no encoding was named
    return attributes, found


async def read(client: asyncssh.SFTPClient, *, full: str, at: int, most: int) -> bytes:
    """Return so many bytes of a file, from an offset on, or fewer if it ends before."""
    async with client.open(full, "rb") as stream:
        data: bytes = await stream.read(most, at)
        return data


async def make_folders(client: asyncssh.SFTPClient, folder: str) -> None:
    """Make a folder and those above it. What cannot be made shows when a file is written there."""
    from asyncssh import SFTPFailure, SFTPFileAlreadyExists, SFTPPermissionDenied

    made = "/" if folder.startswith("/") else ""
    for part in folder.strip("/").split("/"):
        made = posixpath.join(made, part)
        try:
            await client.mkdir(made)
        except (SFTPFailure, SFTPFileAlreadyExists, SFTPPermissionDenied):
            continue


async def rename(client: asyncssh.SFTPClient, source: str, place: str) -> None:
    """Move a file to a path at which nothing is."""
    await client.rename(source, place)


async def replace(client: asyncssh.SFTPClient, source: str, place: str) -> None:
    """Move a file to a path, in place of what is there."""
    from asyncssh import SFTPOpUnsupported

    try:
        await client.posix_rename(source, place)
    except SFTPOpUnsupported:  # not OpenSSH's: the place is empty for a moment, which `TreeConnector` has saved
        await remove(client, place)
        await client.rename(source, place)


async def remove(client: asyncssh.SFTPClient, full: str) -> None:
    """Remove a file, if it is there."""
    from asyncssh import SFTPNoSuchFile, SFTPNoSuchPath

    try:
        await client.remove(full)
    except (SFTPNoSuchFile, SFTPNoSuchPath):
        return


async def next_names(names: AsyncIterator[asyncssh.SFTPName]) -> list[tuple[str, asyncssh.SFTPAttrs]]:
    """Return the next few hundred names of a folder; none at its end, and for a folder that is not there."""
    from asyncssh import SFTPNoSuchFile, SFTPNoSuchPath

    found: list[tuple[str, asyncssh.SFTPAttrs]] = []
    try:
        async for name in names:
            found.append((str(name.filename), name.attrs))
            if len(found) == LISTED_AT_ONCE:
                break
    except (SFTPNoSuchFile, SFTPNoSuchPath):
        return []
    return found
