"""An HTTP proxy in front of one local server that misbehaves on demand: it is told what to do to the next requests."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

UPLOADED, DELETED = re.compile(r"/upload/storage/v1/b/"), re.compile(r"/storage/v1/b/[^/]+/o/([^?]+)")
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass
class Faults:
    """What happens to coming requests; each fault is used up once. `seen` counts requests by method.

    `written` has the generations of each object that the backend acknowledged since the object was last deleted.
    """

    port: int = 0
    backend: int = 0
    waiting: list[tuple[str, str]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    written: dict[str, list[int]] = field(default_factory=dict)
    down: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def give(self, method: str, *faults: str) -> None:
        """The next requests of `method` meet these faults: a status; `cut` or `lost` (the connection breaks before or
        after the backend acts); `half` (it breaks in the middle of the body); `bent` (a byte changes on the way);
        `wrong` (another checksum is told); `slow`; `none` (this one passes)."""
        with self.lock:
            self.waiting += [(method, fault) for fault in faults]

    def take(self, method: str) -> str:
        """The fault for a request that has come in, or nothing."""
        with self.lock:
            self.seen.append(method)
            for at, (wanted, fault) in enumerate(self.waiting):
                if wanted == method:
                    del self.waiting[at]
                    return fault
        return ""

    def note(self, method: str, path: str, answer: bytes) -> None:
        """What the backend did well."""
        with self.lock:
            if method == "DELETE" and (gone := DELETED.match(path)):
                self.written.pop(unquote(gone[1]), None)
            elif UPLOADED.match(path) and b'"generation"' in answer:
                told = json.loads(answer)
                self.written.setdefault(told["name"], []).append(int(told["generation"]))


def _handler(faults: Faults) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one class with its methods
    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            fault = "503" if faults.down else faults.take(self.command)
            if fault.isdigit():
                self._answer(int(fault), {"content-type": "application/json"}, b'{"error": {"message": "injected"}}')
            elif fault in ("cut", "half"):
                if fault == "half":
                    self._break_off(body)
                self.close_connection = True
                self.connection.close()
            else:
                self._forward(bent(body) if fault == "bent" else body, fault)

        def _break_off(self, body: bytes) -> None:
            """The backend gets half of the body, and then nothing."""
            back = http.client.HTTPConnection("127.0.0.1", faults.backend, timeout=30)
            back.request(self.command, self.path, body[: len(body) // 2], self._kept(len(body)))
            back.close()

        def _kept(self, length: int) -> dict[str, str]:
            kept = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
            return {**kept, "Host": f"127.0.0.1:{faults.port}", "Content-Length": str(length)}

        def _forward(self, body: bytes, fault: str) -> None:
            if fault == "slow":
                time.sleep(1.0)
            back = http.client.HTTPConnection("127.0.0.1", faults.backend, timeout=30)
            back.request(self.command, self.path, body, self._kept(len(body)))
            answer = back.getresponse()
            data = answer.read()
            back.close()
            if answer.status < 300:
                faults.note(self.command, self.path, data)
            if fault == "lost":
                self.close_connection = True
                self.connection.close()
                return
            if fault == "wrong":
                data = re.sub(rb'"crc32c":\s*"[^"]+"', b'"crc32c": "AAAAAA=="', data)
            if fault == "bent":
                data = bent(data)
            self._answer(answer.status, {k: v for k, v in answer.getheaders() if k.lower() not in HOP}, data)

        def _answer(self, status: int, headers: dict[str, str], data: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve  # noqa: N815

    return Proxy


def bent(body: bytes) -> bytes:
    """The same body with one byte of the test's payload changed, and its length kept."""
    return body.replace(b"PAYLOAD", b"PAYL0AD", 1)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    open: list[Any]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection: its thread may wait for the next request when the server stops."""
        self.open.append(request)
        super().process_request(request, client_address)

    def server_close(self) -> None:
        """Close the connections too."""
        super().server_close()
        for request in self.open:
            request.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is what the tests are about."""


@contextmanager
def faulty(start: Callable[[int], int]) -> Iterator[Faults]:
    """A proxy on a free port; `start` is given that port and returns the backend's."""
    faults = Faults()
    server = _Server(("127.0.0.1", 0), _handler(faults))
    server.open = []
    faults.port = server.server_address[1]
    faults.backend = start(faults.port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield faults
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
