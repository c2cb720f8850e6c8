"""A real HTTP host on this machine whose answers a test writes, and that can be away and come back on its port."""

from __future__ import annotations

import math
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from tests.support.misbehaving_server import Seen
from tests.support.moods import NOT_SENT, Reply

Answer = Callable[[Seen], Reply]


class ScriptedHost:
    """`with ScriptedHost(answer) as host`: listens on one port of 127.0.0.1 until the block ends.

    seen: the requests in the order of their arrival; their paths hold the query. `will(step, …)`: what becomes of the
    next answers to requests that `step_of` calls so: a reply in place of the work, or a function that is handed the
    work. most_kept: bytes of the largest body that is kept in `seen`; larger ones are empty there.
    """

    def __init__(
        self, answer: Answer, step_of: Callable[[Seen], str] = lambda seen: "", most_kept: float = math.inf
    ) -> None:
        self.answer, self.step_of, self.most_kept = answer, step_of, most_kept
        self.seen: list[Seen] = []
        self.lock = threading.Lock()
        self.in_flight, self.peak = 0, 0
        self._moods: dict[str, deque[Reply | Callable[[Callable[[], Reply]], Reply]]] = {}
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = int(found.getsockname()[1])
        self._http: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def will(self, step: str, *moods: Reply | Callable[[Callable[[], Reply]], Reply]) -> None:
        self._moods.setdefault(step, deque()).extend(moods)

    def start(self) -> None:
        self._http = _Server(("127.0.0.1", self.port), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, with every connection that it has."""
        if self._http and self._thread:
            self._http.shutdown()
            self._http.server_close()
            self._http.cut_off()
            self._thread.join()
        self._http = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def reply(self, request: Seen) -> Reply:
        with self.lock:
            self.seen.append(request if len(request.body) <= self.most_kept else replace(request, body=b""))
            waiting = self._moods.get(self.step_of(request))
            mood = waiting.popleft() if waiting else None
        if isinstance(mood, Reply):
            return mood
        return mood(lambda: self.answer(request)) if mood else self.answer(request)


def told(status: int, body: bytes = b"", **headers: str) -> Reply:
    """A reply with headers, whose underscores are hyphens."""
    return Reply(
        status, body, "application/json", tuple((name.replace("_", "-"), text) for name, text in headers.items())
    )


def lost(work: Callable[[], Reply]) -> Reply:
    """The work is done, and no answer comes."""
    return Reply(200, work().body, sent=NOT_SENT)


def cut(work: Callable[[], Reply]) -> Reply:
    """The work is done, and half of the answer comes."""
    body = work().body
    return Reply(200, body, sent=len(body) // 2)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, *told: object) -> None:
        super().__init__(*told)  # type: ignore[arg-type]
        self._open: set[socket.socket] = set()

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        self._open.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._open.discard(request)
        super().shutdown_request(request)

    def cut_off(self) -> None:
        for each in tuple(self._open):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._open.discard(each)

    def handle_error(self, request: object, client_address: object) -> None:
        """Print errors of the host itself, and none of connections that a client gave up."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _handler(host: ScriptedHost) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body leave together

        def log_message(self, *_: object) -> None:
            """Requests are in `host.seen`."""

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            request = Seen(self.command, self.path, {name.lower(): text for name, text in self.headers.items()}, body)
            with host.lock:
                host.in_flight += 1
                host.peak = max(host.peak, host.in_flight)
            try:
                reply = host.reply(request)
            finally:
                with host.lock:
                    host.in_flight -= 1
            self._send(reply)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _serve  # noqa: N815 - the names are the base class's
        do_OPTIONS = do_PATCH = do_MKCOL = do_MOVE = do_PROPFIND = do_PROPPATCH = _serve  # noqa: N815

        def _send(self, reply: Reply) -> None:
            self.close_connection = self.close_connection or reply.sent is not None
            if reply.sent == NOT_SENT:
                return
            self.send_response(reply.status)
            named = dict((("Content-Type", reply.kind), ("Content-Length", str(len(reply.body))), *reply.headers))
            for name, text in named.items():
                self.send_header(name, text)
            if self.close_connection:
                self.send_header("Connection", "close")  # otherwise clients in Node.js ask on it once more, in vain
            self.end_headers()
            body = reply.body if reply.sent is None else reply.body[: reply.sent]
            step = len(body) // 20 + 1 if reply.pause_s else len(body) or 1
            for start in range(0, len(body), step):
                self.wfile.write(body[start : start + step])
                if reply.pause_s:
                    self.wfile.flush()
                    time.sleep(reply.pause_s)

    return Handler
