"""Batches of changed products: pictures, admission, the run of a campaign, and the records of what was made.

Everything is named by its content, so a batch that was begun by a run that was killed is found, and only what is
missing of it is made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from foundry.catalog.products import CatalogFile, CatalogProduct, ProductRecord
from foundry.catalog.runs import catalog_folder
from foundry.errors import FoundryError, Refusals, clipped
from foundry.manifest_index import ManifestIndex, each_letter, read_index
from foundry.names import digest
from foundry.plan.estimate import count_needs
from foundry.plan.plan import Plan
from foundry.store.at_once import map_at_once
from foundry.store.object_store import ObjectStore
from pipelines.campaign.running import RunSummary, run_all
from pipelines.catalog.admitting import AdmittedBatch, BatchItem, Unmade, admit_items
from pipelines.catalog.pictures import PictureFault, PictureFetcher
from pipelines.catalog.records import LIVE, files_by_product, update_record
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.template import CatalogTemplate
from pipelines.planning.admission import Admitted

FAILED = "failed"
BUDGET, QUOTA, CANCELLED = "budget", "quota", "cancelled"


BatchCheck = Callable[[Plan, Collection[str]], Sequence[str]]
"""Returns the sentences for which the finished products of a plan are not announced; none where all is well."""


@dataclass(frozen=True, kw_only=True)
class BatchResult:
    """What became of a batch. waiting: products that were not begun, and `stopped` the reason for which no more is."""

    records: tuple[ProductRecord, ...] = ()
    unmade: tuple[Unmade, ...] = ()
    waiting: tuple[str, ...] = ()
    summary: RunSummary | None = None
    stopped: str = ""


@dataclass(kw_only=True)
class BatchMaker:
    """Makes the files of products within the budget of a run. `check` is asked before a batch's records are written.

    left_usd: what the run may still spend, None for no limit. again: also try what was refused before, unchanged.
    """

    template: CatalogTemplate
    setting: CatalogSetting
    own: ObjectStore
    run: str
    pictures: PictureFetcher
    check: BatchCheck
    left_usd: Decimal | None = None
    again: bool = False

    def make(self, products: Sequence[CatalogProduct]) -> Iterator[BatchResult]:
        """Make what is missing of some products; yield what became of them, in one result or in several."""
        items, unmade = self._with_pictures(products)
        items, refused_before = self._new_tries(items)
        yield BatchResult(unmade=(*unmade, *refused_before))
        try:
            yield from self._make_items(items)
        finally:
            self.pictures.discard()

    def _make_items(self, items: Sequence[BatchItem]) -> Iterator[BatchResult]:
        stopped = ""
        self.template.lay_sounds(self.pictures.folder)
        self.pictures.lay(item.picture for item in items if item.picture)
        for batch in admit_items(self.template, list(map(self._laid, items)), self.pictures.folder):
            waiting = tuple(item.product.id for item in batch.items) if stopped else ()
            yield BatchResult(unmade=batch.refused, waiting=waiting, stopped=stopped)
            if batch.admitted is not None and not stopped:
                result = self._make_admitted(batch)
                stopped = result.stopped
                yield result

    def _with_pictures(self, products: Sequence[CatalogProduct]) -> tuple[list[BatchItem], list[Unmade]]:
        found = get_pictures(self.pictures, (each.picture for each in products if each.picture))
        items, unmade = list[BatchItem](), list[Unmade]()
        for product in products:
            picture = found[product.picture] if product.picture else ""
            if isinstance(picture, PictureFault):
                unmade.append(Unmade(product=product, code=picture.code, what=picture.what))
            else:
                items.append(BatchItem(product=product, picture=picture))
        return items, unmade

    def _laid(self, item: BatchItem) -> BatchItem:
        return replace(item, file=self.pictures.local(item.picture) if item.picture else None)

    def _new_tries(self, items: Sequence[BatchItem]) -> tuple[list[BatchItem], list[Unmade]]:
        """Return the items that were not refused before, as they are, by a run that paid for them; and the others."""
        if self.again:
            return list(items), []
        said = self.own.fetch([_unmade_name(self.template.catalog.id, item.product.id) for item in items])
        new, refused = list[BatchItem](), list[Unmade]()
        for item, data in zip(items, said, strict=True):
            before = json.loads(data) if data is not None else {}
            if before.get("tried") == self._tried(item):
                refused.append(Unmade(product=item.product, code=FAILED, what=before["what"], picture=item.picture))
            else:
                new.append(item)
        return new, refused

    def _tried(self, item: BatchItem | Unmade) -> str:
        shown = [item.product.appearance, item.picture, self.template.digest]
        return digest("catalog-try", shown=shown)

    def _make_admitted(self, batch: AdmittedBatch) -> BatchResult:
        """Run the campaign of as many of the products as the budget allows, and write their records."""
        items, admitted = self._affordable(batch)
        waiting = tuple(item.product.id for item in batch.items[len(items) :])
        if admitted is None:
            return BatchResult(waiting=waiting, stopped=BUDGET)
        refused = list[FoundryError]()
        summaries = run_all(
            [admitted],
            self.setting.store,
            options=self.setting.options,
            display=self.setting.display,
            on_refusal=refused.append,
        )
        if refused:
            if isinstance(refused[0], Refusals):
                everything = tuple(item.product.id for item in batch.items)
                return BatchResult(waiting=everything, stopped=f"{QUOTA}: {clipped(str(refused[0]), 500)}")
            raise refused[0]
        (summary,) = summaries
        if self.left_usd is not None:
            self.left_usd = max(self.left_usd - summary.cost_usd, Decimal(0))
        return self._recorded(items, admitted, summary, waiting)

    def _affordable(self, batch: AdmittedBatch) -> tuple[tuple[BatchItem, ...], Admitted | None]:
        """Return the first products of a batch that what is left of the budget pays for, and their admitted plan."""
        items, admitted = batch.items, batch.admitted
        while admitted is not None and self.left_usd is not None:
            money = count_needs(admitted.plan, self.own).money
            if money <= self.left_usd:
                break
            items = items[: min(len(items) - 1, int(len(items) * self.left_usd / money))]
            fewer = next(admit_items(self.template, items, self.pictures.folder), None)
            admitted = fewer.admitted if fewer else None
        return (items, admitted) if admitted else ((), None)

    def _recorded(
        self, items: Sequence[BatchItem], admitted: Admitted, summary: RunSummary, waiting: tuple[str, ...]
    ) -> BatchResult:
        """Write the records of the products whose files are all there, once the finished batch has been checked."""
        campaign = admitted.plan.brief.campaign.id
        index = read_index(self.own, campaign)
        if summary.stopped or index is None:
            ids = tuple(item.product.id for item in items)
            return BatchResult(waiting=(*ids, *waiting), summary=summary, stopped=CANCELLED)
        files = files_by_product(self.own, index, admitted.plan)
        each = admitted.plan.variant_count // len(items)
        whole = [item for item in items if len(files.get(item.product.id, ())) == each]
        broken = _reasons(admitted.plan, self.own, index) if len(whole) < len(items) else {}
        unmade = [self._gave_up(item, broken) for item in items if item not in whole]
        if wrong := self.check(admitted.plan, [item.product.id for item in whole]):
            unmade += [_unchecked(item, wrong) for item in whole]
            whole = []
        done = map_at_once(lambda item: self._record(item, files[item.product.id], campaign), whole)
        return BatchResult(
            records=tuple(done),
            unmade=tuple(unmade),
            waiting=waiting,
            summary=summary,
            stopped=BUDGET if waiting else "",
        )

    def _record(self, item: BatchItem, files: Iterable[CatalogFile], campaign: str) -> ProductRecord:
        record = ProductRecord(
            product=item.product,
            state=LIVE,
            picture_sha256=item.picture,
            template=self.template.digest,
            campaign=campaign,
            run=self.run,
            files=tuple(files),
        )
        return update_record(self.own, self.template.catalog.id, record)

    def _gave_up(self, item: BatchItem, broken: Mapping[str, str]) -> Unmade:
        """Remember that a product was tried as it is, so that it is not paid for again every night."""
        what = broken.get(item.product.id, "a file of it was refused; see the dead letters of its campaign")
        unmade = Unmade(product=item.product, code=FAILED, what=what, picture=item.picture)
        with self.own.replacing(_unmade_name(self.template.catalog.id, item.product.id)) as file:
            file.write_text(json.dumps({"product": item.product.id, "tried": self._tried(item), "what": what}))
        return unmade


def get_pictures(
    fetcher: PictureFetcher, addresses: Iterable[str], *, recheck: bool = False
) -> dict[str, str | PictureFault]:
    """Return the SHA-256 of the picture at each address, or why there is none; hosts are asked only if need be."""
    found = fetcher.fetch(addresses, recheck=recheck)
    return {address: each if isinstance(each, PictureFault) else each.sha256 for address, each in found}


def _unchecked(item: BatchItem, wrong: Sequence[str]) -> Unmade:
    return Unmade(product=item.product, code="unchecked", what=clipped("; ".join(wrong), 1_000), picture=item.picture)


def _unmade_name(catalog: str, product: str) -> str:
    name = digest("catalog-product", product=product)
    return f"{catalog_folder(catalog)}/unmade/{name[:2]}/{name}.json"


def _reasons(plan: Plan, own: ObjectStore, index: ManifestIndex) -> dict[str, str]:
    """Return the reason of a dead letter by the id of each product that it leaves without a file."""
    letters = {letter.key: letter.reason for letter in each_letter(own, index)}
    found: dict[str, str] = {}
    for shot in plan.shots():
        for variant in plan.variants(shot):
            reason = letters.get(variant.key) or next((letters[s.key] for s in variant.shows if s.key in letters), None)
            if reason:
                found.setdefault(plan.products[variant.product].id, clipped(reason, 1_000))
    return found
