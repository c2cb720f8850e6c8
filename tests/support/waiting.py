"""Waits for what other threads and processes do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(true: Callable[[], Any], seconds: float = 90.0, every_s: float = 0.2) -> Any:
    """What `true` returns, once it is true; it is asked every so many seconds."""
    ends = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > ends:
            raise AssertionError(f"{true} did not come true in {seconds} s")
        time.sleep(every_s)
    return found
