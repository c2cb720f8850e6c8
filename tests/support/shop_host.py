"""A real host of feeds and pictures on this machine, which keeps ETags and dates, and misbehaves on command."""

from __future__ import annotations

import hashlib
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from tests.support.misbehaving_server import Seen
from tests.support.moods import NOT_SENT, Reply

MODIFIED = "Mon, 23 Nov 2026 06:00:00 GMT"


@dataclass
class Shop:
    """What the host serves, and what it saw. Fields may be set while it runs.

    files: by path. headers: of all good answers. moods: by path, or by "" for all paths without one: what becomes of a
    good answer. head_pause_s: between two bytes of an answer's head.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    moods: dict[str, Callable[[Reply], Reply]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    latency_s: float = 0.0
    head_pause_s: float = 0.0
    in_flight: int = 0
    peak: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def paths(self) -> Counter[str]:
        """Return how often each path was asked for, robots.txt left out."""
        return Counter(each.path for each in self.seen if each.path != "/robots.txt")

    def answer(self, request: Seen) -> Reply:
        mood = self.moods.get(request.path, self.moods.get("", lambda reply: reply))
        if request.path not in self.files:
            return mood(Reply(404, b"no such file", "text/plain"))
        data = self.files[request.path]
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        headers = tuple({"ETag": etag, "Last-Modified": MODIFIED, **self.headers}.items())
        if request.headers.get("if-none-match") == etag:
            return mood(Reply(304, b"", "text/plain", headers))
        return mood(Reply(200, data, "application/octet-stream", headers))


def status(code: int, **headers: str) -> Callable[[Reply], Reply]:
    """Another status in place of the good one."""
    told = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return lambda _: Reply(code, b"sorry", "text/plain", told)


def with_a_long_page(code: int) -> Callable[[Reply], Reply]:
    """Another status, with a page of some length, compressed, as shops send them."""
    return lambda _: Reply(code, b"<html>" * 40_000, "text/html", (("Content-Encoding", "gzip"),))


def moved(location: str) -> Callable[[Reply], Reply]:
    return lambda _: Reply(302, b"", "text/plain", (("Location", location),))


def cut(reply: Reply) -> Reply:
    """Half of the body, then the end of the connection."""
    return replace(reply, sent=len(reply.body) // 2)


def trickling(reply: Reply) -> Reply:
    """The body in twenty pieces."""
    return replace(reply, pause_s=0.01)


def silent(reply: Reply) -> Reply:
    """No answer at all."""
    return replace(reply, sent=NOT_SENT)


def in_turn(*moods: Callable[[Reply], Reply]) -> Callable[[Reply], Reply]:
    """Each mood for one answer; the last one stays."""
    left = list(moods)

    def mood(reply: Reply) -> Reply:
        chosen = left.pop(0) if len(left) > 1 else left[0]
        return chosen(reply)

    return mood


def good(reply: Reply) -> Reply:
    return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Print errors of the host itself, and none of connections that a client gave up."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class ShopHost:
    """`with ShopHost() as host`: listens on a free port of this machine; with a PEM file it speaks TLS."""

    def __init__(self, pem: Path | None = None, address: str = "127.0.0.1") -> None:
        self.shop, self.address, self.scheme = Shop(), address, "https" if pem else "http"
        self._http = _Server((address, 0), _handler(self.shop))
        if pem:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.address}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Requests are in `shop.seen`."""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            request = Seen("GET", path, {name.lower(): text for name, text in self.headers.items()}, b"")
            with shop.lock:
                shop.seen.append(request)
                shop.starts.append(time.monotonic())
                shop.in_flight += 1
                shop.peak = max(shop.peak, shop.in_flight)
            try:
                if path != "/robots.txt":
                    time.sleep(shop.latency_s)
                self._send(shop.answer(request))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client gave up, as it should
            finally:
                with shop.lock:
                    shop.in_flight -= 1
                    shop.ends.append(time.monotonic())

        def _send(self, reply: Reply) -> None:
            self.close_connection = reply.sent is not None
            if reply.sent == NOT_SENT:
                return
            length = () if reply.status == 304 else (("Content-Length", str(len(reply.body))),)
            lines = [f"HTTP/1.1 {reply.status} Told", f"Content-Type: {reply.kind}"]
            told = dict((*length, *reply.headers))
            head = "\r\n".join([*lines, *(f"{name}: {text}" for name, text in told.items() if text), "", ""]).encode()
            for piece in [head] if not shop.head_pause_s else [bytes([byte]) for byte in head]:
                self.wfile.write(piece)
                time.sleep(shop.head_pause_s)
            body = reply.body if reply.sent is None else reply.body[: reply.sent]
            step = len(body) // 20 + 1 if reply.pause_s else len(body) or 1
            for start in range(0, len(body), step):
                self.wfile.write(body[start : start + step])
                time.sleep(reply.pause_s)

    return Handler
