"""Counts of what this process has finished, for progress bars; Beam's own metrics arrive only at the end."""

from __future__ import annotations

import threading
from collections import Counter

_lock = threading.Lock()
_counts: Counter[tuple[str, str]] = Counter()


def advance(what: str, by: int = 1, *, plan: str = "") -> None:
    """Note that `by` more of `what` are done, and of which plan."""
    with _lock:
        _counts[what, plan] += by


def counts(plan: str | None = None) -> dict[str, int]:
    """What is done so far, of one plan or of all."""
    found: Counter[str] = Counter()
    with _lock:
        for (what, whose), number in _counts.items():
            if plan is None or plan == whose:
                found[what] += number
    return dict(found)


def reset() -> None:
    """Begin again, for the next run in this process."""
    with _lock:
        _counts.clear()
