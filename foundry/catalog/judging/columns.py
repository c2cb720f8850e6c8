"""The columns of one chunk while its rows are judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from foundry.catalog.rows import Columns

T = TypeVar("T")
Flags = NDArray[np.bool_]
"""One truth for each row."""
Texts = Any
"""A `pyarrow.StringArray`, null where a row has nothing."""


class RowColumns:
    """The text columns of a chunk: trimmed, null where a row has nothing, replaced where rules clean them.

    typed: the columns that judging adds.
    """

    def __init__(self, columns: Columns) -> None:
        import pyarrow as pa

        self._written = columns
        self._texts: dict[str, Texts] = {}
        self.typed: dict[str, Any] = {}
        self.count: int = columns.num_rows
        self.names: tuple[str, ...] = tuple(name for name in columns.schema.names if name != "row")
        self._nothing = pa.nulls(self.count, pa.string())

    def has(self, name: str) -> bool:
        """Return True if some row has this attribute."""
        return bool(self.text(name).null_count < self.count)

    def written(self, name: str) -> Texts:
        """Return an attribute as the feed has it; nulls for one that it does not have."""
        return _one_array(self._written.column(name)) if name in self.names else self._nothing

    def text(self, name: str) -> Texts:
        """Return an attribute, trimmed, with null for what is empty."""
        import pyarrow.compute as pc

        if name not in self._texts:
            written = self.written(name)
            bare = written.null_count == self.count
            trimmed = written if bare else pc.utf8_trim_whitespace(written)
            self._texts[name] = trimmed if bare else emptied(trimmed, pc.equal(trimmed, ""))
        return self._texts[name]

    def replace(self, name: str, texts: Texts) -> None:
        """Put cleaned texts in the place of an attribute's."""
        self._texts[name] = texts

    def row_numbers(self) -> NDArray[np.int64]:
        """Return the number of each row's record."""
        return np.asarray(_one_array(self._written.column("row")).to_numpy(zero_copy_only=False), np.int64)

    def usable(self, kept: Flags) -> Columns:
        """Return the rows that are kept, with the typed columns."""
        import pyarrow as pa

        names = dict.fromkeys(
            (*self.names, *(name for name in self._texts if self._texts[name].null_count < self.count))
        )
        held: dict[str, Any] = {"row": _one_array(self._written.column("row"))}
        held |= {name: self.text(name) for name in names} | self.typed
        batch = pa.RecordBatch.from_pydict(held)
        return batch if kept.all() else batch.filter(pa.array(kept))


def _one_array(column: Any) -> Any:
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    numbers = pa.types.is_integer(column.type)
    return column if numbers or column.type == pa.string() else column.cast(pa.string())


def flags(mask: Any) -> Flags:
    """Return an Arrow column of truths as an array; null is False."""
    import pyarrow.compute as pc

    return np.asarray(pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False), np.bool_)


def present(texts: Texts) -> Flags:
    """Return where a row has something."""
    return flags(texts.is_valid())


def matches(texts: Texts, pattern: str) -> Flags:
    """Return where a text holds a match of an RE2 pattern."""
    import pyarrow.compute as pc

    return flags(pc.match_substring_regex(texts, pattern))


def emptied(texts: Texts, mask: Any) -> Texts:
    """Return texts with null where the mask is true."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(mask, pa.scalar(None, pa.string()), texts)


def replaced(texts: Texts, at: NDArray[np.intp], others: list[str | None]) -> Texts:
    """Return texts with others at some positions."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(at):
        return texts
    mask = np.zeros(len(texts), np.bool_)
    mask[at] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(others, pa.string()))


def by_value(texts: Texts, read: Callable[[str], T]) -> tuple[list[T], Any]:
    """Read each distinct text once; return the results, and for each row the position of its own (null for null)."""
    encoded = texts.dictionary_encode()
    return [read(text) for text in encoded.dictionary.to_pylist()], encoded.indices


def spread(values: list[Any], indices: Any, of: Any) -> Any:
    """Return an Arrow column of type `of` with each row's value."""
    import pyarrow as pa

    return pa.array(values, of).take(indices)
