"""Waits for what other threads and processes do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(true: Callable[[], Any], seconds: float = 90.0, every_s: float = 0.2) -> Any:
    """What `true` returns, once it is true; it is asked often at first, and then every so many seconds."""
    ends, pause_s = time.monotonic() + seconds, every_s / 16
    while not (found := true()):
        if time.monotonic() > ends:
            raise AssertionError(f"{true} did not come true in {seconds} s")
        time.sleep(pause_s)
        pause_s = min(every_s, 1.5 * pause_s)
    return found
