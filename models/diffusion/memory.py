"""Batches that shrink when memory runs out, without loss or change of order."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from typing import TypeVar

Request = TypeVar("Request")
Result = TypeVar("Result")


def out_of_memory(error: BaseException) -> bool:
    """Return whether an exception says that a device, or this machine, has no memory left."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    words = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in words or "can't allocate memory" in words)


def release() -> None:
    """Give freed memory back to the device."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def draw_in_fitting_batches(
    requests: Sequence[Request], most: int, draw: Callable[[Sequence[Request]], list[Result]]
) -> tuple[list[Result], int]:
    """Return the results of `draw` for all requests, in order, and the batch size that memory allowed.

    A batch that does not fit is halved and tried again; one alone that does not fit raises what it raised.
    """
    made: list[Result] = []
    while len(made) < len(requests):
        batch = requests[len(made) : len(made) + most]
        smaller = 0
        try:
            made += draw(batch)
        except Exception as error:
            if len(batch) == 1 or not out_of_memory(error):
                raise
            smaller = len(batch) // 2
        if smaller:  # only now: the exception held on to the failed batch's tensors
            most = smaller
            release()
    return made, most
