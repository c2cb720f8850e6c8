"""Liveness, readiness and metrics over HTTP: /live, /ready, /metrics and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Protocol

from pipelines.dispatcher.health import Health

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
MOST_REASON_CHARACTERS = 2000


class ShownMetrics(Protocol):
    """The metrics of a process, as they are shown over HTTP."""

    def watch(self, health: Health) -> None:
        """Compute what depends on this state from it, whenever it is asked for."""

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus's text format 0.0.4."""


class _Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes


@contextmanager
def serve_probes(host: str, port: int, health: Health, metrics: ShownMetrics) -> Iterator[int]:
    """Serve while the block runs; yield the port, which is a free one for port 0."""
    metrics.watch(health)

    class ProbeHandler(BaseHTTPRequestHandler):
        timeout = 10.0  # seconds that one client may take to ask

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


def _answer(path: str, health: Health, metrics: ShownMetrics) -> _Answer:
    if path == "/metrics":
        return _Answer(200, EXPOSITION, metrics.exposition())
    if path == "/live":
        return _text(200, "alive") if health.alive else _text(503, "the loop is stuck")
    if path == "/ready":
        reasons = "; ".join(health.reasons)[:MOST_REASON_CHARACTERS]
        return _text(503, reasons) if reasons else _text(200, "ready")
    return _text(404, "there are /live, /ready and /metrics")


def _text(status: int, line: str) -> _Answer:
    return _Answer(status, "text/plain; charset=utf-8", f"{line}\n".encode())
