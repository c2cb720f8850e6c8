"""Whole feeds as plain rows, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundry.catalog.attributes import ATTRIBUTES
from foundry.catalog.catalog import Feed
from foundry.catalog.reading import LIMITS, FeedLimits
from foundry.catalog.reading.reading import read_here
from foundry.catalog.rows import FeedFacts, FeedReading, FetchedFeed, RowFault

ALL = frozenset(ATTRIBUTES)


@dataclass(frozen=True)
class ReadFeed:
    """What a feed holds: its rows without what is empty, the faults, and the facts."""

    rows: list[dict[str, Any]]
    faults: list[RowFault]
    facts: FeedFacts

    @property
    def codes(self) -> dict[int, str]:
        """The codes of the faults by the number of the record."""
        return {fault.row: fault.code for fault in self.faults}

    def column(self, attribute: str) -> list[str | None]:
        """Return one attribute of all rows."""
        return [row.get(attribute) for row in self.rows]


def fetched(path: Path) -> FetchedFeed:
    """Return a file as a fetched feed."""
    return FetchedFeed(path.name, path, "", path.stat().st_size)


def read_feed(path: Path, wanted: frozenset[str] = ALL, limits: FeedLimits = LIMITS, **feed: Any) -> ReadFeed:
    """Return all of a feed, read in this process; `feed` are keys of a catalog's section of that name."""
    reading = read_here(fetched(path), Feed.model_validate({"source": path.name, **feed}), wanted | {"id"}, limits)
    return read_whole(reading)


def read_whole(reading: FeedReading) -> ReadFeed:
    """Return all that a reading holds."""
    rows: list[dict[str, Any]] = []
    faults: list[RowFault] = []
    for chunk in reading.chunks():
        rows += [{name: value for name, value in row.items() if value is not None} for row in chunk.columns.to_pylist()]
        faults += chunk.faults
    return ReadFeed(rows, faults, reading.facts())
