"""The items of a comparison, from the feed and from the state, in clusters that share a product."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from foundry.catalog.columns import Array
from foundry.catalog.grouping import Claims, clusters_of, settle_claims
from foundry.catalog.known import Known
from foundry.catalog.spooled_rows import SpooledRows


@dataclass(frozen=True)
class Members:
    """The rows of a spool, numbered from 0, and after them the items of the state that stay as they are.

    held: the pairs of the state (`Known`) that those are. shared: items of a group that look the same share a product.
    """

    known: Known
    rows: SpooledRows
    held: Any
    shared: bool

    @cached_property
    def items(self) -> Array:
        """The id of each member; all are different."""
        import pyarrow as pa

        return pa.concat_arrays([self.rows.items, self.known.items.take(pa.array(self.held))])

    @cached_property
    def groups(self) -> Array:
        """The item group of each member, null for none."""
        import pyarrow as pa

        held = self.known.groups.take(pa.array(self.known.parents[self.held]))
        return pa.concat_arrays([self.rows.groups, held])

    @cached_property
    def looks(self) -> Any:
        """The look of each member."""
        import numpy as np

        return np.concatenate([self.rows.looks, self.known.looks[self.known.parents[self.held]]])

    @cached_property
    def _clustered(self) -> tuple[Any, int]:
        import numpy as np
        import pyarrow as pa

        alone = np.concatenate([np.arange(len(self.rows)), len(self.rows) + self.known.parents[self.held]])
        groups = self.groups if self.shared else pa.nulls(len(self.items), pa.string())
        return self._apart(*clusters_of(groups, self.looks, alone))

    def _apart(self, clusters: Any, count: int) -> tuple[Any, int]:
        """Return the clusters, in which products that merely stay are not joined, though they look alike."""
        import numpy as np

        first = len(self.rows)
        is_fed = np.zeros(count, np.bool_)
        is_fed[clusters[:first]] = True
        stays = first + np.flatnonzero(~is_fed[clusters[first:]])
        clusters[stays] = count + self.known.parents[self.held[stays - first]]
        numbers, clusters = np.unique(clusters, return_inverse=True)
        return clusters, len(numbers)

    @property
    def clusters(self) -> Any:
        """The cluster of each member."""
        return self._clustered[0]

    @property
    def count(self) -> int:
        """The number of clusters."""
        return self._clustered[1]

    @cached_property
    def of_pairs(self) -> Any:
        """The member that each pair of the state is, -1 for none."""
        return self._found(self.known.items)

    @property
    def cluster_of_pairs(self) -> Any:
        """The cluster in which the item of each pair of the state is now, -1 for none."""
        import numpy as np

        found = np.full(len(self.of_pairs), -1, np.int64)
        there = self.of_pairs >= 0
        found[there] = self.clusters[self.of_pairs[there]]
        return found

    @cached_property
    def keys(self) -> Any:
        """The product of the state whose id each cluster takes, -1 for a new one."""
        import numpy as np

        known = self.known
        pairs, founded = np.flatnonzero(self.of_pairs >= 0), np.flatnonzero(self._founders >= 0)
        products = np.concatenate([founded, known.parents[pairs]])
        members = np.concatenate([self._founders[founded], self.of_pairs[pairs]])
        is_founder = np.arange(len(products)) < len(founded)
        same = known.looks[products] == self.looks[members]
        claims = Claims(products, self.clusters[members], is_founder, same, known.live[products])
        return self._with_renamed(settle_claims(claims, self.count))

    def _with_renamed(self, keys: Any) -> Any:
        """Return the keys in which new clusters have the ids of products that are lost and had their group and look.

        Their items come under other ids. What looks the same has the same files, so any such product will do.
        """
        import numpy as np

        known = self.known
        is_lost = known.live.copy()
        is_lost[keys[keys >= 0]] = False
        is_lost[known.parents[self.of_pairs >= 0]] = False
        present, _, _ = self.sizes()
        lost, fresh = np.flatnonzero(is_lost), np.flatnonzero((keys < 0) & (present > 0))
        if len(lost) and len(fresh):
            products, clusters = self._pairs_alike(lost, fresh)
            keys[fresh[clusters]] = lost[products]
        return keys

    def _pairs_alike(self, products: Any, clusters: Any) -> tuple[Any, Any]:
        """Return the places of products and clusters of one group and look, each once."""
        import numpy as np
        import pyarrow as pa

        firsts = self.order[self.starts[:-1][clusters]]
        groups = pa.concat_arrays([self.known.groups.take(pa.array(products)), self.groups.take(pa.array(firsts))])
        looks = np.concatenate([self.known.looks[products], self.looks[firsts]])
        alike, _ = clusters_of(groups, looks, np.zeros(len(looks), np.int64))
        sides = (_counted(alike[: len(products)]), _counted(alike[len(products) :]))
        _, of_products, of_clusters = np.intersect1d(*sides, assume_unique=True, return_indices=True)
        return of_products, of_clusters

    @cached_property
    def _founders(self) -> Any:
        """The member that each product's id was made from, -1 for none: it may have left the product before."""
        return self._found(self.known.firsts)

    def _found(self, items: Array) -> Any:
        import pyarrow.compute as pc

        found = pc.fill_null(pc.index_in(items, self.items), -1)
        return found.to_numpy(zero_copy_only=False).astype("int64")

    @cached_property
    def of_products(self) -> Any:
        """The cluster that took the id of each product of the state, -1 for none."""
        import numpy as np

        found = np.full(len(self.known), -1, np.int64)
        taken = self.keys >= 0
        found[self.keys[taken]] = np.flatnonzero(taken)
        return found

    @cached_property
    def order(self) -> Any:
        """The members by cluster, and in each by id."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        order = np.argsort(self.clusters, kind="stable")
        clusters = self.clusters[order]
        items = self.items.take(pa.array(order))
        if len(order) < 2:
            return order
        falls = pc.greater(items[:-1], items[1:]).to_numpy(zero_copy_only=False) & (clusters[:-1] == clusters[1:])
        unsorted = np.flatnonzero(np.isin(clusters, np.unique(clusters[:-1][falls])))
        if len(unsorted):
            some = pa.table({"cluster": clusters[unsorted], "item": items.take(pa.array(unsorted))})
            by = pc.sort_indices(some, sort_keys=[("cluster", "ascending"), ("item", "ascending")])
            order[unsorted] = order[unsorted][by.to_numpy(zero_copy_only=False)]
        return order

    @cached_property
    def starts(self) -> Any:
        """The place in `order` at which each cluster begins, and the end."""
        import numpy as np

        return np.concatenate([[0], np.cumsum(np.bincount(self.clusters, minlength=self.count))])

    @cached_property
    def shown(self) -> Any:
        """The member of each cluster whose texts its product has: the first row of the feed, else the first item."""
        import numpy as np

        shown = self.order[self.starts[:-1]].copy()
        rows = np.flatnonzero(self.order < len(self.rows))
        clusters, first = np.unique(self.clusters[self.order[rows]], return_index=True)
        shown[clusters] = self.order[rows[first]]
        return shown

    def sizes(self) -> tuple[Any, Any, Any]:
        """Return for each cluster the rows of the feed, those that are sold out, and the items that stay."""
        import numpy as np

        rows, count = len(self.rows), self.count
        sold = self.rows.held["sold_out"].to_numpy(zero_copy_only=False)
        return (
            np.bincount(self.clusters[:rows], minlength=count),
            np.bincount(self.clusters[:rows][sold], minlength=count),
            np.bincount(self.clusters[rows:], minlength=count),
        )

    def ranks(self) -> Any:
        """Return for each cluster the best place of its rows in the order of priority; the last for none."""
        import numpy as np

        ranks = np.full(self.count, len(self.rows), np.int64)
        np.minimum.at(ranks, self.clusters[: len(self.rows)], self.rows.ranks())
        return ranks


def _counted(codes: Any) -> Any:
    """Return numbers that name each code and its place among the equal ones before it."""
    import numpy as np

    order = np.argsort(codes, kind="stable")
    begins = np.searchsorted(codes[order], codes[order])
    counted = np.empty(len(codes), np.int64)
    counted[order] = (codes[order] << 32) + np.arange(len(codes)) - begins
    return counted
