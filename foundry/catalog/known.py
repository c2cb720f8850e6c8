"""The columns of a state that a comparison holds in memory: about 80 bytes a product and 40 an item."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from foundry.catalog.columns import Array
from foundry.catalog.spooled_rows import as_looks
from foundry.catalog.state import CatalogState


class Known:
    """Products by number, and pairs of a product and one of its items by number.

    looks, live: NumPy, by product. parents: each pair's product, NumPy.
    """

    def __init__(self, state: CatalogState) -> None:
        import numpy as np
        import pyarrow.compute as pc

        self.state = state
        rows = state.rows
        self.ids, self.firsts = rows.column("id"), rows.column("first")
        self.looks = as_looks(rows.column("appearance"))
        self.live = pc.equal(rows.column("withdrawn_at"), "").to_numpy(zero_copy_only=False)
        self.missing = rows.column("missing").to_numpy(zero_copy_only=False)
        items = rows.column("items")
        self.items = items.flatten()
        self.counts = pc.list_value_length(items).to_numpy(zero_copy_only=False).astype(np.int64)
        self.parents = np.repeat(np.arange(len(items)), self.counts)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def groups(self) -> Array:
        """The item group of each product, null for none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        groups = self.state.rows.column("group")
        return pc.if_else(pc.equal(groups, ""), pa.scalar(None, pa.string()), groups)

    def is_of(self, template: str) -> Any:
        """Return for each product whether its files were made with a template."""
        import pyarrow.compute as pc

        return pc.equal(self.state.rows.column("template"), template).to_numpy(zero_copy_only=False)

    @cached_property
    def founders(self) -> Any:
        """Whether each pair's item is the one that the product's id was made from."""
        import pyarrow as pa
        import pyarrow.compute as pc

        firsts = self.firsts.take(pa.array(self.parents))
        return pc.equal(self.items, firsts).to_numpy(zero_copy_only=False)

    @property
    def prices(self) -> Array:
        """The price of each pair's item, null for none."""
        return self.state.rows.column("prices").flatten()

    @property
    def currencies(self) -> Array:
        """The currency of each pair's item."""
        return self.state.rows.column("currencies").flatten()
