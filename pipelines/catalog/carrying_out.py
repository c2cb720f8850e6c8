"""The work of a run once its gates are passed: files are made, products withdrawn, and the results told.

The order is what makes a run safe to be killed anywhere. Files come first, then the records of products, then
withdrawals, then what others read, and the state last: until that is replaced, the next run finds the same changes, and
everything that was made for them under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path

from foundry.catalog.catalog import Catalog
from foundry.catalog.comparison import Comparison
from foundry.catalog.events import replacement_events, restoration_events, withdrawal_events
from foundry.catalog.products import CatalogProduct, Change, ProductChange
from foundry.errors import Outage
from foundry.store.object_store import ObjectStore
from pipelines.catalog.batches import BatchCheck, BatchMaker, get_pictures
from pipelines.catalog.event_log import EventLog
from pipelines.catalog.pictures import PictureFault, PictureFetcher
from pipelines.catalog.progress import Progress, in_batches
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.template import CatalogTemplate
from pipelines.catalog.withdrawing import origin_of, withdraw_products

STOPPING = "the service was told to stop"
OTHER_CONTENT = ("picture's content",)


@dataclass(kw_only=True)
class Work:
    """The work of one run. check: asks whether this process is still the one that may do it (`Lease.check`).

    touched: what became of the products whose records say other things now, or did so in a run that was resumed. late:
    the picture of a product that waits has another content, which the state does not tell.
    """

    catalog: Catalog
    setting: CatalogSetting
    template: CatalogTemplate
    own: ObjectStore
    run: str
    check: Callable[[], None]
    pictures: PictureFetcher
    validate: BatchCheck
    folder: Path
    force: bool = False
    progress: Progress = field(default_factory=Progress)
    withdrawn: int = 0
    restored: int = 0
    other_contents: int = 0
    late: bool = False
    touched: dict[str, tuple[Change, tuple[str, ...]]] = field(default_factory=dict)
    log: EventLog = field(init=False)

    def __post_init__(self) -> None:
        self.log = EventLog(self.folder / "events.jsonl")

    def make(self, comparison: Comparison, due: Callable[[str], bool]) -> None:
        """Make the files of what is new or changed, in order of priority, then of what has other pictures by now."""
        budget = self.catalog.budget
        maker = BatchMaker(
            template=self.template,
            setting=self.setting,
            own=self.own,
            run=self.run,
            pictures=self.pictures,
            check=self.validate,
            left_usd=Decimal(budget.amount) if budget else None,
            again=self.force,
        )
        changes = chain(comparison.to_make(), self._counted(self.other_pictures(comparison, due)))
        size = self.template.most_products(self.setting.products_per_batch)
        for some in in_batches(changes, size):
            if self.progress.stopped:
                self.progress.wait(change.id for change in some)
                self.late |= any(change.why == OTHER_CONTENT for change in some)
                continue
            self._go_on()
            self._make_some(maker, some)

    def _go_on(self) -> None:
        """Raise an Outage if this process may not go on, or was told to stop."""
        if self.setting.stopping():
            raise Outage(f"{STOPPING}; the next run goes on where this one ended")
        self.check()

    def _make_some(self, maker: BatchMaker, changes: Sequence[ProductChange]) -> None:
        by_id = {change.id: change for change in changes}
        for result in maker.make([change.product for change in changes if change.product]):
            self.progress.add(result)
            self.late |= any(by_id[product].why == OTHER_CONTENT for product in result.waiting)
            for record in result.records:
                change = by_id[record.product.id]
                self.touched[change.id] = (change.change, change.why)
                if change.change == Change.BACK:
                    self.restored += 1
                    self.log.add(restoration_events(origin_of(self.catalog), record))
                self.log.add(replacement_events(origin_of(self.catalog), record))

    def other_pictures(self, comparison: Comparison, due: Callable[[str], bool]) -> Iterator[ProductChange]:
        """Yield the unchanged products whose picture has another content by now; one that is away is left as it is."""
        asked = comparison.rechecks(due)
        for some in in_batches(asked, self.setting.products_per_batch):
            found = get_pictures(self.pictures, (product.picture for product, _ in some), recheck=True)
            for product, known in some:
                picture = found[product.picture]
                if not isinstance(picture, PictureFault) and picture != known:
                    yield _changed(product)

    def _counted(self, changes: Iterator[ProductChange]) -> Iterator[ProductChange]:
        for change in changes:
            self.other_contents += 1
            yield change

    def withdraw(self, comparison: Comparison) -> None:
        """Withdraw the products that are gone or out of stock, as far as the catalog wants it; tell who has them."""
        self._go_on()
        wanted = comparison.to_withdraw(self.progress.left)
        done = withdraw_products(self.own, self.catalog, wanted, self.run, self.setting.now())
        for change, record in done:
            self.touched[change.id] = (change.change, change.why)
            self.log.add(withdrawal_events(origin_of(self.catalog), record))
            self.withdrawn += 1


def _changed(product: CatalogProduct) -> ProductChange:
    return ProductChange(id=product.id, change=Change.CHANGED, product=product, why=OTHER_CONTENT)


def nights_between(last: str, today: date, most: int) -> frozenset[date]:
    """Return the nights after the last run's up to today's, at most `most`: pictures due on a missed one are asked."""
    if not last:
        return frozenset({today})
    begun = max(date.fromisoformat(last), today - timedelta(days=most))
    return frozenset(begun + timedelta(days=day) for day in range(1, (today - begun).days + 1)) or frozenset({today})
