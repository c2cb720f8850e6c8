"""The rows that a feed back gives again, kept on disk from the reading of a feed until its files are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from foundry.catalog.attributes import ATTRIBUTES
from foundry.catalog.rows import Columns, JudgedChunk

TYPED = ("price_minor", "sale_minor", "currency", "stock")


@dataclass
class GivenRows:
    """The usable rows of a feed in one file of the scratch folder, a chunk after another; memory stays flat.

    set_aside: ids of the rows that were set aside. unread: rows that were set aside because of their id, such as one
    that another row has: any missing item may be one of them. used: columns in which any row has a value. A context
    manager: the file is removed when the block ends.
    """

    folder: Path
    rows: int = 0
    unread: int = 0
    set_aside: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    _file: Any = None

    @property
    def path(self) -> Path:
        """The file of the rows: Arrow's file format."""
        return self.folder / "given-rows.arrow"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self.path.unlink(missing_ok=True)

    def add(self, judged: JudgedChunk) -> None:
        """Keep the usable rows of a chunk, and the ids of the others."""
        for fault in judged.faults:
            if fault.id:
                self.set_aside.add(fault.id)
            self.unread += not fault.id or fault.attribute == "id"
        if judged.columns.num_rows:
            self._write(judged.columns)

    def chunks(self) -> Iterator[Columns]:
        """Yield the rows again, in their order; the chunks are those that were added."""
        import pyarrow as pa

        self._close()
        if not self.rows:
            return
        with pa.memory_map(str(self.path)) as source, pa.ipc.open_file(source) as reader:
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)

    def ids(self) -> Any:
        """Return the ids of all rows, in their order, as one array."""
        import pyarrow as pa

        return pa.concat_arrays([chunk.column("id") for chunk in self.chunks()] or [pa.array([], pa.string())])

    def _write(self, columns: Columns) -> None:
        import pyarrow as pa

        if self._file is None:
            options = pa.ipc.IpcWriteOptions(compression="zstd")
            self._file = pa.ipc.new_file(str(self.path), given_schema(), options=options)
        batch = as_given(columns)
        self.used.update(name for name in batch.schema.names if batch.column(name).null_count < batch.num_rows)
        self._file.write_batch(batch)
        self.rows += batch.num_rows

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def given_schema() -> Any:
    """Return the columns of the file: all attributes as text, and the typed columns that amounts are written from."""
    import pyarrow as pa

    texts = [pa.field(name, pa.string()) for name in ATTRIBUTES]
    amounts = [pa.field(name, pa.int64()) for name in ("price_minor", "sale_minor")]
    return pa.schema([*texts, *amounts, pa.field("currency", pa.string()), pa.field("stock", pa.string())])


def as_given(columns: Columns) -> Any:
    """Return judged rows with the columns of `given_schema`, null where the feed has none."""
    import pyarrow as pa

    schema, rows = given_schema(), columns.num_rows
    table = columns if isinstance(columns, pa.Table) else pa.Table.from_batches([columns])
    present = set(table.schema.names)
    arrays = [
        _plain(table.column(each.name), each.type) if each.name in present else pa.nulls(rows, each.type)
        for each in schema
    ]
    return pa.record_batch(arrays, schema=schema)


def _plain(column: Any, wanted: Any) -> Any:
    """Return a chunked column as one array of the wanted type."""
    import pyarrow as pa

    return pa.concat_arrays(each.cast(wanted) for each in column.chunks) if column.num_chunks else pa.array([], wanted)
