"""The ids of a whole feed, as hashes, to find those that come twice."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from foundry.catalog.judging.columns import Flags


class SeenIds:
    """The ids that were seen, as sorted runs of 64-bit hashes: 8 bytes each, and 8 more while two runs are merged.

    Of a million ids, two share a hash once in 37 million feeds. The hash is Python's own of the text, which differs
    from process to process; so an object of this class stays in the process that made it.
    """

    def __init__(self) -> None:
        self._runs: list[NDArray[np.int64]] = []

    def again(self, ids: Iterable[str], count: int) -> Flags:
        """Return which of some further ids were seen before, or come earlier among these."""
        hashes = np.fromiter(map(hash, ids), np.int64, count)
        new, first = np.unique(hashes, return_index=True)
        twice = np.ones(count, np.bool_)
        twice[first] = False
        known = np.zeros(len(new), np.bool_)
        for run in self._runs:
            at = np.searchsorted(run, new)
            known |= run[np.minimum(at, len(run) - 1)] == new
        twice[first[known]] = True
        self._remember(new[~known])
        return twice

    def _remember(self, run: NDArray[np.int64]) -> None:
        """Add a sorted run; runs at most as long as it are merged into it, so that there are few."""
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.concatenate((self._runs.pop(), run))
            run.sort(kind="stable")
        if len(run):
            self._runs.append(run)
