"""Catalogs and feeds that are held against expectations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from foundry.catalog.catalog import Catalog
from foundry.catalog.rows import Chunk
from tests.support.scheduled import CAMPAIGN


def a_catalog_of(feed: Mapping[str, Any] | None = None, **other: Any) -> Catalog:
    """A catalog of a feed, `shoes.tsv` if none is given."""
    written = {"id": "shoes", "name": "Autumn shoes", "tenant": "aurelle", "campaign": CAMPAIGN, **other}
    return Catalog.model_validate({**written, "feed": dict(feed or {"source": "shoes.tsv"})})


def expecting(kind: str, **kwargs: Any) -> dict[str, Any]:
    """An expectation as a catalog file has it."""
    return {"type": kind, "kwargs": kwargs}


def a_chunk(first: int = 1, **columns: list[str | None]) -> Chunk:
    """Rows with these texts, numbered from `first`."""
    count = len(next(iter(columns.values())))
    numbers = pa.array(range(first, first + count), pa.int64())
    texts = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    return Chunk(pa.RecordBatch.from_pydict({"row": numbers, **texts}))


def texts_in(folder: Path, ending: str) -> dict[str, str]:
    """The files of a folder with an ending, by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob(f"*.{ending}"))}
