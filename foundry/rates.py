"""Rates of work: what a unit of each kind of work cost, from sums that can be added in any order.

An observation is one object on which the work was done: its units, such as 1 picture or 240 frames, and what was spent
on it. All sums are whole numbers, so that the rates of a campaign do not depend on the order in which they were added.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from foundry.spent import AMOUNTS, Spent

MEASURES = ("accelerator_us", "processor_us", *AMOUNTS)
"""What is measured of each kind of work: properties and fields of `foundry.spent.Spent`."""


@dataclass(frozen=True, order=True)
class WorkKind:
    """A kind of work: the work, such as `draw` or `file`, and its subject, such as a card and a bucket or a placement.

    It costs the same for each unit, but for scatter.
    """

    work: str
    subject: str


@dataclass(frozen=True)
class MeasureSums:
    """Sums of one measure over observations; `products` are of units and amount."""

    measure: str
    amount: int = 0
    amount_squared: int = 0
    products: int = 0


@dataclass(frozen=True)
class Expected:
    """An expected amount, and the variance of its error."""

    amount: float = 0.0
    variance: float = 0.0

    @property
    def error(self) -> float:
        """The standard error of the amount."""
        return math.sqrt(self.variance)

    def __add__(self, other: Expected) -> Expected:
        return Expected(self.amount + other.amount, self.variance + other.variance)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Sums over the observations of one kind of work. A measure that is absent from `amounts` was 0 throughout."""

    work: str
    subject: str
    count: int = 0
    units: int = 0
    units_squared: int = 0
    amounts: tuple[MeasureSums, ...] = ()

    @property
    def kind(self) -> WorkKind:
        """The kind of work."""
        return WorkKind(self.work, self.subject)

    def sums(self, measure: str) -> MeasureSums:
        """Return the sums of a measure."""
        return next((each for each in self.amounts if each.measure == measure), MeasureSums(measure))

    def mean(self, measure: str) -> float:
        """Return the amount for one unit: the quotient of the sums; 0 without observations."""
        return self.sums(measure).amount / self.units if self.units else 0.0

    def scatter_squared(self, measure: str) -> float:
        """Return the variance of one observation about the amount that its units let expect.

        A single observation shows no scatter; its whole amount is taken, so that little is promised from it.
        """
        sums = self.sums(measure)
        if self.count < 2:
            return float(sums.amount**2)
        # Whole numbers until the last division: differences of large sums lose their digits in floating point.
        scaled = (
            sums.amount_squared * self.units**2
            - 2 * sums.products * sums.amount * self.units
            + self.units_squared * sums.amount**2
        )
        return scaled / (self.units**2 * (self.count - 1))

    def standard_error(self, measure: str) -> float:
        """Return the standard error of `mean`, that of a ratio of sums (Cochran, Sampling Techniques, chapter 6)."""
        return math.sqrt(self.scatter_squared(measure) * self.count) / self.units if self.units else 0.0

    def expect(self, measure: str, count: int, units: int) -> Expected:
        """Return what `count` further objects, of `units` together, will cost.

        The variance is that of the rate, and the scatter of the new objects themselves.
        """
        of_rate = (units * self.standard_error(measure)) ** 2
        return Expected(units * self.mean(measure), of_rate + count * self.scatter_squared(measure))


def observe(kind: WorkKind, spent: Spent, units: int = 1) -> Rate:
    """Return the sums over one observation."""
    found = ((measure, getattr(spent, measure)) for measure in sorted(MEASURES))
    amounts = tuple(
        MeasureSums(measure, amount, amount * amount, units * amount) for measure, amount in found if amount
    )
    return Rate(
        work=kind.work, subject=kind.subject, count=1, units=units, units_squared=units * units, amounts=amounts
    )


@dataclass
class _Sums:
    """The sums of one kind of work while they grow: count, units and their squares; and by measure."""

    counts: list[int] = field(default_factory=lambda: [0, 0, 0])
    amounts: dict[str, list[int]] = field(default_factory=dict)

    def add(self, rate: Rate) -> None:
        _add_each(self.counts, (rate.count, rate.units, rate.units_squared))
        for each in rate.amounts:
            sums = self.amounts.setdefault(each.measure, [0, 0, 0])
            _add_each(sums, (each.amount, each.amount_squared, each.products))


def _add_each(sums: list[int], more: tuple[int, ...]) -> None:
    for at, number in enumerate(more):
        sums[at] += number


def add_rates(items: Iterable[Rate]) -> tuple[Rate, ...]:
    """Return one rate for each kind of work, sorted; memory does not grow with the number of observations."""
    found: dict[WorkKind, _Sums] = {}
    for item in items:
        found.setdefault(item.kind, _Sums()).add(item)
    return tuple(_rate(kind, found[kind]) for kind in sorted(found))


def _rate(kind: WorkKind, sums: _Sums) -> Rate:
    count, units, squared = sums.counts
    amounts = tuple(MeasureSums(measure, *sums.amounts[measure]) for measure in sorted(sums.amounts))
    return Rate(work=kind.work, subject=kind.subject, count=count, units=units, units_squared=squared, amounts=amounts)
