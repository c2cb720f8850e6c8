"""Sums over dead letters, by stage and code: small however many letters there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from foundry.manifest import DeadLetter
from foundry.spent import NOTHING_SPENT, Spent, add_spent

MOST_LETTERS = 100
"""The dead letters of a run that are held in memory; a store holds them all."""


@dataclass(frozen=True, order=True)
class LetterCount:
    """The number of dead letters of one stage and code.

    cost_usd: paid for what they refuse, at the cards' prices. spent: measured.
    """

    stage: str
    code: str
    count: int
    cost_usd: Decimal = Decimal(0)
    spent: Spent = NOTHING_SPENT


@dataclass(frozen=True)
class LetterFigures:
    """Counts of dead letters, sorted by stage and code, each pair once."""

    counts: tuple[LetterCount, ...] = ()

    @property
    def total(self) -> int:
        """The number of all letters."""
        return sum(each.count for each in self.counts)

    @property
    def cost_usd(self) -> Decimal:
        """US dollars that were paid for what was refused."""
        return sum((each.cost_usd for each in self.counts), Decimal(0))

    @property
    def spent(self) -> Spent:
        """What was measured of the work on everything that was refused."""
        return add_spent(each.spent for each in self.counts)

    def of_stages(self, *stages: str) -> int:
        """Return the number of letters of these stages."""
        return self._sum(lambda each: each.stage in stages)

    def of_code(self, code: str) -> int:
        """Return the number of letters with this code, of all stages."""
        return self._sum(lambda each: each.code == code)

    def _sum(self, belongs: Callable[[LetterCount], bool]) -> int:
        return sum(each.count for each in self.counts if belongs(each))


def count_letters(letters: Iterable[DeadLetter]) -> LetterFigures:
    """Return the sums over letters; memory does not grow with their number."""
    return add_letters(LetterFigures((_count_of(letter),)) for letter in letters)


def _count_of(letter: DeadLetter) -> LetterCount:
    return LetterCount(letter.stage, letter.code, 1, Decimal(letter.cost_usd), letter.spent)


def add_letters(items: Iterable[LetterFigures]) -> LetterFigures:
    """Return the sum of any number of figures, in any order."""
    sums: dict[tuple[str, str], LetterCount] = {}
    for item in items:
        for each in item.counts:
            so_far = sums.get((each.stage, each.code), LetterCount(each.stage, each.code, 0))
            sums[each.stage, each.code] = replace(
                so_far,
                count=so_far.count + each.count,
                cost_usd=so_far.cost_usd + each.cost_usd,
                spent=so_far.spent + each.spent,
            )
    return LetterFigures(tuple(sums[key] for key in sorted(sums)))
