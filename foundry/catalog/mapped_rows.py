"""Rows in a file of this machine, mapped into memory: any of them are read by position, and none are held."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from foundry.catalog.columns import Array
from foundry.catalog.rows import Columns


class RowFile:
    """A file of Arrow record batches that is being written."""

    def __init__(self, path: Path, schema: Any) -> None:
        import pyarrow as pa

        self.path, self.schema = path, schema
        self._writer = pa.ipc.new_file(str(path), schema)

    def add(self, rows: Columns) -> None:
        """Add a batch."""
        self._writer.write_batch(rows)

    def close(self) -> MappedRows:
        """Finish the file and return its rows."""
        self._writer.close()
        return MappedRows(self.path)


class MappedRows:
    """The rows of a finished file by their positions, 0 for the first."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        self._file = pa.ipc.open_file(pa.memory_map(str(path)))
        sizes = [self._file.get_batch(at).num_rows for at in range(self._file.num_record_batches)]
        self.starts = [0, *accumulate(sizes)]

    def __len__(self) -> int:
        return self.starts[-1]

    def batches(self, columns: list[str]) -> Iterator[tuple[int, Columns]]:
        """Yield the position of each batch's first row, and some of its columns."""
        for at in range(self._file.num_record_batches):
            yield self.starts[at], self._file.get_batch(at).select(columns)

    def batch(self, at: int) -> Columns:
        """Return one whole batch."""
        return self._file.get_batch(at)

    def batch_of(self, positions: Any) -> Any:
        """Return the number of the batch in which each row lies (NumPy)."""
        import numpy as np

        return np.searchsorted(np.array(self.starts[1:]), positions, side="right")

    def column(self, name: str) -> Array:
        """Return a whole column as one array, copied into memory."""
        import pyarrow as pa

        parts = [rows.column(0) for _, rows in self.batches([name])]
        return pa.concat_arrays(parts) if parts else pa.array([], self._file.schema.field(name).type)

    def take(self, positions: Any, columns: list[str]) -> Columns:
        """Return the rows at some positions (a NumPy array of int64), in that order."""
        import numpy as np
        import pyarrow as pa

        order = np.argsort(positions, kind="stable")
        asked = positions[order]
        schema = pa.schema([self._file.schema.field(name) for name in columns])
        taken, done = [pa.RecordBatch.from_pylist([], schema=schema)], 0
        while done < len(asked):
            at = bisect_right(self.starts, int(asked[done])) - 1
            stop = int(np.searchsorted(asked, self.starts[at + 1]))
            rows = self._file.get_batch(at).select(columns)
            taken.append(rows.take(pa.array(asked[done:stop] - self.starts[at])))
            done = stop
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return pa.Table.from_batches(taken, schema=schema).combine_chunks().take(pa.array(back)).combine_chunks()
