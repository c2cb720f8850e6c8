"""Rows on their way from a file to chunks: batches of wanted columns, cleaned, with the rows that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.rows import ROWS_PER_CHUNK, Chunk, Columns, RowFault
from foundry.errors import shorten

CHUNK_BYTES = 32_000_000
_BATCH_ROWS, _BATCH_BYTES = 5_000, 8_000_000


@dataclass(frozen=True)
class Part:
    """Some rows by attribute, with `row`, and the faults of those that could not be read."""

    columns: Columns
    faults: tuple[RowFault, ...] = ()


def schema_of(wanted: Iterable[str]) -> Any:
    """Return the schema of a chunk: the wanted attributes as text, in order of their names, and the record's number."""
    import pyarrow as pa

    return pa.schema([*((name, pa.string()) for name in sorted(wanted)), ("row", pa.int64())])


def empty_batch(schema: Any) -> Columns:
    """Return a batch without rows."""
    import pyarrow as pa

    return pa.RecordBatch.from_arrays([pa.nulls(0, field.type) for field in schema], schema=schema)


@cache
def _null() -> Any:
    import pyarrow as pa

    return pa.scalar(None, pa.string())


def cleaned(columns: Mapping[str, Any], rows: Any, schema: Any, limits: FeedLimits) -> Part:
    """Return text columns as a part: without blanks at the ends, null for nothing, without rows that are too long.

    Rows of which all wanted columns are empty, as spreadsheets leave them at the end, are left out.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    count = len(rows)
    made, long = [], None
    for name in schema.names[:-1]:
        column = columns.get(name)
        if column is None:
            made.append(pa.nulls(count, pa.string()))
            continue
        column = pc.utf8_trim_whitespace(column)
        size = pc.binary_length(column)
        column = pc.if_else(pc.equal(size, 0), _null(), column)
        if (pc.max(size).as_py() or 0) > limits.field_bytes:
            too_long = pc.fill_null(pc.greater(size, limits.field_bytes), False)
            long = too_long if long is None else pc.or_(long, too_long)
        made.append(column)
    batch = pa.RecordBatch.from_arrays([*made, rows], schema=schema)
    faults = () if long is None else tuple(_long_faults(batch.filter(long), limits))
    if long is not None:
        batch = batch.filter(pc.invert(long))
    return Part(_without_blank_rows(batch), faults)


def _without_blank_rows(batch: Any) -> Any:
    import pyarrow.compute as pc

    texts = batch.columns[:-1]
    if any(column.null_count == 0 for column in texts):
        return batch
    filled = texts[0].is_valid()
    for column in texts[1:]:
        filled = pc.or_(filled, column.is_valid())
    return batch.filter(filled)


def _long_faults(batch: Any, limits: FeedLimits) -> Iterator[RowFault]:
    for row in batch.to_pylist():
        name = next(
            key for key, value in row.items() if key != "row" and len((value or "").encode()) > limits.field_bytes
        )
        yield long_field(row["row"], row.get("id") or "", name, row[name], limits)


def long_field(row: int, item: str, attribute: str, value: str, limits: FeedLimits, line: int = 0) -> RowFault:
    """Return the fault of a value that is too long to be read."""
    what = f"{attribute} {shorten(value)} has more than {limits.field_bytes} bytes; shorten it"
    return RowFault(row, "" if attribute == "id" else item, "field_too_long", attribute, what, line)


@dataclass
class RowBuilder:
    """Rows that are given one at a time, as parts."""

    schema: Any
    limits: FeedLimits
    _columns: dict[str, list[str | None]] = field(init=False)
    _rows: list[int] = field(default_factory=list)
    _faults: list[RowFault] = field(default_factory=list)
    _bytes: int = 0

    def __post_init__(self) -> None:
        self._columns = {name: [] for name in self.schema.names[:-1]}

    def add(self, row: int, values: Mapping[str, str], line: int = 0) -> None:
        """Add one row by attribute; one with a value that is too long becomes a fault."""
        size = 0
        for name, value in values.items():
            size += len(value)
            if len(value) > self.limits.field_bytes:
                self.refuse(long_field(row, values.get("id", ""), name, value, self.limits, line))
                return
        for name, column in self._columns.items():
            column.append(values.get(name))
        self._rows.append(row)
        self._bytes += size

    def refuse(self, fault: RowFault) -> None:
        """Add a row that could not be read."""
        self._faults.append(fault)

    @property
    def is_full(self) -> bool:
        """True when it is time to take the rows."""
        return max(len(self._rows), len(self._faults)) >= _BATCH_ROWS or self._bytes >= _BATCH_BYTES

    def take(self) -> Part:
        """Return the rows since the last call."""
        import pyarrow as pa

        rows = pa.array(self._rows, pa.int64())
        columns = {name: pa.array(column, pa.string()) for name, column in self._columns.items()}
        part = cleaned(columns, rows, self.schema, self.limits)
        faults = tuple(sorted((*self._faults, *part.faults), key=lambda fault: fault.row))
        self.__post_init__()
        self._rows, self._faults, self._bytes = [], [], 0
        return Part(part.columns, faults)


def chunks_of(parts: Iterable[Part]) -> Iterator[Chunk]:
    """Yield parts as chunks of about ROWS_PER_CHUNK rows, or fewer where rows are large."""
    held: list[Any] = []
    faults: list[RowFault] = []
    rows = size = 0
    for part in parts:
        faults += part.faults
        if part.columns.num_rows or part.faults:
            held.append(part.columns)
            rows += part.columns.num_rows
            size += part.columns.nbytes
        if max(rows, len(faults)) >= ROWS_PER_CHUNK or size >= CHUNK_BYTES:
            yield _chunk(held, faults)
            held, faults, rows, size = [], [], 0, 0
    if held:
        yield _chunk(held, faults)


def _chunk(held: Sequence[Any], faults: Sequence[RowFault]) -> Chunk:
    import pyarrow as pa

    return Chunk(held[0] if len(held) == 1 else pa.concat_batches(held), tuple(faults))
