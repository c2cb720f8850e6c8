"""A local AEM as a Cloud Service, or one of the older versions, that follows the published protocols and misbehaves.

Requests, by the pages that describe them: folders (Assets HTTP API), initiateUpload.json, parts and completeUpload.json
(direct binary upload), createasset.html (the requests that @adobe/httptransfer sends), Sling's default GET and POST
servlets, Query Builder, and an OAuth token.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.connectors.aem_repository import Asset, Refused, Repository
from tests.connectors.aem_requests import GOOD, METADATA, RENDITION, Mood, Seen, multipart, step_of
from tests.connectors.conformance import SECRET


@dataclass
class AemServer:
    """The instance; it can be stopped and started again with what it holds, on the same port.

    now: seconds since 1970. latency_s: of each answer. most_per_second: requests that it works on; those beyond are
    refused as too many, with a second's pause; 0 for no limit. token_life: requests after which an OAuth token has
    ended; None for never.
    """

    repository: Repository = field(default_factory=Repository)
    moods: dict[str, deque[Mood]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    now: Callable[[], float] = time.time
    latency_s: float = 0.0
    most_per_second: int = 0
    window: tuple[float, int] = (0.0, 0)
    locked: bool = False
    token_life: int | None = None
    tokens: dict[str, int] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    port: int = 0
    in_flight: int = 0
    _running: tuple[ThreadingHTTPServer, threading.Thread] | None = None

    def start(self) -> None:
        """Listen."""
        service = ThreadingHTTPServer(("127.0.0.1", self.port), _Handler)
        service.daemon_threads, service.instance = True, self  # type: ignore[attr-defined]
        self.port = service.server_port
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self._running = service, thread

    def stop(self) -> None:
        """Listen no more; connections that are open are ended at their next request."""
        if self._running is not None:
            service, thread = self._running
            self._running = None
            service.shutdown()
            service.server_close()
            thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        return self._running is not None

    def will(self, step: str, *moods: Mood) -> None:
        """Let the next requests of a step be answered so: folder, initiate, part, complete, servlet, metadata, …"""
        self.moods.setdefault(step, deque()).extend(moods)

    def asked(self, step: str) -> list[Seen]:
        return [each for each in self.seen if each.step == step]

    def steps(self) -> Counter[str]:
        return Counter(each.step for each in self.seen)

    def contents(self) -> dict[str, bytes]:
        """Return the bytes of the assets in use, by path."""
        with self.lock:
            return dict(self.repository.in_use(datetime.fromtimestamp(self.now(), UTC)))

    def asset(self) -> Asset:
        """Return the only asset."""
        (only,) = self.repository.assets.values()
        return only

    def accepts(self, authorization: str) -> bool:
        """Return whether a request is signed by the user, or by a token that has not ended."""
        if self.locked:
            return False
        if authorization == "Basic " + base64.b64encode(f"admin:{SECRET}".encode()).decode():
            return True
        token = authorization.removeprefix("Bearer ")
        if token == SECRET:
            return True
        if token not in self.tokens:
            return False
        self.tokens[token] += 1
        return self.token_life is None or self.tokens[token] <= self.token_life

    def mood(self, step: str) -> Mood:
        """Return what becomes of the next request of a step."""
        if waiting := self.moods.get(step):
            return waiting.popleft()
        if self.most_per_second:
            began, count = self.window
            self.window = (began, count + 1) if time.monotonic() - began < 1 else (time.monotonic(), 1)
            if self.window[1] > self.most_per_second:
                return Mood(status=429, retry_after="1", slow_s=self.latency_s)
        return Mood(slow_s=self.latency_s) if self.latency_s else GOOD

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """Return the answer to a request for a token."""
        if self.locked or form.get("client_secret") != SECRET:
            raise Refused(401, "invalid_client")
        name = f"token-{len(self.tokens) + 1}"
        self.tokens[name] = 0
        return {"access_token": name, "token_type": "bearer", "expires_in": 86_399}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together; otherwise each answer waits for an acknowledgement
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, *arguments: object) -> None:
        """Write nothing."""

    @property
    def instance(self) -> AemServer:
        return self.server.instance  # type: ignore[attr-defined]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = unquote(urlsplit(self.path).path)
        step, instance = step_of(self.command, path), self.instance
        if not instance.running:
            self.close_connection = True
            return
        with instance.lock:
            instance.in_flight += 1
            mood = instance.mood(step)
        time.sleep(mood.slow_s)
        status, kind, data = 0, "text/plain", b"something is wrong"
        with instance.lock:
            for _ in range((1 + mood.twice) * mood.works):
                status, kind, data = self._do(step, path, body)
            instance.in_flight -= 1
        status = mood.status or status
        instance.seen.append(Seen(step, self.command, path, "Authorization" in self.headers, 0 if mood.cut else status))
        if mood.cut:
            self.close_connection = True
            return
        self.send_response(status)
        if mood.retry_after:
            self.send_header("Retry-After", mood.retry_after)
        if self.close_connection:
            self.send_header("Connection", "close")  # as RFC 9112 (9.6) asks; Node.js keeps the connection otherwise
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Request-Id", f"request-{len(instance.seen)}")
        self.end_headers()
        self.wfile.write(data)

    def _do(self, step: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        if step not in ("part", "token") and not self.instance.accepts(self.headers.get("Authorization", "")):
            return 401, "text/html", b"<html>sign in</html>"
        try:
            done = getattr(self, f"_{step}")(path, body)
        except Refused as refused:
            return refused.status, "text/html", refused.words.encode()
        if isinstance(done, bytes):
            return 200, "image/jpeg", done
        status, value = done
        return status, "application/json;charset=utf-8", json.dumps(value).encode()

    def _token(self, path: str, body: bytes) -> Any:
        return 200, self.instance.token(dict(parse_qsl(body.decode())))

    def _folder(self, path: str, body: bytes) -> Any:
        asked = json.loads(body)
        assert asked["class"] == "assetFolder"
        self.instance.repository.make_folder("/content/dam" + path.removeprefix("/api/assets"))
        return 201, {"properties": {"title": asked["properties"].get("jcr:title", "")}}

    def _initiate(self, path: str, body: bytes) -> Any:
        form = parse_qsl(body.decode(), keep_blank_values=True)
        names = [value for name, value in form if name == "fileName"]
        sizes = [int(value) for name, value in form if name == "fileSize"]
        files = list(zip(names, sizes, strict=True))
        folder = path.removesuffix(".initiateUpload.json")
        return 201, self.instance.repository.initiate(folder, files, f"{self.instance.url}/blob")

    def _part(self, path: str, body: bytes) -> Any:
        if "Authorization" in self.headers or "Cookie" in self.headers:
            raise Refused(400, "an upload URI is signed already")
        _, _, token, number = path.split("/")
        if f"sig=signature-{token}" not in self.path:
            raise Refused(403, "the signature is wrong")
        self.instance.repository.put_part(token, int(number), body)
        return 201, {}

    def _complete(self, path: str, body: bytes) -> Any:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        self.instance.repository.complete(path.removesuffix(".completeUpload.json"), form)
        return 200, {}

    def _servlet(self, path: str, body: bytes) -> Any:
        fields = multipart(self.headers["Content-Type"].partition("boundary=")[2].strip('"').encode(), body)
        place = None
        if "file@Offset" in fields:
            named = ("file@Offset", "chunk@Length", "file@Length")
            offset, length, size = (int(fields[name][1]) for name in named)
            if self.headers.get("x-chunked-total-size") != str(size):
                raise Refused(400, "x-chunked-total-size is missing")
            place = offset, length, size
        name, data = fields["file"]
        self.instance.repository.chunk(path.removesuffix(".createasset.html"), name, data, place)
        return 200, {}

    def _metadata(self, path: str, body: bytes) -> Any:
        form = parse_qsl(body.decode(), keep_blank_values=True)
        self.instance.repository.write(path.removesuffix(METADATA), form)
        return 200, {"status.code": 200}

    def _query(self, path: str, body: bytes) -> Any:
        return 200, self.instance.repository.query(dict(parse_qsl(urlsplit(self.path).query)))

    def _look(self, path: str, body: bytes) -> Any:
        return 200, self.instance.repository.describe(path.removesuffix(".2.json"))

    def _original(self, path: str, body: bytes) -> Any:
        return self.instance.repository.seen(path.removesuffix(RENDITION)).data

    def _unknown(self, path: str, body: bytes) -> Any:
        raise Refused(404, f"no resource at {path}")


@contextmanager
def aem_server() -> Iterator[AemServer]:
    """Let an instance run for the block."""
    server = AemServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
