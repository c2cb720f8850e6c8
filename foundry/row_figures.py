"""Sums over the rows of a manifest: each shard keeps its own, and the index is their sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from foundry.manifest import ManifestRecord
from foundry.spent import NOTHING_SPENT, Spent, add_spent


@dataclass(frozen=True, kw_only=True)
class RowFigures:
    """Sums over rows.

    cost_usd: at the cards' prices, in US dollars. size_bytes: of the files. spent: measured, where it was.
    """

    rows: int = 0
    cost_usd: Decimal = Decimal(0)
    size_bytes: int = 0
    spent: Spent = NOTHING_SPENT


def figures_of(record: ManifestRecord) -> RowFigures:
    """Return the figures of one row."""
    return RowFigures(rows=1, cost_usd=Decimal(record.cost_usd), size_bytes=record.size_bytes, spent=record.spent)


def add_figures(items: Iterable[RowFigures]) -> RowFigures:
    """Return the sum of any number of figures; memory does not grow with their number."""
    rows, cost, size, spent = 0, Decimal(0), 0, NOTHING_SPENT
    for item in items:
        rows, cost, size = rows + item.rows, cost + item.cost_usd, size + item.size_bytes
        spent = add_spent((spent, item.spent))
    return RowFigures(rows=rows, cost_usd=cost, size_bytes=size, spent=spent)
