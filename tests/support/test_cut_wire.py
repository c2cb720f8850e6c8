"""A wire that is cut, slowed and mended, against a real echo server."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.cut_wire import Proxy, between


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(4096):
            self.request.sendall(data)


@pytest.fixture
def wire() -> Iterator[Proxy]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with between(server.server_address[1]) as proxy:
            yield proxy
        server.shutdown()


def asked(connection: socket.socket, text: bytes) -> bytes:
    connection.sendall(text)
    return connection.recv(4096)


def connected(wire: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", wire.port), timeout=5)


def test_a_cut_resets_open_and_new_connections_until_mended(wire: Proxy):
    with connected(wire) as connection:
        assert asked(connection, b"hello") == b"hello"
        wire.cut()
        with pytest.raises(ConnectionError):
            connection.recv(4096)
    with pytest.raises(ConnectionError), connected(wire) as connection:
        connection.recv(4096)
    wire.mend()
    with connected(wire) as connection:
        assert asked(connection, b"hello again") == b"hello again"


def test_a_slow_wire_delays_both_ways(wire: Proxy):
    with connected(wire) as connection:
        wire.slow(0.1)
        begin = time.monotonic()
        assert asked(connection, b"slowly") == b"slowly"
        assert time.monotonic() - begin >= 0.2
