"""The rows of a manifest's shard as Parquet: one row group, which is searched without reading the other columns."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from foundry.manifest import ManifestRecord
from foundry.spent import AMOUNTS, StepTime

ROWS_AT_ONCE = 1_000
"""Rows that are held as Python values while a shard is written; Arrow's columns take a fraction of that."""
Row = Mapping[str, Any]
"""One parsed line of a manifest."""


class RowTable:
    """Rows on their way into one Parquet file; `add` takes them in order."""

    def __init__(self) -> None:
        import pyarrow as pa

        self._schema = row_schema()
        self._waiting: list[Row] = []
        self._tables: list[Any] = [pa.Table.from_pylist([], schema=self._schema)]

    def add(self, row: Row) -> None:
        """Add a row."""
        self._waiting.append(row)
        if len(self._waiting) == ROWS_AT_ONCE:
            self._gather()

    def _gather(self) -> None:
        import pyarrow as pa

        self._tables.append(pa.Table.from_pylist(self._waiting, schema=self._schema))
        self._waiting = []

    def write(self, target: Path) -> None:
        """Write all rows to a file: in one row group, with checksums of its pages."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._gather()
        table = pa.concat_tables(self._tables)
        pq.write_table(
            table, target, compression="zstd", row_group_size=max(table.num_rows, 1), write_page_checksum=True
        )


@contextmanager
def row_table(target: Path) -> Iterator[RowTable]:
    """Yield a table that is written to a file when the block ends well."""
    table = RowTable()
    yield table
    table.write(target)


def find_row(source: io.RawIOBase, asset: str) -> dict[str, Any] | None:
    """Return the row whose asset's id begins with `asset`, from a Parquet file that can be read in sections; or None.

    One column is read, and the others only if the row is there.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(pa.PythonFile(source, mode="r"), page_checksum_verification=True)
    for group in range(file.num_row_groups):
        names = file.read_row_group(group, columns=["asset"]).column("asset").to_pylist()
        at = next((at for at, name in enumerate(names) if name.startswith(asset)), None)
        if at is not None:
            row: dict[str, Any] = file.read_row_group(group).slice(at, 1).to_pylist()[0]
            return row
    return None


def row_schema() -> Any:
    """Return the Arrow schema of a manifest's rows."""
    import pyarrow as pa

    check = pa.struct(
        [("name", pa.string()), ("passed", pa.bool_()), ("measured", pa.string()), ("limit", pa.string())]
    )
    kinds = {
        "int": pa.int64(),
        "bool": pa.bool_(),
        "tuple[str, ...]": pa.list_(pa.string()),
        "tuple[CheckRecord, ...]": pa.list_(check),
        "Spent": _spent_type(pa),
    }
    return pa.schema([(f.name, kinds.get(str(f.type), pa.string())) for f in fields(ManifestRecord)])


def _spent_type(pa: Any) -> Any:
    step = pa.struct([("step", pa.string()), *((f.name, pa.int64()) for f in fields(StepTime) if f.name != "step")])
    return pa.struct([("steps", pa.list_(step)), *((name, pa.int64()) for name in AMOUNTS)])
