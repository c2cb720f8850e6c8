"""A feed against the state that the last run left: what became of each product.

Nothing is withdrawn that may still be there. The product of a row that was set aside stays as it is. While there are
rows that were set aside and whose ids are not known, any missing product may be one of them: it is held for some runs.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from foundry.catalog.catalog import Catalog
from foundry.catalog.comparison import Comparison, Fates, number_of
from foundry.catalog.known import Known
from foundry.catalog.members import Members
from foundry.catalog.products import Change
from foundry.catalog.spool import Spool, SpooledRows, empty_rows
from foundry.catalog.state import CatalogState

HELD_RUNS = 3
"""Runs for which a missing product is held while it may be one of the rows that nobody can read."""


def compare(state: CatalogState, spool: Spool | None, *, catalog: Catalog, template: str) -> Comparison:
    """Compare a whole feed with the state; without a feed, all products stay as they are.

    Products in the feed whose files were made with another template are changed.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    known = Known(state)
    if spool is None:
        rows, away = empty_rows(), np.ones(len(known.items), np.bool_)
        return _compared(known, rows, away, catalog, template=template, rest=Change.UNCHANGED)
    rows = spool.rows()
    held = pa.array(sorted(spool.held), pa.string())
    away = pc.is_in(known.items, held).to_numpy(zero_copy_only=False)
    strangers = _strangers(held, known, rows)
    doubt = _doubt(known, spool, strangers)
    return _compared(
        known, rows, away, catalog, template=template, rest=Change.HELD, doubt=doubt, spool=spool, strangers=strangers
    )


def amend(
    state: CatalogState, spool: Spool, *, removed: Collection[str], catalog: Catalog, template: str
) -> Comparison:
    """Compare some rows with the state, of which all other items stay as they are, save those `removed`."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    known, rows = Known(state), spool.rows()
    ended = pa.concat_arrays([pa.array(sorted(removed), pa.string()), rows.left_out])
    away = np.logical_not(pc.is_in(known.items, ended).to_numpy(zero_copy_only=False))
    return _compared(known, rows, away, catalog, template=template, rest=Change.UNCHANGED, spool=spool)


def _strangers(held: Any, known: Known, rows: SpooledRows) -> tuple[str, ...]:
    """Return the ids of rows that were set aside and belong to no item that is known."""
    import pyarrow.compute as pc

    unknown = pc.invert(pc.or_(pc.is_in(held, known.items), pc.is_in(held, rows.items)))
    return tuple(held.filter(unknown).to_pylist())


def _doubt(known: Known, spool: Spool, strangers: tuple[str, ...]) -> Any:
    """Return for each product of the state whether, if it is missing, it may be a row that was set aside.

    A row that was set aside under the same strange id in the last run is none of the products that were there then.
    """
    import numpy as np

    fresh = bool(spool.unreadable) or not set(strangers) <= set(known.state.facts.strangers)
    any_at_all = bool(spool.unreadable or strangers)
    return np.where(known.missing == 0, fresh, any_at_all) & (known.missing < HELD_RUNS)


def _compared(
    known: Known,
    rows: SpooledRows,
    away: Any,
    catalog: Catalog,
    *,
    template: str,
    rest: Change,
    doubt: Any = False,
    spool: Spool | None = None,
    strangers: tuple[str, ...] = (),
) -> Comparison:
    members = Members(known, rows, _held(known, rows, away), catalog.products.share == "appearance")
    changes = _changes(members, catalog, template=template, rest=rest, is_unread=spool is None)
    fates = Fates(changes, _absent(members, catalog, doubt))
    return Comparison(members, fates, template=template, spool=spool, strangers=strangers)


def _held(known: Known, rows: SpooledRows, away: Any) -> Any:
    """Return the pairs of the state that stay as they are, each item once: with the product that its id made."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    gone = pc.invert(pc.is_in(known.items, rows.items)).to_numpy(zero_copy_only=False)
    pairs = np.flatnonzero(gone & away & known.live[known.parents])
    items = known.items.take(pa.array(pairs)).dictionary_encode().indices.to_numpy(zero_copy_only=False)
    order = np.lexsort((pairs, ~known.founders[pairs], items))
    _, first = np.unique(items[order], return_index=True)
    return np.sort(pairs[order[first]])


def _changes(members: Members, catalog: Catalog, *, template: str, rest: Change, is_unread: bool) -> Any:
    """Return the change of each cluster as its number among `CHANGES`; -1 where there is nothing to do or to count."""
    import numpy as np

    known, keys = members.known, members.keys
    present, sold, held = members.sizes()
    is_sold_out = (present > 0) & (sold == present) & (held == 0) & catalog.withdraw.out_of_stock
    known_before = keys >= 0
    live = known_before & known.live[keys] if len(known) else known_before
    looks = known.looks[keys] if len(known) else np.zeros(members.count, np.uint64)
    differs = looks != members.looks[members.shown]
    other = ~known.is_of(template)[keys] if len(known) else known_before
    stays = (present == 0) & ~(other & is_unread)
    return np.select(
        [
            live & stays,
            live & is_sold_out,
            live & (differs | other),
            live,
            is_sold_out,
            known_before,
        ],
        [
            number_of(rest),
            number_of(Change.OUT_OF_STOCK),
            number_of(Change.CHANGED),
            number_of(Change.UNCHANGED),
            -1,
            number_of(Change.BACK),
        ],
        number_of(Change.NEW),
    )


def _absent(members: Members, catalog: Catalog, doubt: Any) -> Any:
    """Return the change of each product of the state that no cluster took: -1 for others."""
    import numpy as np

    known = members.known
    away = known.live.copy()
    away[members.keys[members.keys >= 0]] = False
    elsewhere = np.zeros(len(known), np.bool_)
    elsewhere[known.parents[members.of_pairs >= 0]] = True
    held = doubt | (not catalog.withdraw.missing)
    gone, stays = number_of(Change.GONE), number_of(Change.HELD)
    return np.where(away, np.where(held & ~elsewhere, stays, gone), -1)
