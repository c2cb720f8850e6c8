"""What was given back last: a hash of each item's row, by which the next deltas are found. A view that may be lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from foundry.catalog.runs import catalog_folder
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore

_FORM = b"form"


def line_hashes(lines: Any) -> Any:
    """Return 64 bits of a hash of each text of a column, int64."""
    import numpy as np

    offsets = np.frombuffer(lines.buffers()[1], np.int32)[lines.offset : lines.offset + len(lines) + 1].tolist()
    data = memoryview(lines.buffers()[2])
    joined = b"".join(hashlib.blake2b(data[start:stop], digest_size=8).digest() for start, stop in pairwise(offsets))
    return np.frombuffer(joined, np.int64)


@dataclass
class GivenBook:
    """The rows that are given now beside those that were given before.

    ids: of the rows, one array; hashes: int64, of the same length. before: a table of `item` and `hash`, None where it
    is not known.
    """

    ids: Any
    hashes: Any
    before: Any

    @cached_property
    def changed(self) -> Any:
        """A mask over the rows: True for those that are new or other than before."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.before is None or not len(self.ids):
            return np.ones(len(self.ids), bool)
        place = pc.index_in(self.ids, self.before["item"].combine_chunks())
        old = pc.take(self.before["hash"].combine_chunks(), place)
        same = pc.fill_null(pc.equal(old, pa.array(self.hashes)), False)
        return ~same.to_numpy(zero_copy_only=False)

    def gone(self, set_aside: Iterable[str], known_gone: Iterable[str], *, only_known: bool) -> list[str]:
        """Return the items that were given before and are to be deleted, sorted.

        They are in no row of today, and in none that was set aside. only_known: of the others, only those of
        `known_gone`, because there are rows that may be any of them. So may rows that were set aside under ids that
        were never given: one may be a wrong id of a missing item.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.before is None:
            return []
        items = self.before["item"].combine_chunks()
        aside = pa.array(sorted(set_aside), pa.string())
        keep = pc.or_(pc.is_in(items, self.ids), pc.is_in(items, aside))
        gone = set(items.filter(pc.invert(keep)).to_pylist())
        doubtful = only_known or not pc.all(pc.is_in(aside, pc.drop_null(items)), min_count=0).as_py()
        return sorted(gone & set(known_gone) if doubtful else gone)

    def after(self, deleted: Iterable[str], *, whole: bool) -> Any:
        """Return the table for the next run: the rows of now, and those before that are neither here nor deleted."""
        import pyarrow as pa
        import pyarrow.compute as pc

        now = pa.table({"item": self.ids, "hash": pa.array(self.hashes, pa.int64())}, schema=given_state_schema())
        if self.before is None:
            return now if whole else None
        items = self.before["item"].combine_chunks()
        drop = pc.or_(pc.is_in(items, self.ids), pc.is_in(items, pa.array(sorted(deleted), pa.string())))
        return pa.concat_tables([self.before.filter(pc.invert(drop)), now])


def given_state_schema() -> Any:
    """Return the columns of the table."""
    import pyarrow as pa

    return pa.schema([pa.field("item", pa.string()), pa.field("hash", pa.int64())])


def _name(catalog: str) -> str:
    return f"{catalog_folder(catalog)}/feed/given.parquet"


def read_given(own: ObjectStore, catalog: str, form: str) -> Any:
    """Return the table that the last run left; None if there is none for this format, or it is damaged."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(pa.BufferReader(own.get(_name(catalog))))
    except (NoSuchObject, CorruptObject, pa.ArrowException):
        return None
    kept = (table.schema.metadata or {}).get(_FORM, b"").decode()
    return table.select(["item", "hash"]).cast(given_state_schema()) if kept == form else None


def write_given(own: ObjectStore, catalog: str, form: str, table: Any) -> None:
    """Replace the table in one step; None leaves things as they are."""
    from pyarrow import parquet

    if table is not None:
        with own.replacing(_name(catalog)) as file:
            parquet.write_table(table.replace_schema_metadata({_FORM: form}), file, compression="zstd")
