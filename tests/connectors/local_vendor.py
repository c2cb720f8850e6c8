"""A threaded HTTP server on this machine that plays one vendor's interface, misbehaves on demand, and can be away.

It keeps its port: stopped and started again, it is the same server with what it had.
"""

from __future__ import annotations

import re
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from tests.support.moods import NOT_SENT, Mood, Reply, as_json, good


@dataclass(frozen=True)
class Asked:
    """A request as it arrived. query: the parameters of the address; the last one of a name counts."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """Return the fields of a form in the body (application/x-www-form-urlencoded)."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def parts(self) -> dict[str, bytes]:
        """Return the parts of a multipart body by their names (RFC 7578), in their order."""
        boundary = self.headers.get("content-type", "").partition("boundary=")[2].strip('"')
        pieces = (b"\r\n" + self.body).split(f"\r\n--{boundary}".encode())[1:-1]
        heads = [piece.partition(b"\r\n\r\n") for piece in pieces]
        return {_NAME.findall(head)[0].decode(): body for head, _, body in heads}


_NAME = re.compile(rb'[; ]name="([^"]*)"')
Route = tuple[str, Callable[[], Reply]]
"""The step that a request is, by which moods are ordered, and its good answer."""


@dataclass
class LocalVendor:
    """`with Vendor() as vendor`: listens on a free port of 127.0.0.1 until the block ends. Subclasses give `route`.

    seen: the steps of all requests, in their order; asked: they themselves, large bodies dropped. A mood holds for one
    request; "*" is a step that all requests are.
    """

    seen: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.RLock = field(default_factory=threading.RLock)
    port: int = 0
    _moods: dict[str, deque[Mood]] = field(default_factory=dict)
    _http: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None

    def route(self, asked: Asked) -> Route:
        """Return the step that a request is, and what a good answer does and says."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """The address, which stays."""
        return f"http://127.0.0.1:{self.port}"

    def will(self, step: str, *moods: Mood) -> None:
        """Answer the next requests of a step in these moods."""
        with self.lock:
            self._moods.setdefault(step, deque()).extend(moods)

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._http = _Server(("127.0.0.1", self.port), _handler(self))
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer nothing any more; connections that are open are cut."""
        if self._http is None or self._thread is None:
            return
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        self._http = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, asked: Asked) -> Reply:
        """Choose the step and its mood. Moods are outside the lock, so that a slow one holds up no other request."""
        step, good_answer = self.route(asked)
        with self.lock:
            self.seen.append(step)
            self.asked.append(asked if len(asked.body) < 65_536 else replace(asked, body=b""))
            self.counts[step] += 1
            waiting = self._moods.get("*") or self._moods.get(step)
            mood = waiting.popleft() if waiting else good

        def work() -> Reply:
            with self.lock:
                return good_answer()

        return mood(work)


def storm(count: int, **headers: str) -> list[Mood]:
    """So many answers that say "too many requests", without a word of when to come again unless `headers` say it."""
    told = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return [lambda _: Reply(429, b"", "text/plain", told)] * count


def away(status: int = 503) -> Mood:
    """An outage before anything was done."""
    return lambda _: Reply(status, b"<html>out of order</html>", "text/html")


def done_then_away(answer: Callable[[], Reply]) -> Reply:
    """The work is done, and a gateway in front gives up: 504."""
    answer()
    return Reply(504, b"<html>gateway time-out</html>", "text/html")


def nothing(_: Callable[[], Reply]) -> Reply:
    """The connection is cut before anything was done."""
    return Reply(200, b"", sent=NOT_SENT)


def unknown(asked: Asked) -> Route:
    """What a server says of a request that it has no step for."""
    return "unknown", lambda: as_json({"message": f"no {asked.method} {asked.path}", "statuscode": 404}, 404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, *given: object) -> None:
        self._open: set[object] = set()
        super().__init__(*given)  # type: ignore[arg-type]

    def process_request(self, request: object, client_address: object) -> None:
        self._open.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def shutdown_request(self, request: object) -> None:
        self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[arg-type]

    def server_close(self) -> None:
        super().server_close()
        for request in list(self._open):
            self.shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is nothing to print."""


def _handler(vendor: LocalVendor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Requests are in `vendor.asked`."""

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): text for name, text in self.headers.items()}
            asked = Asked(self.command, url.path, dict(parse_qsl(url.query, keep_blank_values=True)), headers, body)
            self._send(vendor.answer(asked))

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names are the base class's

        def _send(self, reply: Reply) -> None:
            self.close_connection = reply.sent is not None
            if reply.sent == NOT_SENT:
                return
            self.send_response(reply.status)
            headers = (("Content-Type", reply.kind), ("Content-Length", str(len(reply.body))), *reply.headers)
            for name, text in headers:
                self.send_header(name, text)
            self.end_headers()
            if reply.status != 204:
                self.wfile.write(reply.body if reply.sent is None else reply.body[: reply.sent])

    return Handler
