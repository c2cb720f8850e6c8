"""Signals that end a serving process: the first one drains it, a second one ends it at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


@contextmanager
def draining_on_signals(draining: threading.Event) -> Iterator[None]:
    """Set `draining` at SIGTERM or SIGINT while the block runs. Python delivers signals to the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def drain_or_exit(number: int, _frame: FrameType | None) -> None:
        if draining.is_set():
            os._exit(128 + number)
        draining.set()

    before = {number: signal.signal(number, drain_or_exit) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            with suppress(ValueError):
                signal.signal(number, handler)
