"""Ask a broker whether it works, in its own protocol, without a client library.

Two requests of the Kafka protocol: ApiVersions (key 18, version 0), which a broker also answers before a client has
signed in, and Metadata (key 3, version 1) for all topics. Frames begin with their length, integers are big-endian.
"""

from __future__ import annotations

import socket
import ssl
import struct
from pathlib import Path


def answers(port: int, authority: Path | None = None, patience_s: float = 3) -> int:
    """How many brokers the cluster on this port knows; over TLS, 1 if it answers at all. OSError if it does not."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience_s) as plain:
        if authority is None:
            return _integer(_asked(plain, key=3, version=1, body=struct.pack(">i", -1)))
        context = ssl.create_default_context(cafile=str(authority))
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as secured:
            return int(struct.unpack(">h", _asked(secured, key=18, version=0, body=b"")[:2])[0] == 0)


def _asked(connection: socket.socket, *, key: int, version: int, body: bytes) -> bytes:
    """The body of the answer to one request."""
    client = b"stack"
    request = struct.pack(">hhih", key, version, 1, len(client)) + client + body
    connection.sendall(struct.pack(">i", len(request)) + request)
    answer = _read(connection, _integer(_read(connection, 4)))
    if _integer(answer) != 1:
        raise OSError("the answer belongs to another request")
    return answer[4:]


def _read(connection: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        block = connection.recv(count - len(found))
        if not block:
            raise OSError("the broker hung up")
        found += block
    return found


def _integer(data: bytes) -> int:
    return int(struct.unpack(">i", data[:4])[0])
