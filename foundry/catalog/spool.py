"""The usable rows of a feed on their way into a comparison: their texts in a file, their keys in memory.

Memory per row: the ids of item and group as text (4 bytes and their characters), 16 bytes of appearance, 8 of price, 4
of currency, 1 of stock, and 8 for each key of the order of priority: 60 to 120 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from foundry.catalog.catalog import Catalog
from foundry.catalog.columns import Array, column, texts, whole
from foundry.catalog.mapped_rows import MappedRows, RowFile
from foundry.catalog.mapping import RowMapper, Shown
from foundry.catalog.rows import Columns, JudgedChunk, RowFault
from foundry.catalog.rules import count_keys, included, priority_keys
from foundry.catalog.turns import offered

TEXTS = ("name", "description", "category", "price_minor", "currency", "picture", "appearance", "row")
"""The columns of the file."""
HELD = ("item", "group", "price", "currency", "sold_out")
"""The columns in memory, besides looks and the keys of the order of priority."""


def text_schema() -> Any:
    """Return the Arrow schema of the file."""
    import pyarrow as pa

    kinds = {"price_minor": pa.int64(), "appearance": pa.binary(16), "row": pa.int64()}
    return pa.schema([(name, kinds.get(name, pa.string())) for name in TEXTS])


class Spool:
    """Rows that pass a catalog's rules, as products show them. Its files are removed when the block ends.

    usable: the rows that were judged usable, whether included or not. next_turn: the first moment ahead at which the
    same feed shows other prices or offers less. held: the ids of rows that were set aside. unreadable: the number of
    those whose id is not known.
    """

    def __init__(self, folder: Path, catalog: Catalog, *, shown: Shown, now: datetime) -> None:
        self.catalog = catalog
        self.usable = 0
        self.held: set[str] = set()
        self.next_turn: datetime | None = None
        self._now, self._mapper = now, RowMapper(catalog, shown, now)
        self._scratch = TemporaryDirectory(prefix="spool-", dir=folder)
        self._file = RowFile(Path(self._scratch.name) / "rows.arrow", text_schema())
        self._unreadable: set[int] = set()
        self._parts: dict[str, list[Array]] = {name: [] for name in HELD}
        self._looks: list[Any] = []
        self._keys: list[list[Any]] = [[] for _ in range(count_keys(catalog.priority))]
        self._left_out: list[Array] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._scratch.cleanup()

    def add(self, judged: JudgedChunk) -> None:
        """Take the rows of a chunk that the catalog includes, and the ids of those that were set aside."""
        import pyarrow.compute as pc

        self.hold(judged.faults)
        rows, mark = judged.columns, self.catalog.feed.decimal_mark
        self.usable += rows.num_rows
        lasting, expires = offered(rows, self._now)
        self._turn(expires)
        masks = [mask for mask in (lasting, included(rows, self.catalog.include, mark)) if mask is not None]
        if masks:
            taken = reduce(pc.and_, masks)
            self._left_out.append(texts(rows.filter(pc.invert(taken)), "id"))
            rows = rows.filter(taken)
        if rows.num_rows:
            self._take(rows, mark)

    def hold(self, faults: Iterable[RowFault]) -> None:
        """Take the ids of rows that were set aside: their products stay as they are."""
        for fault in faults:
            if fault.id:
                self.held.add(fault.id)
            else:
                self._unreadable.add(fault.row)

    def _take(self, rows: Columns, decimal_mark: str | None) -> None:
        mapped = self._mapper.map(rows)
        self._file.add(mapped.select(list(TEXTS)))
        self._parts["item"].append(mapped.column("item"))
        self._parts["group"].append(mapped.column("group"))
        self._parts["price"].append(column(rows, "price_minor", "int64"))
        self._parts["currency"].append(column(rows, "currency"))
        self._parts["sold_out"].append(_sold_out(rows))
        self._looks.append(as_looks(mapped.column("appearance")))
        for kept, key in zip(self._keys, priority_keys(rows, self.catalog.priority, decimal_mark), strict=True):
            kept.append(key)
        self._turn(self._mapper.next_turn(rows))

    def _turn(self, moment: datetime | None) -> None:
        if moment and (self.next_turn is None or moment < self.next_turn):
            self.next_turn = moment

    @property
    def unreadable(self) -> int:
        """The number of rows that were set aside and whose id is not known."""
        return len(self._unreadable)

    def rows(self) -> SpooledRows:
        """Return all rows that were taken; nothing can be added from then on."""
        return self._rows

    @cached_property
    def _rows(self) -> SpooledRows:
        import numpy as np
        import pyarrow as pa

        kinds = {"price": pa.int64(), "sold_out": pa.bool_()}
        held = {name: whole(parts, kinds.get(name, pa.string())) for name, parts in self._parts.items()}
        looks = np.concatenate(self._looks) if self._looks else np.empty(0, np.uint64)
        keys = [np.concatenate(parts) if parts else np.empty(0) for parts in self._keys]
        left_out = whole(self._left_out, pa.string())
        return SpooledRows(self._file.close(), held, looks, keys, left_out)


class SpooledRows:
    """The rows of a spool, each item once: texts in a file, and held columns in step with them.

    items, groups (null for none), currencies: Arrow. looks: the first 8 bytes of each appearance. prices: of the item,
    not of its sale; null for none. left_out: the ids of rows that the catalog's rules leave out.
    """

    def __init__(
        self, rows: MappedRows | None, held: dict[str, Array], looks: Any, keys: list[Any], left_out: Array
    ) -> None:
        import numpy as np

        firsts = _first_of_each(held["item"])
        if firsts is not None:
            held = {name: each.take(firsts) for name, each in held.items()}
            looks, keys = looks[firsts], [key[firsts] for key in keys]
        self._texts, self.looks, self._keys, self.left_out = rows, looks, keys, left_out
        self._positions = np.arange(len(looks)) if firsts is None else firsts
        self.items, self.groups, self.prices = held["item"], held["group"], held["price"]
        self.currencies, self.sold_out = held["currency"], held["sold_out"]

    def __len__(self) -> int:
        return len(self.items)

    def texts(self, at: Any, columns: list[str]) -> Columns:
        """Return some columns of the file for the rows with these numbers (NumPy)."""
        return self._texts.take(self._positions[at], columns) if self._texts else self.no_texts(columns)

    def no_texts(self, columns: list[str]) -> Columns:
        """Return no row, with some columns of the file."""
        return text_schema().empty_table().select(columns)

    def ranks(self) -> Any:
        """Return each row's place in the order of priority; the feed's order decides among equals."""
        import numpy as np

        count = len(self)
        ranks = np.empty(count, np.int64)
        ranks[np.lexsort((np.arange(count), *reversed(self._keys)))] = np.arange(count)
        return ranks


def empty_rows() -> SpooledRows:
    """Return the rows of a feed without any."""
    import numpy as np
    import pyarrow as pa

    kinds = {"price": pa.int64(), "sold_out": pa.bool_()}
    held = {name: pa.array([], kinds.get(name, pa.string())) for name in HELD}
    return SpooledRows(None, held, np.empty(0, np.uint64), [], pa.array([], pa.string()))


def _first_of_each(items: Array) -> Any:
    """Return the positions of the first row of each item, None if all are different."""
    import numpy as np
    import pyarrow.compute as pc

    first = pc.index_in(items, items).to_numpy(zero_copy_only=False)
    is_first = first == np.arange(len(items))
    return None if is_first.all() else np.flatnonzero(is_first)


def _sold_out(rows: Columns) -> Array:
    import pyarrow.compute as pc

    return pc.equal(texts(rows, "stock"), "out_of_stock")


def as_looks(appearance: Array) -> Any:
    """Return the first 8 bytes of appearances of 16 bytes, as NumPy numbers.

    They tell the items of one group, and a product from what it was, apart; the store keeps all 16 bytes.
    """
    import numpy as np

    raw = np.frombuffer(appearance.buffers()[1], np.uint64)
    return raw[2 * appearance.offset : 2 * (appearance.offset + len(appearance)) : 2].copy()
