"""Protection from encoders that raise their own scheduling priority."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def same_priority() -> Iterator[None]:
    """Restore the calling thread's scheduling policy when the block ends.

    SVT-AV1, when it may (as root, in a container), makes the thread that opens it a real-time one of the highest
    priority, and threads that it starts later inherit that: on two cores nothing else would run beside them.
    """
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    policy, given = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        if os.sched_getscheduler(0) != policy:
            os.sched_setscheduler(0, policy, given)
