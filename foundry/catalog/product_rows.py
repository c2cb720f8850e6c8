"""Products as values, read from the feed's file or from the state's, some at a time."""

from __future__ import annotations

from typing import Any

from foundry.catalog.columns import Array
from foundry.catalog.grouping import product_ids
from foundry.catalog.members import Members
from foundry.catalog.products import CatalogProduct

WORDS = ["name", "description", "category", "price_minor", "currency", "picture", "appearance"]


class ProductRows:
    """The products of clusters, and those of the state by their numbers. All numbers are NumPy arrays."""

    def __init__(self, members: Members) -> None:
        self._members, self._known = members, members.known

    def ids(self, clusters: Any) -> Array:
        """Return the ids of the products of clusters: those of the state, or new ones."""
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = pa.array(self._members.keys[clusters])
        before = self._known.ids.take(pc.if_else(pc.less(keys, 0), None, keys))
        is_new = pc.is_null(before)
        if not pc.any(is_new).as_py():
            return before
        firsts = self._first_items(clusters)
        return pc.replace_with_mask(before, is_new, product_ids(firsts.filter(is_new)))

    def firsts(self, clusters: Any) -> Array:
        """Return the items that the ids of clusters' products were made from."""
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = pa.array(self._members.keys[clusters])
        before = self._known.firsts.take(pc.if_else(pc.less(keys, 0), None, keys))
        return pc.coalesce(before, self._first_items(clusters))

    def _first_items(self, clusters: Any) -> Array:
        import pyarrow as pa

        return self._members.items.take(pa.array(self._members.order[self._members.starts[:-1][clusters]]))

    def items(self, clusters: Any) -> Array:
        """Return the items of clusters, a sorted list for each."""
        return self.lists(clusters, self._members.items)

    def lists(self, clusters: Any, values: Array) -> Array:
        """Return values of members as a list for each cluster, in the order of its items."""
        import numpy as np
        import pyarrow as pa

        starts = self._members.starts
        begins, sizes = starts[clusters], starts[clusters + 1] - starts[clusters]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        places = np.repeat(begins - offsets[:-1], sizes) + np.arange(offsets[-1])
        taken = values.take(pa.array(self._members.order[places]))
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), taken)

    def words(self, clusters: Any) -> Any:
        """Return what products of clusters show, as a table: of their row in the feed, or else in the state."""
        import numpy as np
        import pyarrow as pa

        shown, rows = self._members.shown[clusters], self._members.rows
        in_feed = shown < len(rows)
        parts, order = [rows.no_texts([*WORDS, "row"])], [np.empty(0, np.int64)]
        if in_feed.any():
            parts.append(rows.texts(shown[in_feed], [*WORDS, "row"]))
            order.append(np.flatnonzero(in_feed))
        if not in_feed.all():
            pairs = self._members.held[shown[~in_feed] - len(rows)]
            held = self._known.state.rows.take(self._known.parents[pairs], WORDS)
            parts.append(held.append_column("row", pa.array(np.zeros(len(pairs), np.int64))))
            order.append(np.flatnonzero(~in_feed))
        back = np.argsort(np.concatenate(order), kind="stable")
        return pa.concat_tables(parts).combine_chunks().take(pa.array(back))

    def groups(self, clusters: Any) -> Array:
        """Return the item groups of clusters, "" for none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        return pc.fill_null(self._members.groups.take(pa.array(self._members.shown[clusters])), "")

    def products(self, clusters: Any, first_rank: int) -> list[CatalogProduct]:
        """Return the products of clusters, whose places in the order of priority begin with a number."""
        columns = {
            "id": self.ids(clusters),
            "items": self.items(clusters),
            "group": self.groups(clusters),
            "first": self.firsts(clusters),
        }
        told = zip(*(column.to_pylist() for column in columns.values()), strict=True)
        words = self.words(clusters).to_pylist()
        return [
            _product(dict(zip(columns, values, strict=True)) | shown, first_rank + at)
            for at, (values, shown) in enumerate(zip(told, words, strict=True))
        ]

    def known_products(self, numbers: Any) -> list[CatalogProduct]:
        """Return products of the state, as it has them."""
        return [_product(row, 0) for row in self._known_rows(numbers)]

    def kept_products(self, numbers: Any) -> list[CatalogProduct]:
        """Return products of the state that stay, with the items that they have in the feed."""
        clusters = self._members.of_products[numbers]
        items = iter(self.items(clusters[clusters >= 0]).to_pylist())
        rows = self._known_rows(numbers)
        return [
            _product({**row, "items": next(items)} if cluster >= 0 else row, 0)
            for row, cluster in zip(rows, clusters, strict=True)
        ]

    def _known_rows(self, numbers: Any) -> list[dict[str, Any]]:
        columns = ["id", "items", "group", "first", *WORDS]
        found: list[dict[str, Any]] = self._known.state.rows.take(numbers, columns).to_pylist()
        return found

    def pictures(self, numbers: Any) -> list[str]:
        """Return the SHA-256 of the pictures of products of the state."""
        found: list[str] = self._known.state.rows.take(numbers, ["picture_sha256"]).column(0).to_pylist()
        return found


def _product(row: dict[str, Any], rank: int) -> CatalogProduct:
    return CatalogProduct(
        **{**row, "items": tuple(row["items"]), "appearance": row["appearance"].hex()},
        rank=rank,
    )
