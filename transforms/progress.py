"""Counts of what this process has finished, for progress bars; Beam's own metrics arrive only at the end."""

from __future__ import annotations

import threading
from collections import Counter

_lock = threading.Lock()
_counts: Counter[str] = Counter()


def advance(what: str, by: int = 1) -> None:
    """Note that `by` more of `what` are done."""
    with _lock:
        _counts[what] += by


def counts() -> dict[str, int]:
    """What is done so far."""
    with _lock:
        return dict(_counts)


def reset() -> None:
    """Begin again, for the next run in this process."""
    with _lock:
        _counts.clear()
