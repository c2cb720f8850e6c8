"""Counts of finished work in this process, for progress bars; Beam's own metrics arrive only at the end of a run."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict


class ProgressCounts:
    """Counts of finished work by kind, in total and by plan; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._totals: Counter[str] = Counter()
        self._by_plan: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def advance(self, kind: str, by: int = 1, *, plan: str = "") -> None:
        """Add `by` to the count of a kind of work, and to the plan's if its digest is given."""
        with self._lock:
            self._totals[kind] += by
            if plan:
                self._by_plan[plan][kind] += by

    def counts(self, plan: str = "") -> dict[str, int]:
        """Return the counts by kind, of all plans or of the plan with this digest."""
        with self._lock:
            return dict(self._by_plan.get(plan, Counter()) if plan else self._totals)

    def reset(self) -> None:
        """Set all counts to zero, for the next run in this process."""
        with self._lock:
            self._totals.clear()
            self._by_plan.clear()


_of_this_process = ProgressCounts()
"""The counts that the stages of this process share; a run resets them when it starts."""

advance, counts, reset = _of_this_process.advance, _of_this_process.counts, _of_this_process.reset
