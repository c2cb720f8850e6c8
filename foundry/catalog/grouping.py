"""Items that look the same share a product: clusters of rows, and the ids that stay with them from run to run.

A cluster is the items of one group with one appearance. It takes the id of the product in the state that its items
belonged to, so that a size that sells out or comes in moves no file; else an id made from its first item.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from foundry.catalog.columns import Array
from foundry.names import is_slug

_MADE = re.compile(r"-[0-9a-f]{20}$")
_BETWEEN = re.compile(r"[^a-z0-9]+")
_PLAIN = r"^[a-z0-9][a-z0-9._-]{0,62}$"


def product_id(item: str) -> str:
    """Return the id of a product whose first item has this id: itself if it is a slug, else a slug with a hash of it.

    Different items have different ids, also where they differ in case alone.
    """
    if is_slug(item) and not _MADE.search(item):
        return item
    words = _BETWEEN.sub("-", item[:200].lower())[:40].strip("-")
    return f"{words or 'item'}-{hashlib.sha256(item.encode()).hexdigest()[:20]}"


def product_ids(items: Array) -> Array:
    """Return the ids of products by their first items, as an Arrow array."""
    import pyarrow as pa
    import pyarrow.compute as pc

    made = pc.match_substring_regex(items, r"-[0-9a-f]{20}$")
    plain = pc.and_(pc.match_substring_regex(items, _PLAIN), pc.invert(made))
    if pc.all(plain).as_py():
        return items
    others = [product_id(item) for item in items.filter(pc.invert(plain)).to_pylist()]
    return pc.replace_with_mask(items, pc.invert(plain), pa.array(others, pa.string()))


def clusters_of(groups: Array, looks: Any, alone: Any) -> tuple[Any, int]:
    """Return each member's cluster (NumPy int64, from 0), and how many there are.

    groups: text, null for a member without one, which is clustered by `alone`: a NumPy array of numbers.
    """
    import numpy as np

    coded = groups.dictionary_encode()
    codes = coded.indices.cast("int64").fill_null(-1).to_numpy(zero_copy_only=False)
    keys = np.where(codes >= 0, codes, len(coded.dictionary) + alone)
    order = np.lexsort((looks, keys))
    keys, sorted_looks = keys[order], looks[order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (keys[1:] != keys[:-1]) | (sorted_looks[1:] != sorted_looks[:-1])
    found = np.empty(len(order), np.int64)
    found[order] = np.cumsum(begins) - 1
    return found, int(begins.sum())


@dataclass(frozen=True)
class Claims:
    """The products of the state that members were part of, pair by pair, as NumPy arrays.

    products, clusters: numbers. founder: the member is the item that the product's id was made from. same: it looks as
    the product did. live: the product is not withdrawn.
    """

    products: Any
    clusters: Any
    founder: Any
    same: Any
    live: Any


def settle_claims(claims: Claims, clusters: int) -> Any:
    """Return for each cluster the product of the state whose id it takes, -1 for none.

    A product goes to the cluster of its founder, else to one that looks as it did, else to any of its members'. Of
    several products, a cluster takes a live one, and the rest are given up. So no id is ever taken twice, nor made
    anew while the state has it: who would make it has the founder, and claims it first.
    """
    import numpy as np

    closeness = np.where(claims.founder, 0, np.where(claims.same, 1, 2))
    order = np.lexsort((claims.clusters, closeness, claims.products))
    first = _firsts(claims.products[order])
    chosen = order[first]
    rank = np.where(claims.live[chosen], 0, 3) + closeness[chosen]
    sorted_by_cluster = np.lexsort((claims.products[chosen], rank, claims.clusters[chosen]))
    best = chosen[sorted_by_cluster[_firsts(claims.clusters[chosen][sorted_by_cluster])]]
    taken = np.full(clusters, -1, np.int64)
    taken[claims.clusters[best]] = claims.products[best]
    return taken


def _firsts(sorted_numbers: Any) -> Any:
    """Return the positions at which each number first stands."""
    import numpy as np

    begins = np.ones(len(sorted_numbers), np.bool_)
    begins[1:] = sorted_numbers[1:] != sorted_numbers[:-1]
    return np.flatnonzero(begins)
