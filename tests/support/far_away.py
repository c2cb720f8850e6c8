"""A relay in front of a local server that makes it answer as late as one far away does."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class _Pipe(asyncio.Protocol):
    """One direction of a connection: passes on what it receives, `delay_s` later."""

    def __init__(self, delay_s: float) -> None:
        self.delay_s = delay_s
        self.transport: asyncio.Transport | None = None
        self.other: _Pipe | None = None
        self._early: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        for data in self._early:
            transport.write(data)

    def send(self, data: bytes) -> None:
        """Write now, or as soon as the connection is made."""
        if self.transport is None:
            self._early.append(data)
        elif not self.transport.is_closing():
            self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        assert self.other is not None
        asyncio.get_running_loop().call_later(self.delay_s, self.other.send, data)

    def connection_lost(self, _error: Exception | None) -> None:
        if self.other is not None and self.other.transport is not None:
            asyncio.get_running_loop().call_later(self.delay_s, self.other.transport.close)


class _Client(_Pipe):
    """A client's connection, which opens one to the server."""

    def __init__(self, port: int, delay_s: float) -> None:
        super().__init__(delay_s)
        self.port = port
        self._tasks: set[asyncio.Task[object]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.other = server = _Pipe(0.0)
        server.other = self
        loop = asyncio.get_running_loop()
        opening: asyncio.Task[object] = loop.create_task(loop.create_connection(lambda: server, "127.0.0.1", self.port))
        self._tasks.add(opening)
        opening.add_done_callback(self._tasks.discard)


async def relay(port: int, delay_s: float) -> None:
    """Print the port of a relay to `port`, and serve until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Client(port, delay_s), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def far_away(port: int, delay_s: float) -> Iterator[int]:
    """Yield the port of a relay, in a process of its own, that hands each request on `delay_s` late."""
    command = [sys.executable, "-m", "tests.support.far_away", str(port), str(delay_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(relay(int(sys.argv[1]), float(sys.argv[2])))
