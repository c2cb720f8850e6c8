"""An event loop whose connections gather what is written in one turn of the loop, and hand it to the system at once.

An SSH connection writes each packet by itself, and one more before it that hides its size. With a call of the system
for each, these calls are a third of the time that a file takes.
"""

from __future__ import annotations

import asyncio
from typing import Any


class GatheringLoop(asyncio.SelectorEventLoop):
    """The plain event loop, with `GatheredWrites` between each connection that it makes and its protocol."""

    async def create_connection(self, protocol_factory: Any, *where: Any, **how: Any) -> Any:
        """Do as the plain loop does."""
        transport, between = await super().create_connection(lambda: _Between(protocol_factory(), self), *where, **how)
        return transport, between.protocol


class _Between(asyncio.Protocol):
    """Hands a protocol everything that happens, with a transport that gathers."""

    def __init__(self, protocol: asyncio.Protocol, loop: asyncio.AbstractEventLoop) -> None:
        self.protocol, self._loop = protocol, loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.protocol.connection_made(GatheredWrites(transport, self._loop))

    def data_received(self, data: bytes) -> None:
        self.protocol.data_received(data)

    def eof_received(self) -> bool | None:
        return self.protocol.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self.protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        self.protocol.pause_writing()

    def resume_writing(self) -> None:
        self.protocol.resume_writing()


class GatheredWrites(asyncio.Transport):
    """A transport that writes at the end of a turn of the loop."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport, self._loop = transport, loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep the data until the turn ends."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(bytes(data))

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and not self._transport.is_closing():
            self._transport.write(b"".join(waiting))

    def close(self) -> None:
        """Write what waits, and close."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._waiting.clear()
        self._transport.abort()

    def write_eof(self) -> None:
        """Write what waits, and end this direction."""
        self._flush()
        self._transport.write_eof()

    def can_write_eof(self) -> bool:
        """Return whether one direction can end alone."""
        return self._transport.can_write_eof()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection."""
        return self._transport.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Return whether the connection is closing, or closed."""
        return self._transport.is_closing()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Hand what happens to another protocol."""
        self._transport.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol that is handed what happens."""
        return self._transport.get_protocol()

    def is_reading(self) -> bool:
        """Return whether data are received."""
        return self._transport.is_reading()

    def pause_reading(self) -> None:
        """Receive no data."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Receive data again."""
        self._transport.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the sizes at which a writer is to pause and to go on."""
        self._transport.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Return the bytes that wait."""
        return self._transport.get_write_buffer_size() + sum(map(len, self._waiting))

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the sizes at which a writer is to go on and to pause."""
        return self._transport.get_write_buffer_limits()
