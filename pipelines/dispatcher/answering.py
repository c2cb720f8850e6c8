"""Liveness, readiness and metrics over HTTP: /live, /ready, /metrics. Nothing else is served."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipelines.dispatcher.metrics import Metrics

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Health:
    """Is the loop alive, and does it take briefs. `stuck_s` is how long one pass of the loop may take."""

    stuck_s: float = 120.0
    reasons: tuple[str, ...] = ("not joined yet",)
    """Why no briefs are taken; empty while they are."""
    _beat: float = field(default_factory=time.monotonic)

    def beat(self) -> None:
        """The loop went round."""
        self._beat = time.monotonic()

    @property
    def alive(self) -> bool:
        return time.monotonic() - self._beat < self.stuck_s


@contextmanager
def serve_health(host: str, port: int, health: Health, metrics: Metrics) -> Iterator[int]:
    """Serve while the block runs; gives the port, which is a free one for port 0."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = _answer(self.path, health, metrics)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Probes come every few seconds; they are not news."""

    server = ThreadingHTTPServer((host, port), Handler)
    thread = threading.Thread(target=server.serve_forever, name="http", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(path: str, health: Health, metrics: Metrics) -> tuple[int, str, bytes]:
    if path == "/metrics":
        return 200, EXPOSITION, metrics.text()
    if path == "/live":
        return (200, "text/plain", b"alive\n") if health.alive else (503, "text/plain", b"the loop is stuck\n")
    if path == "/ready":
        why = health.reasons
        return (503, "text/plain", f"{'; '.join(why)}\n".encode()) if why else (200, "text/plain", b"ready\n")
    return 404, "text/plain", b"there are /live, /ready and /metrics\n"
