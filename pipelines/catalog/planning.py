"""What a refresh would do, before it is done: its feed is read and judged, its work counted, and nothing written.

A plan holds a batch of products at a time, so its memory does not grow with the catalog. Pictures are not fetched:
where the content of one is not known, everything that shows it counts as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from foundry.catalog.catalog import Catalog
from foundry.catalog.comparing import compare
from foundry.catalog.comparison import Comparison
from foundry.catalog.products import CatalogProduct, ProductChange
from foundry.catalog.rows import FeedFacts, Tally
from foundry.catalog.runs import GateFinding
from foundry.errors import Unusable
from foundry.inputs.door import receive
from foundry.inputs.picture import PICTURE
from foundry.names import digest
from foundry.plan.estimate import Estimate, Needs, count_needs
from foundry.plan.plan import Plan
from foundry.plan.work import WorkNeeded
from foundry.private_folder import private_folder
from foundry.store.at_once import map_at_once
from foundry.store.object_store import ObjectStore
from pipelines.catalog.admitting import BatchItem, batch_campaign
from pipelines.catalog.destination_gate import destination_gate
from pipelines.catalog.fetching import fetch_feed
from pipelines.catalog.gate import feed_gates, find_gates
from pipelines.catalog.opening import open_state, shift_of
from pipelines.catalog.picture_book import PictureBook
from pipelines.catalog.progress import in_batches
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.taking_in import TakenFeed, taking_in
from pipelines.catalog.template import CatalogTemplate, open_template
from pipelines.planning.quote import PastWork, Quote, quote_work, read_past

KEPT_CHANGES = 1_000
"""The changes that a plan lists; all are counted."""


@dataclass(frozen=True, kw_only=True)
class FeedCheck:
    """A feed as it was read and judged. gates: the limits that the feed alone decides."""

    facts: FeedFacts
    tally: Tally
    gates: tuple[GateFinding, ...]


@dataclass(frozen=True, kw_only=True)
class RefreshPlan:
    """What a refresh would do; the budget pays for the first products in the order of priority.

    counts: products by `Change`. estimate: what would be made, at the cards' prices; quote: by what the tenant's past
    work took. products: those that would be made; waiting: those that the budget would leave for the next run. changes:
    the first of both.
    """

    facts: FeedFacts
    tally: Tally
    gates: tuple[GateFinding, ...]
    counts: dict[str, int]
    estimate: Estimate
    quote: Quote
    files_kept: int
    products: int
    waiting: int
    changes: tuple[ProductChange, ...]


def check_feed(catalog: Catalog, setting: CatalogSetting) -> FeedCheck:
    """Fetch, read and judge the feed of a catalog; BadFeed if it cannot be used at all."""
    with _taken(catalog, setting) as (_, taken, _folder):
        gates = (*feed_gates(catalog.gate, taken.tally),)
        return FeedCheck(facts=taken.facts, tally=taken.tally, gates=gates)


def plan_refresh(catalog: Catalog, setting: CatalogSetting) -> RefreshPlan:
    """Return what a refresh would do now. Nothing is written, and no other run is waited for."""
    own = setting.own(catalog.tenant)
    with _taken(catalog, setting) as (template, taken, folder), open_state(own, template, folder) as state:
        comparison = compare(state, taken.spool, catalog=catalog, template=template.digest)
        files = None if "://" in catalog.feed.source else setting.files
        counting = _Counting(template, own, read_past(own), files)
        for some in in_batches(comparison.to_make(), template.most_products(setting.products_per_batch)):
            counting.add(some)
        gates = (
            *find_gates(catalog.gate, taken.tally, shift_of(comparison)),
            *destination_gate(catalog, template.tenant, setting.now().date()),
        )
        return counting.plan(taken, comparison, gates)


@contextmanager
def _taken(catalog: Catalog, setting: CatalogSetting) -> Iterator[tuple[CatalogTemplate, TakenFeed, Path]]:
    template = open_template(catalog, setting)
    with TemporaryDirectory(dir=private_folder("catalogs")) as scratch:
        folder = Path(scratch)
        feed = fetch_feed(catalog, setting, folder)
        with taking_in(feed, template, setting, folder) as taken:
            yield template, taken, folder


@dataclass
class _Counting:
    """Sums over the batches that would be made, until the budget ends."""

    template: CatalogTemplate
    own: ObjectStore
    past: PastWork
    files: Path | None
    total: Needs = field(default_factory=Needs)
    changes: list[ProductChange] = field(default_factory=list)
    products: int = 0
    waiting: int = 0

    def add(self, changes: Sequence[ProductChange]) -> None:
        """Count the products of some changes, as far as the budget goes."""
        self.changes += changes[: KEPT_CHANGES - len(self.changes)]
        products = [change.product for change in changes if change.product]
        paid = [] if self.waiting else self._affordable(products)
        self.products += len(paid)
        self.waiting += len(products) - len(paid)

    def _affordable(self, products: list[CatalogProduct]) -> list[CatalogProduct]:
        """Return the first products that what is left of the budget pays for, and count what they lack."""
        while products:
            needs = count_needs(self._plan(products), self.own)
            left = self._left()
            if left is None or needs.money <= left:
                self._take(needs)
                break
            products = products[: min(len(products) - 1, int(len(products) * left / needs.money))]
        return products

    def _left(self) -> Decimal | None:
        budget = self.template.catalog.budget
        return max(budget.amount - self.total.money, Decimal(0)) if budget else None

    def _plan(self, products: Sequence[CatalogProduct]) -> Plan:
        book = PictureBook(self.own, self.template.catalog.id)
        keyed = list(zip(products, map_at_once(lambda each: _key(book, self.files, each), products), strict=True))
        items = [BatchItem(product=product, picture=key or "") for product, key in keyed]
        return self.template.plan_of(keyed, batch_campaign(self.template.catalog.id, self.template.digest, items))

    def _take(self, needs: Needs) -> None:
        for name in ("shots_to_draw", "clips_to_film", "variants_reused", "size_bytes", "money", "accelerator_seconds"):
            setattr(self.total, name, getattr(self.total, name) + getattr(needs, name))
        self.total.variants_to_make += needs.files
        for kind, needed in needs.work.by_kind.items():
            known = self.total.work.by_kind.setdefault(kind, WorkNeeded())
            known.count += needed.count
            known.units += needed.units

    def plan(self, taken: TakenFeed, comparison: Comparison, gates: tuple[GateFinding, ...]) -> RefreshPlan:
        """Return the sums as a plan."""
        total = self.total
        estimate = Estimate(
            shots=total.shots_to_draw,
            variants=total.files,
            accelerator_seconds=total.accelerator_seconds,
            money=total.money,
            size_bytes=total.size_bytes,
            clips=total.clips_to_film,
        )
        return RefreshPlan(
            facts=taken.facts,
            tally=taken.tally,
            gates=gates,
            counts=dict(comparison.counts),
            estimate=estimate,
            quote=quote_work(self.template.sample, total.work, self.past),
            files_kept=total.variants_reused,
            products=self.products,
            waiting=self.waiting,
            changes=tuple(self.changes),
        )


def _key(book: PictureBook, files: Path | None, product: CatalogProduct) -> str | None:
    """Return the SHA-256 of a product's picture as it is known, or else a stand-in: what shows it is missing then.

    files: the folder of pictures, for a feed that names files.
    """
    if not product.picture:
        return None
    if files is not None:
        with suppress(Unusable):
            return receive(files, product.picture, PICTURE).sha256
    known = book.read(product.picture)
    return known.sha256 if known else digest("unknown-picture", address=product.picture) * 2
