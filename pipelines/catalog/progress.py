"""The progress of a run: what was made of it so far, summed up over its batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from foundry.catalog.rows import RowFault
from foundry.catalog.runs import RunWork
from pipelines.catalog.admitting import Unmade
from pipelines.catalog.batches import BatchResult

Item = TypeVar("Item")
MOST_TOLD = 100_000
"""The products that could not be made whose sentences are kept; all are counted."""


def in_batches(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """Yield the items again, some at a time, each batch when it is asked for."""
    left = iter(items)
    while some := tuple(islice(left, size)):
        yield some


@dataclass
class Progress:
    """Sums over the batches of a run, and what of the feed its state must not take for done.

    pictures: the SHA-256 of the picture by product that was made. left: ids of products that were not made. told: the
    first of those that could not be made as they are.
    """

    pictures: dict[str, str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    unmade: Counter[str] = field(default_factory=Counter)
    told: list[Unmade] = field(default_factory=list)
    campaigns: list[str] = field(default_factory=list)
    waiting: int = 0
    shots: int = 0
    files_made: int = 0
    files_kept: int = 0
    files_failed: int = 0
    cost_usd: Decimal = Decimal(0)
    stopped: str = ""

    def add(self, result: BatchResult) -> None:
        """Take in what became of a batch."""
        self.pictures |= {record.product.id: record.picture_sha256 for record in result.records}
        self.wait(result.waiting)
        self.leave(result.unmade)
        self.stopped = self.stopped or result.stopped
        if summary := result.summary:
            self.campaigns.append(summary.campaign)
            self.shots += summary.shots_drawn
            self.files_made += summary.made
            self.files_kept += summary.reused
            self.files_failed += summary.failed
            self.cost_usd += summary.cost_usd

    def wait(self, products: Iterable[str]) -> None:
        """Leave products for the next run, which are not at fault."""
        before = len(self.left)
        self.left.update(products)
        self.waiting += len(self.left) - before

    def leave(self, unmade: Iterable[Unmade]) -> None:
        """Leave products that could not be made as they are."""
        for each in unmade:
            self.left.add(each.product.id)
            self.unmade[each.code] += 1
            if len(self.told) < MOST_TOLD:
                self.told.append(each)

    def work(self, *, fetched: int, kept: int) -> RunWork:
        """Return the sums, with the pictures that were fetched and kept."""
        return RunWork(
            shots=self.shots,
            files_made=self.files_made,
            files_kept=self.files_kept,
            files_failed=self.files_failed,
            pictures_fetched=fetched,
            pictures_kept=kept,
            cost_usd=f"{self.cost_usd:f}",
            waiting=self.waiting,
        )


def fault_of(unmade: Unmade) -> RowFault:
    """Return what is wrong with a product as a fault of the row that it was made from."""
    product = unmade.product
    return RowFault(product.row, product.first or product.items[0], unmade.code, "", unmade.what)
