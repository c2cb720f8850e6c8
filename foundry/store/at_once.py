"""Many requests to a store at once, in order, with a bounded number in flight."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from foundry.store.object_store import ASKED_AT_ONCE, ObjectStore

Item = TypeVar("Item")
Found = TypeVar("Found")
THREADS = 16


def map_at_once(act: Callable[[Item], Found], items: Iterable[Item]) -> Iterator[Found]:
    """Yield what `act` returns for each item, in order; threads work at most a few dozen items ahead of the reader.

    The first error rises, and no further item is begun.
    """
    waiting: deque[Future[Found]] = deque()
    with ThreadPoolExecutor(THREADS, "at-once") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(act, item))
                if len(waiting) == ASKED_AT_ONCE:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def remove_each(own: ObjectStore, names: Iterable[str]) -> None:
    """Remove views, many at once; names without an object are left out."""
    for _ in map_at_once(own.remove, names):
        pass
