"""Rows that are judged in tests, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from foundry.catalog.catalog import Catalog, FeedKind
from foundry.catalog.judging import Judge
from foundry.catalog.rows import Chunk, JudgedChunk, RowFault
from tests.support.feed_rows import HEAD, Shop
from tests.support.scheduled import CAMPAIGN

SHOP = Shop(1)


def a_catalog(
    *, campaign: Mapping[str, Any] = CAMPAIGN, feed: Mapping[str, Any] | None = None, **others: Any
) -> Catalog:
    """Return a catalog of a feed on the web, which is never fetched."""
    written = {"source": "https://shop.example/feed.tsv", **(feed or {})}
    return Catalog.model_validate(
        {"id": "shoes", "name": "Shoes", "tenant": "aurelle", "feed": written, "campaign": dict(campaign), **others}
    )


def a_row(number: int = 1, **values: str | None) -> dict[str, str | None]:
    """Return a good row with some values in the place of its own."""
    return {**Shop.named(SHOP.item(number)), **values}


def a_chunk(rows: Sequence[Mapping[str, str | None]], *, first: int = 1, faults: tuple[RowFault, ...] = ()) -> Chunk:
    """Return rows as a chunk of a feed, numbered from `first`."""
    names = dict.fromkeys((*HEAD, *(name for row in rows for name in row)))
    columns = {name: pa.array([row.get(name) or None for row in rows], pa.string()) for name in names}
    numbers = pa.array(range(first, first + len(rows)), pa.int64())
    return Chunk(pa.RecordBatch.from_pydict({"row": numbers, **columns}), faults)


@dataclass(frozen=True)
class Judged:
    """What was found of one row. row: its values if it is usable."""

    faults: dict[str, str]
    warnings: dict[str, str]
    row: dict[str, Any] | None


def judged(row: Mapping[str, str | None], kind: FeedKind = "google-tsv", catalog: Catalog | None = None) -> Judged:
    """Judge one row alone; faults and warnings by code, with their sentences."""
    catalog = catalog or a_catalog()
    found = Judge(kind, catalog.feed, catalog).judge(a_chunk([row]))
    return Judged(_sentences(found.faults), _sentences(found.warnings), next(iter(rows_of(found)), None))


def _sentences(found: tuple[RowFault, ...]) -> dict[str, str]:
    return {fault.code: fault.what for fault in found}


def rows_of(found: JudgedChunk) -> list[dict[str, Any]]:
    """Return the usable rows as plain values."""
    return found.columns.to_pylist()
