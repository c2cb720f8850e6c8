"""Frames between this process and the warm one: JSON after its length, with descriptors beside the first bytes."""

from __future__ import annotations

import json
import socket
from typing import Any

MOST_BYTES = 4 << 20
MOST_DESCRIPTORS = 3
LENGTH_BYTES = 4


def send_frame(link: socket.socket, content: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Send a record and descriptors; ValueError for a record of more than 4 MiB."""
    body = json.dumps(content, allow_nan=False).encode()
    if len(body) > MOST_BYTES:
        raise ValueError(f"a job's arguments take {len(body)} bytes; the limit is {MOST_BYTES}")
    socket.send_fds(link, [len(body).to_bytes(LENGTH_BYTES, "big")], list(descriptors))
    link.sendall(body)


def receive_frame(link: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next record and its descriptors; None once the other side has closed."""
    head, descriptors, _, _ = socket.recv_fds(link, LENGTH_BYTES, MOST_DESCRIPTORS)
    if not head:
        return None
    head += _exactly(link, LENGTH_BYTES - len(head))
    return json.loads(_exactly(link, int.from_bytes(head, "big"))), descriptors


def _exactly(link: socket.socket, count: int) -> bytes:
    """Return the next `count` bytes; ConnectionError if the other side closes before."""
    parts = bytearray()
    while len(parts) < count:
        part = link.recv(min(count - len(parts), 1 << 16))
        if not part:
            raise ConnectionError("the other side closed within a record")
        parts += part
    return bytes(parts)
