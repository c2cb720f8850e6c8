"""How much work a piece of code does, counted: the same on a fast machine and on a busy one, as seconds are not."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType


def calls(work: Callable[[], object]) -> int:
    """Of Python and built-in functions, and resumptions of generators, that `work` makes in this thread.

    The garbage collector rests meanwhile: the finalizers that it runs belong to other work.
    """
    count = 0

    def one_more(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()
    sys.setprofile(one_more)
    try:
        work()
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    return count
