"""The result of a comparison: counts for the gates, and the products that ask for work, read as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from foundry.catalog.members import Members
from foundry.catalog.product_rows import ProductRows
from foundry.catalog.products import CatalogProduct, Change, ProductChange
from foundry.catalog.spool import Spool
from foundry.catalog.state import StateFacts

CHANGES = tuple(Change)
MADE = (Change.NEW, Change.CHANGED, Change.BACK)
AT_ONCE = 1_000
"""Products that are held as Python values."""


def number_of(change: Change) -> int:
    """Return the number by which arrays name a change."""
    return CHANGES.index(change)


@dataclass(frozen=True)
class Fates:
    """The change of each cluster, and of each product of the state that no cluster took; -1 for none. NumPy."""

    clusters: Any
    products: Any


class Comparison:
    """A feed beside the state. `known`, `members` and `fates` are for `foundry.catalog.state_writing`.

    template: the digest with which products are made. strangers: the ids of rows that were set aside, and whose item
    is not known. doubted: for each product of the state, whether an item of it is missing and is held for some runs.
    is_whole: a whole feed was compared, so the figures of the next state are those of this feed.
    """

    def __init__(
        self,
        members: Members,
        fates: Fates,
        *,
        template: str,
        doubted: Any,
        is_whole: bool,
        spool: Spool | None = None,
        strangers: tuple[str, ...] = (),
    ) -> None:
        self.known, self.members, self.fates, self.template = members.known, members, fates, template
        self.doubted, self.is_whole, self._spool = doubted, is_whole, spool
        self.strangers = strangers if is_whole else self.facts.strangers
        self.rows = ProductRows(members)

    @property
    def facts(self) -> StateFacts:
        """The facts of the state."""
        return self.known.state.facts

    @cached_property
    def counts(self) -> dict[str, int]:
        """Products by their `Change`; each that is live, or would be, counts once."""
        import numpy as np

        both = np.concatenate([self.fates.clusters, self.fates.products])
        found = np.bincount(both[both >= 0], minlength=len(CHANGES))
        return {str(change): int(count) for change, count in zip(CHANGES, found, strict=True)}

    @property
    def usable(self) -> int:
        """Rows of the feed that were judged usable; those of the last run where no whole feed was read."""
        return self._spool.usable if self._spool and self.is_whole else self.facts.usable

    @property
    def next_turn(self) -> str:
        """The moment at which the same feed shows other prices, ISO 8601; "" for none."""
        turn = self._spool.next_turn.isoformat() if self._spool and self._spool.next_turn else ""
        turns = (turn,) if self.is_whole else (turn, self.facts.next_turn)
        return min((each for each in turns if each), default="")

    @property
    def fewer_rows(self) -> float:
        """Usable rows fewer than last time, per cent."""
        return max(_percent(self.facts.usable - self.usable, self.facts.usable), 0.0)

    @property
    def changed(self) -> float:
        """Products that are made anew, per cent of those that there are then."""
        made = sum(self.counts[change] for change in MADE)
        return _percent(made, made + self.counts[Change.UNCHANGED] + self.counts[Change.HELD])

    @property
    def withdrawn(self) -> float:
        """Live products that are withdrawn and whose items no other product has, per cent of the live ones."""
        gone = self.counts[Change.GONE] - len(self.successors) + self.counts[Change.OUT_OF_STOCK]
        return _percent(gone, int(self.known.live.sum()))

    @cached_property
    def moved_prices(self) -> float:
        """Items whose price moved by half or more, or whose currency is another, per cent of those with two prices."""
        import pyarrow as pa
        import pyarrow.compute as pc

        known, rows, of_pairs = self.known, self.members.rows, self.members.of_pairs
        pairs = ((of_pairs >= 0) & (of_pairs < len(rows)) & known.live[known.parents]).nonzero()[0]
        now = pa.array(of_pairs[pairs])
        before, after = known.prices.take(pa.array(pairs)), rows.held["price"].take(now)
        other = pc.not_equal(known.currencies.take(pa.array(pairs)), rows.held["currency"].take(now))
        fell = pc.less_equal(pc.multiply(after, 2), before)
        rose = pc.greater_equal(pc.multiply(after, 2), pc.multiply(before, 3))
        moved = pc.or_(pc.and_(pc.or_(fell, rose), pc.not_equal(before, after)), other)
        both = pc.and_(pc.is_valid(before), pc.is_valid(after))
        count = pc.sum(pc.and_(pc.fill_null(moved, False), both)).as_py() or 0
        return _percent(count, pc.sum(both).as_py() or 0)

    @cached_property
    def made(self) -> Any:
        """The clusters whose products are made, in the order of priority."""
        import numpy as np

        asking = np.flatnonzero(np.isin(self.fates.clusters, [number_of(change) for change in MADE]))
        return asking[np.argsort(self.members.ranks()[asking], kind="stable")]

    def to_make(self) -> Iterator[ProductChange]:
        """Yield the products that are new, changed or back, in the order of priority."""
        for first in range(0, len(self.made), AT_ONCE):
            clusters = self.made[first : first + AT_ONCE]
            products = self.rows.products(clusters, first)
            reasons = self._reasons(clusters, products)
            for cluster, product, why in zip(clusters, products, reasons, strict=True):
                yield ProductChange(
                    id=product.id, change=CHANGES[self.fates.clusters[cluster]], product=product, why=why
                )

    def _reasons(self, clusters: Any, products: list[CatalogProduct]) -> Iterator[tuple[str, ...]]:
        """Yield why each product is made; () for a new one or one that is back."""
        changed = self.fates.clusters[clusters] == number_of(Change.CHANGED)
        before = iter(self.rows.known_products(self.members.keys[clusters[changed]]))
        for product, is_changed in zip(products, changed, strict=True):
            yield _why(next(before), product) if is_changed else ()

    def to_withdraw(self, left: Container[str] = ()) -> Iterator[ProductChange]:
        """Yield the live products that are out of stock or gone.

        One whose items another product has now is left out while that product is in `left`: it was not made.
        """
        import numpy as np

        out = np.flatnonzero(self.fates.clusters == number_of(Change.OUT_OF_STOCK))
        for at in self.members.keys[out].tolist():
            yield ProductChange(id=self.known.ids[at].as_py(), change=Change.OUT_OF_STOCK, product=None)
        for at in np.flatnonzero(self.fates.products == number_of(Change.GONE)).tolist():
            successor = self.successor_of(at)
            if not successor or successor not in left:
                why = (f"items are in {successor}",) if successor else ()
                yield ProductChange(id=self.known.ids[at].as_py(), change=Change.GONE, product=None, why=why)

    def successor_of(self, number: int) -> str:
        """Return the id of the product that has the items of one of the state that is gone, "" for none."""
        import numpy as np

        cluster = self.successors.get(number)
        return "" if cluster is None else str(self.rows.ids(np.array([cluster]))[0].as_py())

    @cached_property
    def successors(self) -> dict[int, int]:
        """The cluster that has an item of a product that is gone, for each of those that have one."""
        import numpy as np

        known, of_pairs = self.known, self.members.of_pairs
        gone = self.fates.products[known.parents] == number_of(Change.GONE)
        pairs = np.flatnonzero(gone & (of_pairs >= 0))[::-1]
        clusters = self.members.clusters[of_pairs[pairs]]
        standing = self.fates.clusters[clusters] != number_of(Change.OUT_OF_STOCK)
        standing &= self.fates.clusters[clusters] >= 0
        return dict(zip(known.parents[pairs][standing].tolist(), clusters[standing].tolist(), strict=True))

    def rechecks(self, due: Callable[[str], bool]) -> Iterator[tuple[CatalogProduct, str]]:
        """Yield the unchanged products whose picture's address is due, with the picture's SHA-256."""
        import numpy as np

        keys = self.members.keys[self.fates.clusters == number_of(Change.UNCHANGED)]
        asked = np.zeros(len(self.known), np.bool_)
        asked[keys] = True
        for first, rows in self.known.state.rows.batches(["picture"]):
            here = np.flatnonzero(asked[first : first + rows.num_rows])
            pictures = rows.column("picture").to_pylist()
            wanted = np.array([at for at in here if pictures[at] and due(pictures[at])], np.int64) + first
            yield from zip(self.rows.kept_products(wanted), self.rows.pictures(wanted), strict=True)

    def products(self) -> Iterator[CatalogProduct]:
        """Yield all products that are live once everything is made and withdrawn, as they look then."""
        import numpy as np

        stays = [number_of(Change.UNCHANGED), number_of(Change.HELD)]
        keys = self.members.keys[np.isin(self.fates.clusters, stays)]
        held = np.flatnonzero(self.fates.products == number_of(Change.HELD))
        kept = np.sort(np.concatenate([keys, held]))
        for first in range(0, len(kept), AT_ONCE):
            yield from self.rows.kept_products(kept[first : first + AT_ONCE])
        for first in range(0, len(self.made), AT_ONCE):
            yield from self.rows.products(self.made[first : first + AT_ONCE], first)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _why(before: CatalogProduct, after: CatalogProduct) -> tuple[str, ...]:
    """Return the names of what differs and is shown; where nothing does, the template is another one."""
    if before.appearance == after.appearance:
        return ("template",)
    names = ("name", "description", "category", "picture")
    differs = [name for name in names if getattr(before, name) != getattr(after, name)]
    if (before.price_minor, before.currency) != (after.price_minor, after.currency):
        differs.append("price")
    return tuple(differs) or ("template",)
