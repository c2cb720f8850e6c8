"""A feed against the state that the last run left: what became of each product.

Nothing is withdrawn that may still be there. The product of a row that was set aside stays as it is. While there are
rows that were set aside and whose item is not known, any missing item may be one of them: it stays for some runs.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from foundry.catalog.catalog import Catalog
from foundry.catalog.comparison import Comparison, Fates, number_of
from foundry.catalog.known import Known
from foundry.catalog.members import Members
from foundry.catalog.products import Change
from foundry.catalog.spool import Spool
from foundry.catalog.spooled_rows import SpooledRows, empty_rows
from foundry.catalog.state import CatalogState

HELD_RUNS = 3
"""Runs for which a missing item stays while it may be one of the rows whose item is not known."""


def compare(state: CatalogState, spool: Spool | None, *, catalog: Catalog, template: str) -> Comparison:
    """Compare a whole feed with the state; without a feed, all products stay as they are.

    Products in the feed whose files were made with another template are changed.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    known = Known(state)
    if spool is None:
        stays = np.ones(len(known.items), np.bool_)
        return _compared(known, empty_rows(), stays, catalog, template=template, rest=Change.UNCHANGED)
    rows = _certain_rows(spool, known)
    held = pa.array(sorted(spool.held), pa.string())
    strangers = _strangers(spool, known, rows)
    set_aside = _flags(pc.is_in(known.items, held))
    doubted = _doubt(known, spool, strangers)[known.parents] & ~set_aside
    doubted &= ~_flags(pc.is_in(known.items, pa.concat_arrays([rows.items, rows.left_out])))
    return _compared(
        known,
        rows,
        set_aside | doubted,
        catalog,
        template=template,
        rest=Change.HELD,
        is_whole=True,
        doubted=doubted,
        spool=spool,
        strangers=strangers,
    )


def amend(
    state: CatalogState, spool: Spool, *, removed: Collection[str], catalog: Catalog, template: str
) -> Comparison:
    """Compare some rows with the state, of which all other items stay as they are, save those `removed`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    known = Known(state)
    rows = _certain_rows(spool, known)
    ended = pa.concat_arrays([pa.array(sorted(removed), pa.string()), rows.left_out])
    stays = ~_flags(pc.is_in(known.items, ended))
    return _compared(known, rows, stays, catalog, template=template, rest=Change.UNCHANGED, spool=spool)


def _certain_rows(spool: Spool, known: Known) -> SpooledRows:
    """Return the rows of a spool without those of known items whose id another row has too.

    One of the two is of another item, and nobody knows which: the product stays as it is.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    contested = pa.array(sorted(spool.contested), pa.string())
    live = known.items.filter(pa.array(known.live[known.parents]))
    return spool.rows().without(contested.filter(pc.is_in(contested, live)))


def _strangers(spool: Spool, known: Known, rows: SpooledRows) -> tuple[str, ...]:
    """Return the ids of rows that were set aside and whose item is not known, or is another one than their id says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    held = pa.array(sorted(spool.held), pa.string())
    unknown = pc.invert(pc.or_(pc.is_in(held, known.items), pc.is_in(held, rows.items)))
    return tuple(sorted({*held.filter(unknown).to_pylist(), *spool.contested}))


def _doubt(known: Known, spool: Spool, strangers: tuple[str, ...]) -> Any:
    """Return for each product of the state whether items of it that are missing may be rows that were set aside.

    A row that was set aside under the same strange id in the last run is none of the items that were there then.
    """
    import numpy as np

    fresh = bool(spool.unreadable) or not set(strangers) <= set(known.state.facts.strangers)
    any_at_all = bool(spool.unreadable or strangers)
    return np.where(known.missing == 0, fresh, any_at_all) & (known.missing < HELD_RUNS)


def _compared(
    known: Known,
    rows: SpooledRows,
    stays: Any,
    catalog: Catalog,
    *,
    template: str,
    rest: Change,
    is_whole: bool = False,
    doubted: Any = None,
    spool: Spool | None = None,
    strangers: tuple[str, ...] = (),
) -> Comparison:
    """Return the comparison in which some pairs of the state stay where the feed does not have their items."""
    import numpy as np

    members = Members(known, rows, _held(known, rows, stays), catalog.products.share == "appearance")
    changes = _changes(members, catalog, template=template, rest=rest, is_unread=spool is None)
    fates = Fates(changes, _absent(members, catalog))
    waiting = np.zeros(len(known), np.bool_)
    if doubted is not None:
        waiting[known.parents[doubted]] = True
    return Comparison(
        members,
        fates,
        template=template,
        doubted=waiting & known.live,
        is_whole=is_whole,
        spool=spool,
        strangers=strangers,
    )


def _held(known: Known, rows: SpooledRows, stays: Any) -> Any:
    """Return the pairs of the state that stay as they are, each item once: with the product that its id made."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    gone = ~_flags(pc.is_in(known.items, rows.items))
    pairs = np.flatnonzero(gone & stays & known.live[known.parents])
    items = known.items.take(pa.array(pairs)).dictionary_encode().indices.to_numpy(zero_copy_only=False)
    order = np.lexsort((pairs, ~known.founders[pairs], items))
    _, first = np.unique(items[order], return_index=True)
    return np.sort(pairs[order[first]])


def _flags(array: Any) -> Any:
    """Return an Arrow array of booleans as a NumPy one."""
    return array.to_numpy(zero_copy_only=False)


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


def _absent(members: Members, catalog: Catalog) -> Any:
    """Return the change of each product of the state that no cluster took: -1 for others."""
    import numpy as np

    known = members.known
    away = known.live.copy()
    away[members.keys[members.keys >= 0]] = False
    elsewhere = np.zeros(len(known), np.bool_)
    elsewhere[known.parents[members.of_pairs >= 0]] = True
    stays = np.logical_and(not catalog.withdraw.missing, ~elsewhere)
    return np.where(away, np.where(stays, number_of(Change.HELD), number_of(Change.GONE)), -1)
