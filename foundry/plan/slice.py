"""Slices of a plan: runs of its shots that are made one after another, so that a huge campaign holds up no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder

SHOT_COST = 10
"""The time that one shot takes, in files: about ten, on a CPU and on an accelerator with fitting CPUs."""


@dataclass(frozen=True, kw_only=True)
class PlanSlice(Plan):
    """A plan of which only the shots at positions `first` to before `stop` are made; names and digest are the plan's.

    It is a plan, not a value beside one, since every stage of the flow looks a plan up by its digest.
    """

    first: int = 0
    stop: int = 0

    def shots(self) -> Iterator[ShotOrder]:
        """Yield the slice's shots."""
        return self.shots_between(self.first, self.stop)

    @property
    def subjects_shown(self) -> range:
        """The positions of the subjects that the slice's shots show."""
        shots_each = len(self.scenes) * len(self.sides) * self.brief.alternatives
        return range(self.first // shots_each, -(-min(self.stop, self.shot_count) // shots_each))

    @property
    def name(self) -> str:
        """The name of this slice among those of its plan; names sort as the slices do."""
        return f"{self.first:09d}-{self.stop:09d}"

    def __getstate__(self) -> dict[str, object]:
        return {**super().__getstate__(), "first": self.first, "stop": self.stop}


def plan_cost(plan: Plan) -> int:
    """Return the cost of making a whole plan, in files."""
    return plan.variant_count + SHOT_COST * plan.shot_count


def slice_unit(plan: Plan) -> int:
    """Return the number of shots that stay together: alternatives are compared, and a film shows all scenes."""
    filmed = any(placement.motion for placement in plan.placements)
    return plan.brief.alternatives * (len(plan.scenes) * len(plan.sides) if filmed else 1)


def slice_bounds(plan: Plan, most: int) -> tuple[tuple[int, int], ...]:
    """Return (first, stop) of slices that cost at most `most` files each; one unit may cost more by itself."""
    unit, total = slice_unit(plan), plan.shot_count
    shot_cost = -(-plan_cost(plan) // total)
    step = max(1, most // (shot_cost * unit)) * unit
    return tuple((first, min(first + step, total)) for first in range(0, total, step))


def slice_plan(plan: Plan, first: int, stop: int) -> PlanSlice:
    """Return one slice of a plan. It shares all that was worked out from the plan, so that a further slice is free."""
    _ = plan.content  # everything whose cost grows with the plan goes into it
    inputs = {each.name: getattr(plan, each.name) for each in fields(Plan)}
    made = PlanSlice(**inputs, first=first, stop=stop)
    vars(made).update({**vars(plan), "first": first, "stop": stop})
    return made
