"""A real HTTP server on this machine that speaks three protocols, counts what it bills, and misbehaves on command.

It bills an `Idempotency-Key` once and repeats its first answer, as vendors that honour the header do.
"""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from tests.support.moods import NOT_SENT, Mood, Reply, as_json, good, painted, png


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Vendor:
    """What the server knows; its fields may be read and set while it runs."""

    paint: Callable[[str, int, int], bytes] = lambda words, width, height: png(painted(words, width, height))
    read: Callable[[str], str] = lambda question: '{"proposals": []}'
    latency_s: float = 0.0
    looks_needed: int = 1
    picture_url: str = ""
    status_host: str = ""
    hand_out_urls: bool = False
    moods: dict[str, deque[Mood]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    billed: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Reply] = field(default_factory=dict)
    jobs: dict[str, int] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    in_flight: int = 0
    peak: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def will(self, route: str, *moods: Mood) -> None:
        """The next requests of a route (draw, submit, status, cancel, picture, chat) are answered in these moods."""
        self.moods.setdefault(route, deque()).extend(moods)

    def asked(self, path: str) -> list[Seen]:
        return [each for each in self.seen if path in each.path]

    def answer(self, request: Seen, base: str) -> Reply:
        """Choose route and mood."""
        route, good_answer = self._route(request, base)
        with self.lock:
            waiting = self.moods.get(route)
            mood = waiting.popleft() if waiting else good
        return mood(good_answer)

    def _route(self, request: Seen, base: str) -> tuple[str, Callable[[], Reply]]:  # noqa: PLR0911 - one a route
        path = request.path
        if path.startswith("/v1/images/"):
            return "draw", lambda: self._once(request, lambda: self._draw(request, base))
        if path == "/v1/chat/completions":
            return "chat", lambda: self._chat(request)
        if path == "/v3/images/generate-async":
            return "submit", lambda: self._once(request, lambda: self._submit(request, base))
        if path.startswith("/v3/status/"):
            return "status", lambda: self._status(path.rpartition("/")[2], base)
        if path.startswith("/v3/cancel/"):
            return "cancel", lambda: self._cancel(path.rpartition("/")[2])
        if path.startswith("/pictures/"):
            return "picture", lambda: Reply(200, self.pictures[path.rpartition("/")[2]], "image/png")
        return "unknown", lambda: as_json({"error": {"code": "not_found", "message": "no such path"}}, 404)

    def _once(self, request: Seen, work: Callable[[], Reply]) -> Reply:
        """Bills a key once, and repeats its answer."""
        key = request.headers.get("idempotency-key", f"none-{len(self.seen)}")
        with self.lock:
            if key not in self.answers:
                self.billed[key] += 1
                self.answers[key] = work()
            return self.answers[key]

    def _draw(self, request: Seen, base: str) -> Reply:
        asked = json.loads(request.body) if b"{" in request.body[:1] else {"prompt": "edited", "size": "64x64"}
        width, height = (int(side) for side in asked["size"].split("x"))
        data = self.paint(asked["prompt"], width, height)
        if self.hand_out_urls:
            return as_json({"data": [{"url": self._shown(data, base)}]})
        return as_json({"created": 1, "data": [{"b64_json": base64.b64encode(data).decode()}]})

    def _chat(self, request: Seen) -> Reply:
        text = self.read(json.loads(request.body)["messages"][-1]["content"])
        return as_json({"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]})

    def _shown(self, data: bytes, base: str) -> str:
        name = hashlib.sha256(data).hexdigest()[:16]
        self.pictures[name] = data
        return self.picture_url or f"{base}/pictures/{name}?signature=signed-and-secret"

    def _submit(self, request: Seen, base: str) -> Reply:
        asked, number = json.loads(request.body), f"urn:job:{len(self.jobs)}"
        self.jobs[number] = 0
        size = asked["size"]
        self.answers[number] = as_json(
            {"image": self._shown(self.paint(asked["prompt"], size["width"], size["height"]), base)}
        )
        host = self.status_host or base
        told = {"statusUrl": f"{host}/v3/status/{number}", "cancelUrl": f"{host}/v3/cancel/{number}"}
        return as_json({"jobId": number, **told}, 202)

    def _status(self, number: str, base: str) -> Reply:
        with self.lock:
            self.jobs[number] += 1
            done = self.jobs[number] > self.looks_needed
        if not done:
            return as_json({"jobId": number, "status": "running"})
        url = json.loads(self.answers[number].body)["image"]
        return as_json({"jobId": number, "status": "succeeded", "result": {"outputs": [{"image": {"url": url}}]}})

    def _cancel(self, number: str) -> Reply:
        self.cancelled.append(number)
        return as_json({"jobId": number, "status": "canceled"})


class MisbehavingServer:
    """`with MisbehavingServer() as server`: listens on a free port of 127.0.0.1 until the block ends.

    With a PEM file of certificate and key it speaks TLS.
    """

    def __init__(self, pem: Path | None = None) -> None:
        self.vendor, self.scheme = Vendor(), "https" if pem else "http"
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.vendor))
        self._http.daemon_threads = True
        if pem:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _pieces(reply: Reply) -> list[bytes]:
    body = reply.body if reply.sent is None else reply.body[: reply.sent]
    length = len(body) // 20 + 1 if reply.pause_s else len(body) or 1
    return [body[start : start + length] for start in range(0, len(body), length)]


def _handler(vendor: Vendor) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one class, with a method for each verb
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Requests are in `vendor.seen`."""

        def do_POST(self) -> None:
            with vendor.lock:
                vendor.in_flight += 1
                vendor.peak = max(vendor.peak, vendor.in_flight)
            try:
                reply = self._chosen()
            finally:
                with vendor.lock:
                    vendor.in_flight -= 1
            self._send(reply)

        def do_GET(self) -> None:
            self._send(self._chosen())

        do_PUT = do_GET  # noqa: N815 - the name is the base class's

        def _chosen(self) -> Reply:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            path = self.path.partition("?")[0]
            request = Seen(self.command, path, {name.lower(): text for name, text in self.headers.items()}, body)
            with vendor.lock:
                vendor.seen.append(request)
            if self.command == "POST":
                time.sleep(vendor.latency_s)
            address, port = self.server.server_address[:2]
            return vendor.answer(request, f"http://{address!s}:{port}")

        def _send(self, reply: Reply) -> None:
            self.close_connection = reply.sent is not None
            if reply.sent == NOT_SENT:
                return
            self.send_response(reply.status)
            headers = (("Content-Type", reply.kind), ("Content-Length", str(len(reply.body))), *reply.headers)
            for name, text in headers:
                self.send_header(name, text)
            self.end_headers()
            try:
                for piece in _pieces(reply):
                    self.wfile.write(piece)
                    time.sleep(reply.pause_s)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client gave up waiting, as it should

    return Handler
