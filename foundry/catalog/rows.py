"""Rows of a feed, in chunks of Arrow columns, and the verdicts on them.

A chunk is what one step hands to the next; no step holds a whole feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from foundry.catalog.catalog import FeedKind

ROWS_PER_CHUNK = 20_000
KEPT_ROWS = 1_000
"""The refused rows that a result lists; all are counted, and all are written to the run's file of them."""
Columns = Any
"""A `pyarrow.RecordBatch` or `pyarrow.Table`; the package brings no types."""


@dataclass(frozen=True)
class FetchedFeed:
    """A feed as a file of this machine, whole and at rest.

    name: the source, for people, without credentials. path: the bytes as they came, possibly compressed. etag and
    modified: the words of the source about them, for the next question. unchanged: the source says that nothing
    changed, and there is no file.
    """

    name: str
    path: Path | None
    sha256: str
    size_bytes: int
    etag: str = ""
    modified: str = ""
    unchanged: bool = False


@dataclass(frozen=True)
class RowFault:
    """One thing that is wrong with a row.

    row: the number of its record, 1 for the first. line: of the file, where that is known, else 0. code: stable, of the
    table in docs/catalogs.md. attribute: the one at fault, or "". what: a sentence with value, limit and remedy.
    """

    row: int
    id: str
    code: str
    attribute: str
    what: str
    line: int = 0


@dataclass(frozen=True)
class Chunk:
    """Neighbouring rows as they stand in the feed: text columns by attribute, null where the feed has nothing.

    columns: a `pyarrow.RecordBatch` of the wanted attributes, all of them in each chunk, without blanks at the ends of
    values, and `row` (int64), the number of the record. faults: rows that could not be read; they are in no column.
    """

    columns: Columns
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FeedFacts:
    """What was seen of a feed when it was read to its end.

    unknown: columns that were left out; missing: wanted attributes that it does not have.
    """

    kind: FeedKind
    encoding: str = "utf-8"
    compression: str = ""
    rows: int = 0
    size_bytes: int = 0
    columns: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class FeedReading(Protocol):
    """A feed that is being read. A feed that cannot be read, or ends too early, raises BadFeed from either."""

    kind: FeedKind
    """Known before the first chunk."""

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in order."""

    def facts(self) -> FeedFacts:
        """Return what was seen; only after the last chunk."""


@dataclass(frozen=True)
class JudgedChunk:
    """The usable rows of a chunk as typed columns, and the faults of the others; warnings do not set a row aside.

    columns: as in Chunk, and the typed ones `price_minor` and `sale_minor` (int64, in the currency's smallest unit),
    `currency` (text), `sale_from` and `sale_until` (timestamp[s, UTC], null where open), `stock` (one of in_stock,
    out_of_stock, preorder, backorder).
    """

    columns: Columns
    faults: tuple[RowFault, ...] = ()
    warnings: tuple[RowFault, ...] = ()


@dataclass
class Tally:
    """The counts of a judged feed. `codes`: rows by code of the fault; a row counts once for each of its codes."""

    rows: int = 0
    usable: int = 0
    set_aside: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    warned: dict[str, int] = field(default_factory=dict)
    examples: list[RowFault] = field(default_factory=list)

    @property
    def bad_percent(self) -> float:
        """Rows that were set aside, per cent of all."""
        return 100 * self.set_aside / self.rows if self.rows else 0.0


Row = Mapping[str, Any]
"""One row of a judged chunk as plain values."""
