"""The moment at which this thread's exchange ends, whatever its server does.

A timeout of a client counts from the last byte; a server that sends one byte after the other, of a head for instance,
can hold a thread for days. `connectors.http.public_transport` asks for the time that is left before each read.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_until: ContextVar[float] = ContextVar("until", default=math.inf)


@contextmanager
def ending_in(seconds: float) -> Iterator[None]:
    """Let the exchange in this block end after so many seconds of the machine's clock, or with the block around it."""
    token = _until.set(min(time.monotonic() + seconds, _until.get()))
    try:
        yield
    finally:
        _until.reset(token)


def left_s() -> float:
    """Return the seconds that this thread's exchange has left; infinite outside one, not positive after its end."""
    return _until.get() - time.monotonic()
