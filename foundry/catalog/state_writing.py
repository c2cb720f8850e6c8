"""The state that a run leaves: its parts are written first, each under its content, and the index is replaced last.

A part that comes out as it was is not written again. A run that is killed in between leaves the old state, and the
next run does again what was done, which is found finished.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from foundry.catalog.comparison import Comparison, number_of
from foundry.catalog.products import Change
from foundry.catalog.rows import Columns
from foundry.catalog.state import (
    FORM,
    KEPT_STRANGERS,
    StateFacts,
    StateIndex,
    StatePart,
    index_name,
    one_batch,
    part_name,
    state_schema,
    token_of_index,
)
from foundry.store.lease import Lease
from foundry.store.object_store import ObjectStore, write_synced

PRODUCTS_PER_PART = 8_192
MOST_COUNTED = 100
_NOTHING: frozenset[str] = frozenset()


def write_state(
    store: ObjectStore,
    comparison: Comparison,
    facts: StateFacts,
    *,
    pictures: Mapping[str, str] | None = None,
    left: Container[str] = _NOTHING,
    keep_days: int = 30,
    lease: Lease | None = None,
) -> StateIndex:
    """Write the state after a run, and return its index.

    pictures: the SHA-256 of the pictures that were fetched, by product. left: the ids of products whose change was not
    carried out: they stay as they were, and the next run finds the same change. keep_days: withdrawn products are
    forgotten after so many days. lease: the catalog's; LeaseLost, and the old state stays, if it is another's by now.
    """
    catalog, before = comparison.known.state.catalog, comparison.known.state.index
    rows = NextRows(comparison, facts, pictures or {}, left, keep_days)
    parts = tuple(old or _write_part(store, catalog, table) for table, old in rows.parts())
    told = replace(
        facts,
        usable=comparison.usable,
        next_turn=comparison.next_turn,
        left=rows.left if comparison.is_whole else comparison.facts.left + rows.left,
        strangers=comparison.strangers[:KEPT_STRANGERS],
        token=lease.token if lease else 0,
    )
    index = StateIndex(form=FORM, facts=told, parts=parts)
    if lease:
        lease.replace(index_name(catalog), index.as_json(), token_of_index)
    else:
        with store.replacing(index_name(catalog)) as file:
            write_synced(file, index.as_json())
    for part in set(before.parts) - set(parts):
        store.remove(part_name(catalog, part.sha256))
    return index


def _write_part(store: ObjectStore, catalog: str, rows: Columns) -> StatePart:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    written = io.BytesIO()
    table = pa.Table.from_batches([rows])
    pq.write_table(table, written, compression="zstd", row_group_size=max(len(table), 1), write_page_checksum=True)
    data = written.getvalue()
    sha256 = hashlib.sha256(data).hexdigest()
    store.put_once(part_name(catalog, sha256), data)
    items = pc.sum(pc.list_value_length(table.column("items"))).as_py() or 0
    return StatePart(sha256=sha256, products=len(table), items=items)


@dataclass
class NextRows:
    """The rows of the next state, part by part. left: the products that were left, once all parts were made."""

    comparison: Comparison
    facts: StateFacts
    pictures: Mapping[str, str]
    skipped: Container[str]
    keep_days: int
    left: int = 0

    def __post_init__(self) -> None:
        known = self.comparison.known
        self._members, self._rows, self._known = self.comparison.members, self.comparison.rows, known

    def parts(self) -> Iterator[tuple[Columns | None, StatePart | None]]:
        """Yield the rows of each part, or the part of the last state if it is the same."""
        import numpy as np

        kept, made, old = self._kept, self._made_anew, self._known.state
        count = _part_count(len(kept) + len(made), len(old.index.parts))
        is_as_before = count == len(old.index.parts)
        part_of_made = _part_numbers(self._rows.ids(made), count)
        part_of_kept = old.rows.batch_of(kept) if is_as_before else _part_numbers(self._known.ids.take(kept), count)
        touched = {*part_of_made.tolist(), *old.rows.batch_of(np.flatnonzero(self._touched)).tolist()}
        for at in range(count):
            if is_as_before and at not in touched:
                yield None, old.index.parts[at]
                continue
            numbers = kept[np.flatnonzero(part_of_kept == at)]
            rows = self._part(numbers, made[np.flatnonzero(part_of_made == at)])
            is_same = is_as_before and old.rows.batch(at).equals(rows)
            yield rows, old.index.parts[at] if is_same else None

    @cached_property
    def _touched(self) -> Any:
        """Whether the row of each product of the state may become another one."""
        import numpy as np

        if self.pictures or self.comparison.is_whole:
            return np.ones(len(self._known), np.bool_)
        members, known, fates = self._members, self._known, self._fates
        touched = np.ones(len(known), np.bool_)
        touched[self._kept] = False
        touched |= ~np.isin(fates, [number_of(Change.UNCHANGED), number_of(Change.HELD), -1])
        elsewhere = members.cluster_of_pairs != members.of_products[known.parents]
        touched[known.parents[elsewhere]] = True
        in_feed = members.sizes()[0][members.of_products[~touched]] > 0 if members.count else False
        touched[~touched] = in_feed & (members.of_products[~touched] >= 0)
        return touched

    @cached_property
    def _fates(self) -> Any:
        """The change of each product of the state, -1 for one that stays withdrawn; a left one keeps its row."""
        import numpy as np

        fates, clusters = self.comparison.fates, self._members.of_products
        if not len(fates.clusters):
            return fates.products
        return np.where(clusters >= 0, fates.clusters[clusters], fates.products)

    @cached_property
    def _made_anew(self) -> Any:
        """The clusters whose products were made, and get a new row."""
        import numpy as np

        made = np.sort(self.comparison.made)
        left = np.array([name in self.skipped for name in self._rows.ids(made).to_pylist()], np.bool_)
        self.left += int(left.sum())
        return made[~left]

    @cached_property
    def _kept(self) -> Any:
        """The products of the state whose rows stay, changed or not."""
        import numpy as np
        import pyarrow.compute as pc

        stays = np.ones(len(self._known), np.bool_)
        keys = self._members.keys[self._made_anew]
        stays[keys[keys >= 0]] = False
        moment = datetime.fromisoformat(self.facts.moment) if self.facts.moment else None
        if moment:
            withdrawn = self._known.state.rows.column("withdrawn_at")
            bound = (moment - timedelta(days=self.keep_days)).isoformat()
            old = pc.and_(pc.not_equal(withdrawn, ""), pc.less(withdrawn, bound))
            stays &= ~(old.to_numpy(zero_copy_only=False) & (self._fates < 0))
        return np.flatnonzero(stays)

    def _part(self, numbers: Any, clusters: Any) -> Columns:
        import pyarrow as pa

        schema = state_schema()
        table = pa.concat_tables([self._old(numbers), self._new(clusters)]).combine_chunks()
        return one_batch(table.sort_by("id").select(schema.names).cast(schema))

    def _old(self, numbers: Any) -> Any:
        """Return rows of the state as they are to be: with the items of today, withdrawn, or missing once more."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = self._known.state.rows.take(numbers, state_schema().names)
        fates, ids = self._fates[numbers], rows.column("id")
        stays = np.isin(fates, [number_of(Change.UNCHANGED), number_of(Change.HELD)])
        stays &= self._members.of_products[numbers] >= 0
        gone = np.isin(fates, [number_of(Change.GONE), number_of(Change.OUT_OF_STOCK)])
        leaving = zip(numbers[gone].tolist(), ids.filter(pa.array(gone)).to_pylist(), strict=True)
        gone[gone] = [self._is_withdrawn(number, name) for number, name in leaving]
        withdrawn = pc.if_else(pa.array(gone), self.facts.moment, rows.column("withdrawn_at"))
        if self.comparison.is_whole:
            counted = np.minimum(self._known.missing[numbers] + 1, MOST_COUNTED)
            count = np.where(self.comparison.doubted[numbers], counted, 0).astype(np.int8)
            rows = _with(rows, "missing", pa.array(count))
        rows = _with(rows, "withdrawn_at", withdrawn)
        rows = _with(rows, "picture_sha256", self._pictures(ids, rows.column("picture_sha256")))
        return self._with_items(rows, numbers, stays)

    def _is_withdrawn(self, number: int, name: str) -> bool:
        waits = name in self.skipped or self.comparison.successor_of(number) in self.skipped
        self.left += waits
        return not waits

    def _with_items(self, rows: Any, numbers: Any, stays: Any) -> Any:
        """Return rows of which those that stay have the items, the prices and the group that they have in the feed."""
        import pyarrow as pa

        if not stays.any():
            return rows
        clusters = self._members.of_products[numbers[stays]]
        kept, told = rows.filter(pa.array(~stays)), rows.filter(pa.array(stays))
        for name, values in self._item_columns(clusters).items():
            told = _with(told, name, values)
        return pa.concat_tables([kept, told])

    def _item_columns(self, clusters: Any) -> dict[str, Any]:
        return {
            "items": self._rows.items(clusters),
            "prices": self._rows.lists(clusters, self._prices),
            "currencies": self._rows.lists(clusters, self._currencies),
            "group": self._rows.groups(clusters),
        }

    @cached_property
    def _prices(self) -> Any:
        import pyarrow as pa

        held = self._known.prices.take(pa.array(self._members.held))
        return pa.concat_arrays([self._members.rows.held["price"], held])

    @cached_property
    def _currencies(self) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        held = self._known.currencies.take(pa.array(self._members.held))
        return pc.fill_null(pa.concat_arrays([self._members.rows.held["currency"], held]), "")

    def _pictures(self, ids: Any, otherwise: Any) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pa.array([self.pictures.get(name) for name in ids.to_pylist()], pa.string())
        return pc.coalesce(found, otherwise)

    def _new(self, clusters: Any) -> Any:
        """Return the rows of products that were made."""
        import numpy as np
        import pyarrow as pa

        ids = self._rows.ids(clusters)
        table = self._rows.words(clusters).drop_columns(["row"])
        columns = {
            "id": ids,
            "first": self._rows.firsts(clusters),
            "picture_sha256": self._pictures(ids, pa.array([""] * len(clusters), pa.string())),
            "template": pa.array([self.comparison.template] * len(clusters), pa.string()),
            "missing": pa.array(np.zeros(len(clusters), np.int8)),
            "withdrawn_at": pa.array([""] * len(clusters), pa.string()),
            **self._item_columns(clusters),
        }
        for name, values in columns.items():
            table = table.append_column(name, values)
        return table.select(state_schema().names).cast(state_schema())


def _with(table: Any, name: str, values: Any) -> Any:
    field = state_schema().field(name)
    return table.set_column(table.schema.get_field_index(name), field, values.cast(field.type))


def _part_count(products: int, before: int) -> int:
    """Return a power of two; the one from before stays while its parts are between half and twice the usual size."""
    if before and before * PRODUCTS_PER_PART / 2 <= products <= before * PRODUCTS_PER_PART * 2:
        return before
    return 1 << max((products - 1) // PRODUCTS_PER_PART, 0).bit_length()


def _part_numbers(ids: Any, count: int) -> Any:
    import numpy as np
    import pyarrow as pa

    if count == 1:
        return np.zeros(len(ids), np.int64)
    hashes = [zlib.crc32(name) for name in ids.cast(pa.binary()).to_pylist()]
    return np.array(hashes, np.int64) % count
