"""Counts of what this process has finished, for progress bars; Beam's own metrics arrive only at the end."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict

_lock = threading.Lock()
_counts: Counter[str] = Counter()
_by_plan: defaultdict[str, Counter[str]] = defaultdict(Counter)


def advance(what: str, by: int = 1, *, plan: str = "") -> None:
    """Note that `by` more of `what` are done, for the plan of this digest if one is named."""
    with _lock:
        _counts[what] += by
        if plan:
            _by_plan[plan][what] += by


def counts(plan: str = "") -> dict[str, int]:
    """What is done so far, of all plans or of one."""
    with _lock:
        return dict(_by_plan.get(plan, Counter()) if plan else _counts)


def reset() -> None:
    """Begin again, for the next run in this process."""
    with _lock:
        _counts.clear()
        _by_plan.clear()
