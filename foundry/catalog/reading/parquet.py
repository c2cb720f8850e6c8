"""Parquet feeds, read in batches; columns of any type become text as a TSV feed would have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from foundry.catalog.reading.columns import FIRST_OF_LIST, refuse_wide
from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.reading.parts import Part, cleaned, schema_of
from foundry.catalog.refusals import BadFeed

_BATCH_ROWS = 5_000
_MARK = b"PAR1"
_GROUP_BYTES = 1_000_000_000
_FOOTER_BYTES = 64_000_000


def is_parquet(head: bytes) -> bool:
    """Return True for a file that begins as Parquet does."""
    return head.startswith(_MARK)


class ParquetRows:
    """The rows of a Parquet file. names: its columns of the top level."""

    def __init__(self, raw: IO[bytes], name: str, size: int, limits: FeedLimits) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._name, self._limits = name, limits
        _refuse_cut(raw, name, size)
        try:
            self._file = pq.ParquetFile(
                pa.PythonFile(raw, "r"), buffer_size=1 << 20, pre_buffer=False,
                thrift_string_size_limit=_FOOTER_BYTES, thrift_container_size_limit=1_000_000,
            )  # fmt: skip
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._broken(error) from error
        self.names = tuple(self._file.schema_arrow.names)
        refuse_wide(len(self.names), name, limits)
        self._refuse_large()

    def _broken(self, error: Exception) -> BadFeed:
        said = " ".join(str(error).split())[:160]
        return BadFeed(self._name, "bad_parquet", f"is not sound Parquet ({said})", "write it again")

    def _refuse_large(self) -> None:
        found = self._file.metadata
        if found.num_rows > self._limits.rows:
            wrong = f"has {found.num_rows} rows; the limit is {self._limits.rows}"
            raise BadFeed(self._name, "too_many_rows", wrong, "split it into several feeds")
        for at in range(found.num_row_groups):
            if (size := found.row_group(at).total_byte_size) > _GROUP_BYTES:
                wrong = f"has a row group of {size} bytes; the limit is {_GROUP_BYTES}"
                raise BadFeed(self._name, "too_large", wrong, "write smaller row groups, of 100,000 rows for instance")

    def parts(self, places: Mapping[str, Sequence[int]]) -> Iterator[Part]:
        """Yield the rows in order."""
        import pyarrow as pa

        schema = schema_of(places)
        wanted = sorted({self.names[at] for found in places.values() for at in found})
        row = 0
        try:
            for batch in self._file.iter_batches(_BATCH_ROWS, columns=wanted, use_threads=False):
                rows = pa.array(range(row + 1, row + batch.num_rows + 1), pa.int64())
                row += batch.num_rows
                columns = {name: self._text(batch, found, name) for name, found in places.items() if found}
                yield cleaned(columns, rows, schema, self._limits)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._broken(error) from error

    def _text(self, batch: Any, places: Sequence[int], name: str) -> Any:
        import pyarrow.compute as pc

        columns = [as_text(batch.column(self.names[at])) for at in places]
        if len(columns) == 1:
            return columns[0]
        if name in FIRST_OF_LIST:
            return pc.coalesce(*columns)
        return pc.binary_join_element_wise(*columns, ",", null_handling="skip")


def _refuse_cut(raw: IO[bytes], name: str, size: int) -> None:
    raw.seek(max(0, size - 4))
    tail = raw.read()
    raw.seek(0)
    if size < 12 or tail != _MARK:
        raise BadFeed(name, "cut_feed", "ends without Parquet's footer", "send the whole file again")


def as_text(column: Any) -> Any:
    """Return a column as text: lists joined by commas, times as ISO 8601, null for a type without a text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _joined_list(column)
    if pa.types.is_struct(kind) or pa.types.is_map(kind) or pa.types.is_fixed_size_list(kind):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_timestamp(kind):
        seconds = pc.cast(column, pa.timestamp("s", kind.tz), safe=False)
        return pc.strftime(seconds, "%Y-%m-%dT%H:%M:%S" if kind.tz is None else "%Y-%m-%dT%H:%M:%S%z")
    if pa.types.is_floating(kind):
        return pa.array([None if value is None else f"{value:.15g}" for value in column.to_pylist()], pa.string())
    text = pc.cast(column, pa.string())
    text.validate(full=True)  # the file's word that a text is UTF-8 is not to be relied on
    return text


def _joined_list(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    inner = as_text(column.flatten())
    counts = pc.fill_null(pc.list_value_length(column), 0)
    ends = pc.cumulative_sum(pc.cast(counts, pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pc.binary_join(pa.ListArray.from_arrays(offsets, inner), ",")
