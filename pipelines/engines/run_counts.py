"""The counts of a run as values: what Beam's metrics say about each plan, whichever engine gathered them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from transforms.counting import NAMESPACE

Metrics = Mapping[str, Sequence[Any]]
"""Beam's metrics by kind, as `MetricResults.query` returns them; a metric has one result for each step."""


@dataclass(frozen=True)
class Spread:
    """A distribution: how many values there are, their sum, the smallest and the largest."""

    number: int
    sum: int
    least: int
    most: int

    def __add__(self, other: Spread) -> Spread:
        return Spread(
            self.number + other.number, self.sum + other.sum, min(self.least, other.least), max(self.most, other.most)
        )


@dataclass(frozen=True)
class RunCounts:
    """Amounts and spreads by plan digest, then by kind; those without a plan belong to the empty digest."""

    amounts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    spreads: Mapping[str, Mapping[str, Spread]] = field(default_factory=dict)

    def of(self, plan: str) -> dict[str, int]:
        """Return the amounts of one plan by kind."""
        return dict(self.amounts.get(plan, {}))

    @property
    def total(self) -> dict[str, int]:
        """The amounts of all plans, and of no plan, by kind."""
        sums: Counter[str] = Counter()
        for amounts in self.amounts.values():
            sums.update(amounts)
        return dict(sums)

    def times(self, plan: str = "") -> dict[str, Spread]:
        """Return the spreads of milliseconds by stage, of one plan or of what belongs to none."""
        start = "milliseconds/"
        found = self.spreads.get(plan, {})
        return {name.removeprefix(start): spread for name, spread in found.items() if name.startswith(start)}

    def at_least(self, other: RunCounts) -> RunCounts:
        """Return these counts, with each amount that `other` has higher taken from there."""
        plans = self.amounts.keys() | other.amounts.keys()
        amounts = {plan: _larger(self.amounts.get(plan, {}), other.amounts.get(plan, {})) for plan in plans}
        return RunCounts(amounts, self.spreads or other.spreads)


def _larger(some: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    return {kind: max(some.get(kind, 0), others.get(kind, 0)) for kind in some.keys() | others.keys()}


def attempted_counts(metrics: Metrics) -> RunCounts:
    """Return what was attempted so far: bundles at work count, and so do those that are made again."""
    return _counts(metrics, lambda each: each.committed if each.attempted is None else each.attempted)


def committed_counts(metrics: Metrics) -> RunCounts:
    """Return what was committed, once the run has ended; what was attempted, of an engine that commits no metrics."""
    return _counts(metrics, lambda each: each.attempted if each.committed is None else each.committed)


def _counts(metrics: Metrics, value_of: Callable[[Any], Any]) -> RunCounts:
    amounts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for plan, name, value in _own(metrics["counters"], value_of):
        amounts[plan][name] += value
    spreads: defaultdict[str, dict[str, Spread]] = defaultdict(dict)
    for plan, name, value in _own(metrics["distributions"], value_of):
        if value.min is None or value.max is None:  # of a bundle at work that has counted nothing yet
            continue
        spread = Spread(value.count, value.sum, value.min, value.max)
        spreads[plan][name] = spreads[plan][name] + spread if name in spreads[plan] else spread
    # Unary plus drops what is not above zero: a file that was made ahead is taken off the files found before it is.
    return RunCounts({plan: dict(+kinds) for plan, kinds in amounts.items()}, dict(spreads))


def _own(results: Sequence[Any], value_of: Callable[[Any], Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield the plan's digest, the name and the value of each metric that is this program's; one for each step."""
    for each in results:
        first, _, plan = each.key.metric.namespace.partition("/")
        if first == NAMESPACE:
            yield plan, each.key.metric.name, value_of(each)
