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
from foundry.catalog.mapped_rows import RowFile
from foundry.catalog.mapping import RowMapper, Shown
from foundry.catalog.rows import Columns, JudgedChunk, RowFault
from foundry.catalog.rules import count_keys, included, priority_keys
from foundry.catalog.spooled_rows import HELD, TEXTS, SpooledRows, as_looks, text_schema
from foundry.catalog.turns import offered


class Spool:
    """Rows that pass a catalog's rules, as products show them. Its files are removed when the block ends.

    usable: the rows that were judged usable, whether included or not. next_turn: the first moment ahead at which the
    same feed shows other prices or offers less. held: the ids of rows that were set aside. contested: those of them
    whose id is itself at fault, so that they may be of another item, such as the second row of an id.
    """

    def __init__(self, folder: Path, catalog: Catalog, *, shown: Shown, now: datetime) -> None:
        self.catalog = catalog
        self.usable = 0
        self.held: set[str] = set()
        self.contested: set[str] = set()
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
            if not fault.id:
                self._unreadable.add(fault.row)
                continue
            self.held.add(fault.id)
            if fault.attribute == "id":
                self.contested.add(fault.id)

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
        rows = SpooledRows(
            file=self._file.close(),
            positions=np.arange(len(held["item"])),
            held=held,
            looks=np.concatenate(self._looks) if self._looks else np.empty(0, np.uint64),
            keys=tuple(np.concatenate(parts) if parts else np.empty(0) for parts in self._keys),
            left_out=whole(self._left_out, pa.string()),
        )
        return rows.each_once()


def _sold_out(rows: Columns) -> Array:
    import pyarrow.compute as pc

    return pc.equal(texts(rows, "stock"), "out_of_stock")
