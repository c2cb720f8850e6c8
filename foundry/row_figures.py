"""Sums over the rows of a manifest: each shard keeps its own, and the index is their sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from foundry.manifest import ManifestRecord
from foundry.rates import Rate, add_rates
from foundry.spent import NOTHING_SPENT, Spent


@dataclass(frozen=True, kw_only=True)
class RowFigures:
    """Sums over rows.

    cost_usd: at the cards' prices, in US dollars. size_bytes: of the files. spent: measured, for this campaign.
    unallocated: spent for this campaign on what refused or missing files would have shown. rates: of the work that was
    done for this campaign, one for each kind.
    """

    rows: int = 0
    cost_usd: Decimal = Decimal(0)
    size_bytes: int = 0
    spent: Spent = NOTHING_SPENT
    unallocated: Spent = NOTHING_SPENT
    rates: tuple[Rate, ...] = ()


def figures_of(record: ManifestRecord) -> RowFigures:
    """Return the figures of one row."""
    return RowFigures(rows=1, cost_usd=Decimal(record.cost_usd), size_bytes=record.size_bytes, spent=record.spent)


def add_figures(items: Iterable[RowFigures]) -> RowFigures:
    """Return the sum of any number of figures; memory does not grow with their number."""
    total = RowFigures()
    for item in items:
        total = RowFigures(
            rows=total.rows + item.rows,
            cost_usd=total.cost_usd + item.cost_usd,
            size_bytes=total.size_bytes + item.size_bytes,
            spent=total.spent + item.spent,
            unallocated=total.unallocated + item.unallocated,
            rates=add_rates((*total.rates, *item.rates)) if total.rates and item.rates else total.rates or item.rates,
        )
    return total
