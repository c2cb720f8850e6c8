"""The rows of a feed that Great Expectations looks at: all of a small feed, and a fixed sample of a large one.

A row is in the sample by a hash of its id, so that the same feed gives the same sample, and the rows of one id are in
it together: a share of repeated ids is that of the whole feed. Rows wait in one file, so memory stays flat.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zlib import crc32

import numpy as np

from foundry.catalog.rows import Chunk

SAMPLED_ROWS = 100_000
MOST_LETTERS = 10_000
"""Of a text in the sample, beyond every limit of length that a specification has."""
KEY = "sample_key"
_ALL_KEYS = 1 << 32
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class FeedSample:
    """Rows as they stand in a feed, before they are judged. Use it as a context, and finish it before it is read.

    rows: all that were added. unread: rows that could not be read, which no expectation sees. below: the keys of the
    sample are smaller than this.
    """

    def __init__(self, folder: Path, most: int = SAMPLED_ROWS) -> None:
        self.path = folder / "sample.arrow"
        self.rows = self.unread = 0
        self.below = _ALL_KEYS
        self._most = most
        self._keys = np.empty(0, np.uint32)
        self._writer: Any = None
        self._schema: Any = None

    @property
    def kept(self) -> int:
        """The number of rows in the sample."""
        return len(self._keys)

    @property
    def whole(self) -> bool:
        """True while all rows are in the sample."""
        return self.below == _ALL_KEYS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.finish()

    def add(self, chunk: Chunk) -> None:
        """Take in the next rows of a feed."""
        import pyarrow as pa

        rows = chunk.columns
        self.rows += rows.num_rows
        self.unread += len(chunk.faults)
        keys = _keys_of(rows)
        here = keys < self.below
        kept = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
        kept = _shortened(kept).append_column(KEY, pa.array(keys))
        if not here.all():
            kept, keys = kept.filter(pa.array(here)), keys[here]
        self._write(kept)
        self._keys = np.concatenate([self._keys, keys])
        while len(self._keys) > self._most:
            self.below //= 2
            self._keys = self._keys[self._keys < self.below]

    def _write(self, rows: Any) -> None:
        import pyarrow as pa

        if self._writer is None:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            self._schema = rows.schema
            self._writer = pa.ipc.new_stream(str(self.path), rows.schema, options=options)
        self._writer.write_table(_under(rows, self._schema))

    def finish(self) -> None:
        """Close the file; nothing is added after this."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _keys_of(rows: Any) -> np.ndarray[Any, Any]:
    """Return a number below 2 ** 32 for each row, by its id, or by its number where there is none."""
    if "id" in rows.schema.names:
        sums = [crc32(each.encode()) if each is not None else -1 for each in rows.column("id").to_pylist()]
        found = np.fromiter(sums, np.int64, len(sums))
    else:
        found = np.full(rows.num_rows, -1, np.int64)
    numbers = np.asarray(rows.column("row"), np.int64)
    mixed = np.where(found < 0, numbers, found).astype(np.uint64) * _GOLDEN
    return (mixed >> np.uint64(32)).astype(np.uint32)


def _shortened(rows: Any) -> Any:
    """Return rows in which no text is longer than `MOST_LETTERS`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for place, name in enumerate(rows.schema.names):
        column = rows.column(place)
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            continue
        if (pc.max(pc.binary_length(column)).as_py() or 0) > MOST_LETTERS:
            short = pc.utf8_slice_codeunits(column, 0, MOST_LETTERS)
            rows = rows.set_column(place, name, short)
    return rows


def _under(rows: Any, schema: Any) -> Any:
    """Return rows with the columns of a schema: what they lack is null, and what it lacks is left out."""
    import pyarrow as pa

    if rows.schema.equals(schema):
        return rows
    held = set(rows.schema.names)
    columns = [
        rows.column(each.name).cast(each.type) if each.name in held else pa.nulls(rows.num_rows, each.type)
        for each in schema
    ]
    return pa.table(columns, schema=schema)


def read_sample(path: Path, below: int) -> Any:
    """Return the rows of a sample as a `pyarrow.Table`, without their keys."""
    import pyarrow as pa
    import pyarrow.compute as pc

    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
        parts = [each.filter(pc.less(each.column(KEY), below)) for each in stream]
        return pa.Table.from_batches(parts, stream.schema).drop_columns([KEY])


def write_table(rows: Any, path: Path) -> None:
    """Write whole rows, of which none is left out."""
    import pyarrow as pa

    with pa.ipc.new_stream(str(path), rows.schema) as stream:
        stream.write_table(rows)


def read_table(path: Path) -> Any:
    """Return what `write_table` wrote."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
        return stream.read_all()
