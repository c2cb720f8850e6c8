"""A TCP proxy on 127.0.0.1, in place of the network between two servers, that tests can cut, slow down and repair.

While it is cut, open connections are reset and new ones are refused by a reset. While it is slow, every block of bytes
waits, in both directions.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

BLOCK = 1 << 16
RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Passes bytes between its port and another port of this machine, in its own thread."""

    def __init__(self, target_port: int, port: int = 0):
        self.target_port, self.port = target_port, port
        self._delay_s, self._cut = 0.0, False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def start(self) -> None:
        """Listen on `port`, which is then known."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._carry, "127.0.0.1", self.port), self._loop
        ).result()
        self.port = int(self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Close all connections and stop listening."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Reset open connections, and new ones until `mend`."""
        asyncio.run_coroutine_threadsafe(self._sever(), self._loop).result()

    def slow(self, delay_s: float) -> None:
        """Delay every block by so many seconds, in each direction."""
        self._delay_s = delay_s

    def mend(self) -> None:
        """Pass bytes again, without delay."""
        self._cut, self._delay_s = False, 0.0

    async def _sever(self) -> None:
        self._cut = True
        for writer in tuple(self._open):
            _reset(writer)

    async def _end(self) -> None:
        self._server.close()
        await self._sever()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.gather(*others, return_exceptions=True)

    async def _carry(self, near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        self._open.add(near)
        far = None
        try:
            if self._cut:
                return
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target_port)
            self._open.add(far)
            await asyncio.gather(self._pump(near_reader, far), self._pump(far_reader, near))
        except OSError:  # if one end has gone, so does the other
            _reset(near)
        finally:
            for writer in (near, far):
                if writer is not None:
                    _reset(writer) if self._cut else writer.close()
                    self._open.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while block := await reader.read(BLOCK):
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            writer.write(block)
            await writer.drain()
        if writer.can_write_eof() and not writer.is_closing():
            writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection with a reset, not with FIN."""
    if writer.is_closing():
        return
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


@contextmanager
def between(target_port: int) -> Iterator[Proxy]:
    """Run a proxy in front of a port while the block lasts."""
    proxy = Proxy(target_port)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
