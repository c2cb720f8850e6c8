"""Liveness, readiness and metrics over HTTP: /live, /ready, /metrics and nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from pipelines.dispatcher.metrics import Metrics

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Health:
    """The state that /live and /ready report. `stuck_s`: one pass of the loop may take this long."""

    stuck_s: float = 120.0
    reasons: tuple[str, ...] = ("not joined yet",)
    """The reason why no briefs are taken; empty while they are."""
    _last_beat: float = field(default_factory=time.monotonic)

    def beat(self) -> None:
        """Note that the loop made a pass."""
        self._last_beat = time.monotonic()

    @property
    def alive(self) -> bool:
        """True while the last pass of the loop is at most `stuck_s` ago."""
        return time.monotonic() - self._last_beat < self.stuck_s


class _Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes


@contextmanager
def serve_health(host: str, port: int, health: Health, metrics: Metrics) -> Iterator[int]:
    """Serve while the block runs; yield the port, which is a free one for port 0."""

    class ProbeHandler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = _answer(self.path, health, metrics)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's names
            """Log nothing: probes come every few seconds."""

    server = ThreadingHTTPServer((host, port), ProbeHandler)
    thread = threading.Thread(target=server.serve_forever, name="http", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(path: str, health: Health, metrics: Metrics) -> _Answer:
    if path == "/metrics":
        return _Answer(200, EXPOSITION, metrics.exposition())
    if path == "/live":
        return _text(200, "alive") if health.alive else _text(503, "the loop is stuck")
    if path == "/ready":
        return _text(503, "; ".join(health.reasons)) if health.reasons else _text(200, "ready")
    return _text(404, "there are /live, /ready and /metrics")


def _text(status: int, line: str) -> _Answer:
    return _Answer(status, "text/plain", f"{line}\n".encode())
