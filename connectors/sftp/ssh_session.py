"""An SFTP session that threads share: it lives in the loop of a thread of its own, and is opened when it is needed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from connectors.sftp.gathered_writes import GatheringLoop
from connectors.sftp.signing_in import SshPlace

if TYPE_CHECKING:
    import asyncssh

Answer = TypeVar("Answer")
CALL_S = 300
"""Seconds for which one action, which moves a few mebibytes at most, may take."""


class SshSession:
    """One connection with one SFTP channel, on which requests of all threads are in flight at once."""

    def __init__(self, place: SshPlace) -> None:
        self._place = place
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._connecting: asyncio.Lock | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    def run(self, action: Callable[[asyncssh.SFTPClient], Awaitable[Answer]]) -> Answer:
        """Return what an action answers, within five minutes; TimeoutError after them, and the connection ends."""
        return asyncio.run_coroutine_threadsafe(self._run(action), self._started()).result()

    async def _run(self, action: Callable[[asyncssh.SFTPClient], Awaitable[Answer]]) -> Answer:
        client = await self._connected()
        try:
            return await asyncio.wait_for(action(client), CALL_S)
        except TimeoutError:
            self._drop(client)
            raise

    async def _connected(self) -> asyncssh.SFTPClient:
        assert self._connecting is not None
        async with self._connecting:
            if self._client is None or self._connection is None or self._connection.is_closed():
                self._client = None
                self._connection = await self._place.connect()
                self._client = await asyncio.wait_for(self._connection.start_sftp_client(), CALL_S)
            return self._client

    def _drop(self, client: asyncssh.SFTPClient) -> None:
        """End a connection that has become silent; the next action opens another one."""
        if client is self._client and self._connection is not None:
            self._connection.abort()
            self._client = None

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = GatheringLoop()
                self._connecting = asyncio.Lock()
                self._thread = threading.Thread(target=self._loop.run_forever, name="sftp", daemon=True)
                self._thread.start()
            return self._loop

    def close(self) -> None:
        """End the connection and the thread."""
        with self._starting:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    async def _end(self) -> None:
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.close()
            try:
                await asyncio.wait_for(connection.wait_closed(), 5)
            except TimeoutError:
                connection.abort()
