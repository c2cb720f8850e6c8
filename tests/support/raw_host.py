"""A host that sends the bytes that it is told to, whatever is asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Self


class RawHost:
    """`with RawHost() as host`: each connection gets `host.answer`, piece by piece, and is then closed."""

    def __init__(self) -> None:
        self.answer: Iterable[bytes] = ()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # the block has ended
                return
            with connection, suppress(OSError):
                connection.recv(65_536)
                for piece in self.answer:
                    connection.sendall(piece)
