"""The rows of a feed that a comparison works with: keys in memory, and texts in a file that is read by position."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from foundry.catalog.columns import Array
from foundry.catalog.mapped_rows import MappedRows
from foundry.catalog.rows import Columns

TEXTS = ("name", "description", "category", "price_minor", "currency", "picture", "appearance", "row")
"""The columns of the file."""
HELD = ("item", "group", "price", "currency", "sold_out")
"""The columns in memory, besides looks and the keys of the order of priority."""


def text_schema() -> Any:
    """Return the Arrow schema of the file."""
    import pyarrow as pa

    kinds = {"price_minor": pa.int64(), "appearance": pa.binary(16), "row": pa.int64()}
    return pa.schema([(name, kinds.get(name, pa.string())) for name in TEXTS])


@dataclass(frozen=True, kw_only=True)
class SpooledRows:
    """The rows of a feed, numbered from 0.

    positions: of their texts in the file; NumPy. held: Arrow columns by name; groups are null for none, prices are of
    the item and not of its sale. looks: the first 8 bytes of each appearance, NumPy. keys: of the order of priority.
    left_out: the ids of rows that the catalog's rules leave out.
    """

    file: MappedRows | None
    positions: Any
    held: dict[str, Array]
    looks: Any
    keys: tuple[Any, ...]
    left_out: Array

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def items(self) -> Array:
        """The id of each item."""
        return self.held["item"]

    @property
    def groups(self) -> Array:
        """The item group of each item, null for none."""
        return self.held["group"]

    def only(self, numbers: Any) -> SpooledRows:
        """Return some of the rows, by their numbers (NumPy)."""
        return replace(
            self,
            positions=self.positions[numbers],
            held={name: each.take(numbers) for name, each in self.held.items()},
            looks=self.looks[numbers],
            keys=tuple(key[numbers] for key in self.keys),
        )

    def each_once(self) -> SpooledRows:
        """Return the first row of each item."""
        import numpy as np
        import pyarrow.compute as pc

        firsts = pc.index_in(self.items, self.items).to_numpy(zero_copy_only=False)
        is_first = firsts == np.arange(len(self))
        return self if is_first.all() else self.only(np.flatnonzero(is_first))

    def without(self, items: Array) -> SpooledRows:
        """Return the rows of all other items."""
        import numpy as np
        import pyarrow.compute as pc

        others = pc.invert(pc.is_in(self.items, items)).to_numpy(zero_copy_only=False)
        return self if others.all() else self.only(np.flatnonzero(others))

    def texts(self, at: Any, columns: list[str]) -> Columns:
        """Return some columns of the file for the rows with these numbers (NumPy)."""
        return self.file.take(self.positions[at], columns) if self.file else self.no_texts(columns)

    def no_texts(self, columns: list[str]) -> Columns:
        """Return no row, with some columns of the file."""
        return text_schema().empty_table().select(columns)

    def ranks(self) -> Any:
        """Return each row's place in the order of priority; the feed's order decides among equals."""
        import numpy as np

        count = len(self)
        ranks = np.empty(count, np.int64)
        ranks[np.lexsort((self.positions, *reversed(self.keys)))] = np.arange(count)
        return ranks


def empty_rows() -> SpooledRows:
    """Return the rows of a feed without any."""
    import numpy as np
    import pyarrow as pa

    kinds = {"price": pa.int64(), "sold_out": pa.bool_()}
    held = {name: pa.array([], kinds.get(name, pa.string())) for name in HELD}
    none = pa.array([], pa.string())
    return SpooledRows(
        file=None, positions=np.empty(0, np.int64), held=held, looks=np.empty(0, np.uint64), keys=(), left_out=none
    )


def as_looks(appearance: Array) -> Any:
    """Return the first 8 bytes of appearances of 16 bytes, as NumPy numbers.

    They tell the items of one group, and a product from what it was, apart; the store keeps all 16 bytes.
    """
    import numpy as np

    raw = np.frombuffer(appearance.buffers()[1], np.uint64)
    return raw[2 * appearance.offset : 2 * (appearance.offset + len(appearance)) : 2].copy()
