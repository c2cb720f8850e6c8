"""A part of a plan: a run of its shots that is made for itself, so that a huge campaign never holds up the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder

SHOT_COST = 10
"""A shot takes about as long as ten files do, on a CPU and on an accelerator with CPUs to match."""


@dataclass(frozen=True)
class Part(Plan):
    """The plan with only the shots `first` to `stop`, in the plan's own order; names and digest are the plan's."""

    first: int = 0
    stop: int = 0

    def shots(self) -> Iterator[ShotOrder]:
        """The part's shots."""
        return islice(super().shots(), self.first, self.stop)

    @property
    def name(self) -> str:
        """Tells the parts of one plan apart."""
        return f"{self.first:09d}-{self.stop:09d}"

    def __getstate__(self) -> dict[str, object]:
        return {**super().__getstate__(), "first": self.first, "stop": self.stop}


def cost_of(plan: Plan) -> int:
    """What a whole plan costs to make, in files."""
    return plan.variant_count + SHOT_COST * plan.shot_count


def unit_of(plan: Plan) -> int:
    """How many shots stay together: alternatives are compared with one another, and a film shows all scenes."""
    filmed = any(placement.motion for placement in plan.placements)
    return plan.brief.alternatives * (len(plan.scenes) * len(plan.sides) if filmed else 1)


def parts_of(plan: Plan, most: int) -> tuple[tuple[int, int], ...]:
    """(first, stop) of parts that cost at most `most` files each, or one unit where that alone costs more."""
    unit, total = unit_of(plan), plan.shot_count
    a_shot = -(-cost_of(plan) // total)
    step = max(1, most // (a_shot * unit)) * unit
    return tuple((first, min(first + step, total)) for first in range(0, total, step))


def part(plan: Plan, first: int, stop: int) -> Part:
    """One part of a plan."""
    return Part(plan.brief, plan.tenant, plan.cards, plan.pictures, plan.placements, plan.sounds, first, stop)
