"""Judged rows of feeds for tests, written as short maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from foundry.catalog.catalog import Catalog
from foundry.catalog.rows import JudgedChunk, RowFault

NOW = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
TYPED = {
    "row": pa.int64(), "price_minor": pa.int64(), "sale_minor": pa.int64(),
    "sale_from": pa.timestamp("s", "UTC"), "sale_until": pa.timestamp("s", "UTC"),
}  # fmt: skip
USUAL = {"title": "Mug", "price_minor": 1_299, "currency": "EUR", "stock": "in_stock", "image_link": "mug.png"}
TEMPLATE = {
    "campaign": {"id": "shop", "name": "Shop"},
    "market": {"regions": ["Germany"]},
    "scenes": [{"id": "ridge", "prompt": "Misty hills"}],
    "messages": {"de-DE": {"headline": "{product.name}", "offer": "{price}"}},
    "placements": ["meta/feed-square"],
}


def a_row(item: str, **values: Any) -> dict[str, Any]:
    """Return a usable row of a mug."""
    return {"id": item, **USUAL, **values}


def judged(rows: Iterable[Mapping[str, Any]], bad: Iterable[str] = (), contested: Iterable[str] = ()) -> JudgedChunk:
    """Return a chunk of usable rows, and the ids of rows that were set aside; "" for one that cannot be read.

    contested: the ids of rows that were set aside because another row has them.
    """
    listed = [dict(row) for row in rows]
    names = sorted({name for row in listed for name in row} | {"id", "row"})
    schema = pa.schema([(name, TYPED.get(name, pa.string())) for name in names])
    columns = pa.RecordBatch.from_pylist(
        [{"row": number, **row} for number, row in enumerate(listed, start=1)], schema=schema
    )
    wrong = [(item, "bad_price", "price") for item in bad] + [(item, "duplicate_id", "id") for item in contested]
    faults = [
        RowFault(number, item, code, attribute, "is wrong")
        for number, (item, code, attribute) in enumerate(wrong, start=len(listed) + 1)
    ]
    return JudgedChunk(columns, tuple(faults))


def a_catalog(**more: Any) -> Catalog:
    """Return a catalog whose files show names and prices."""
    feed = {"source": "feed.tsv"}
    template = {**TEMPLATE, **more.pop("campaign", {})}
    return Catalog.model_validate(
        {"id": "mugs", "name": "Mugs", "tenant": "northpeak", "feed": feed, "campaign": template, **more}
    )
