"""Rates of work: what a unit of each kind of work cost, from sums that can be merged in any order.

An observation is one object on which the work was done: its units, such as 1 picture or 240 frames, and what was spent
on it. All sums are whole numbers, so that the rates of a campaign do not depend on the order in which they were added.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

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
class AmountSums:
    """Sums of one measure over observations; `products` are of units and amount."""

    amount: int = 0
    amount_squared: int = 0
    products: int = 0

    def __add__(self, other: AmountSums) -> AmountSums:
        return AmountSums(
            self.amount + other.amount, self.amount_squared + other.amount_squared, self.products + other.products
        )


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


@dataclass
class Rate:
    """Sums over the observations of one kind of work. A measure that is absent from `amounts` was 0 throughout."""

    count: int = 0
    units: int = 0
    units_squared: int = 0
    amounts: dict[str, AmountSums] = field(default_factory=dict)

    def add(self, spent: Spent, units: int = 1) -> None:
        """Add one observation."""
        self.count += 1
        self.units += units
        self.units_squared += units * units
        for measure in MEASURES:
            if amount := getattr(spent, measure):
                self._add(measure, AmountSums(amount, amount * amount, units * amount))

    def merge(self, other: Rate) -> None:
        """Add all observations of another rate of the same work."""
        self.count += other.count
        self.units += other.units
        self.units_squared += other.units_squared
        for measure, sums in other.amounts.items():
            self._add(measure, sums)

    def _add(self, measure: str, sums: AmountSums) -> None:
        self.amounts[measure] = self.amounts.get(measure, AmountSums()) + sums

    def mean(self, measure: str) -> float:
        """Return the amount for one unit: the quotient of the sums; 0 without observations."""
        return self.amounts[measure].amount / self.units if self.units and measure in self.amounts else 0.0

    def scatter_squared(self, measure: str) -> float:
        """Return the variance of one observation about the amount that its units let expect.

        A single observation shows no scatter; its whole amount is taken, so that little is promised from it.
        """
        sums = self.amounts.get(measure)
        if sums is None or not self.units:
            return 0.0
        if self.count == 1:
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


@dataclass
class Rates:
    """Rates by kind of work."""

    by_kind: dict[WorkKind, Rate] = field(default_factory=dict)

    def add(self, kind: WorkKind, spent: Spent, units: int = 1) -> None:
        """Add one observation."""
        self.by_kind.setdefault(kind, Rate()).add(spent, units)

    def merge(self, other: Rates) -> None:
        """Add all observations of other rates."""
        for kind, rate in other.by_kind.items():
            self.by_kind.setdefault(kind, Rate()).merge(rate)

    def as_json(self) -> list[dict[str, Any]]:
        """Return a plain map for each kind of work, sorted."""
        return [
            {
                **asdict(kind),
                "count": (rate := self.by_kind[kind]).count,
                "units": rate.units,
                "units_squared": rate.units_squared,
                "amounts": {measure: asdict(rate.amounts[measure]) for measure in sorted(rate.amounts)},
            }
            for kind in sorted(self.by_kind)
        ]


def merge_rates(items: Iterable[Rates]) -> Rates:
    """Return the sum of any number of rates."""
    merged = Rates()
    for each in items:
        merged.merge(each)
    return merged


def rates_from_json(raw: Iterable[Mapping[str, Any]]) -> Rates:
    """Return rates from their plain maps."""
    return Rates(
        {
            WorkKind(each["work"], each["subject"]): Rate(
                each["count"],
                each["units"],
                each["units_squared"],
                {measure: AmountSums(**sums) for measure, sums in each["amounts"].items()},
            )
            for each in raw
        }
    )
