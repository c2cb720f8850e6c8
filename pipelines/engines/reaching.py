"""Waiting for a job server to answer: what is waited for is said at once, and there is an end to it."""

from __future__ import annotations

import logging
import socket
import time

FIRST_WORD_S = 1.0
WORD_EVERY_S = 15.0
TRY_S = 1.0
log = logging.getLogger("foundry.engines")


def wait_until_reachable(what: str, endpoint: str, patience_s: float) -> str:
    """Wait for gRPC at host:port; return "" once it answers, or after `patience_s` seconds why it does not.

    From the first second on, the log says what is waited for, why, and how much longer.
    """
    import grpc

    began = time.monotonic()
    said_at = began + FIRST_WORD_S - WORD_EVERY_S
    with grpc.insecure_channel(endpoint) as channel:
        ready = grpc.channel_ready_future(channel)
        while True:
            left = began + patience_s - time.monotonic()
            try:
                ready.result(timeout=max(0.1, min(TRY_S, left)))
            except grpc.FutureTimeoutError:
                why = _connection_fault(endpoint)
            else:
                return ""
            now = time.monotonic()
            if now >= began + patience_s:
                ready.cancel()
                return why
            if now - said_at >= WORD_EVERY_S:
                said_at = now
                left = began + patience_s - now
                log.warning("waiting for %s %s (%s); giving up in %.0f s", what, endpoint, why, left)


def _connection_fault(endpoint: str) -> str:
    """Return in words why no service of gRPC answers at host:port."""
    host, _, port = endpoint.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=TRY_S).close()
    except TimeoutError:
        return "no answer"
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return "something answers, but it is no job server"
