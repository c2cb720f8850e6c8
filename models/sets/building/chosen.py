"""Measures that a seed chooses, each by its own name, so that a new measure changes no other."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.names import seed_of
from foundry.sets.set_file import Measure


@dataclass(frozen=True)
class Chooser:
    """Chooses measures by a seed; the same name has the same answer."""

    seed: int

    def share(self, name: str) -> float:
        """Return a number in [0, 1) for a name."""
        return seed_of(f"{self.seed}/{name}", 0) % 2**32 / 2**32

    def number(self, measure: Measure, name: str) -> float:
        """Return a measure, chosen from its range."""
        if isinstance(measure, tuple):
            low, high = float(measure[0]), float(measure[1])
            return low + (high - low) * self.share(name)
        return float(measure)

    def chance(self, share: float, name: str) -> bool:
        """Return True in this share of all seeds."""
        return self.share(name) < share
