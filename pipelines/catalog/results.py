"""What a run leaves for others: the feed back with its deltas, its report, and its record as it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from pydantic import TypeAdapter, ValidationError

from foundry.catalog.catalog import Catalog
from foundry.catalog.products import Change, ProductRecord
from foundry.catalog.runs import RunRecord, run_folder
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore
from foundry.tenant import Tenant
from pipelines.catalog.feed_back import FeedBackResult, FeedBackWork, give_back
from pipelines.catalog.given_rows import GivenRows
from pipelines.catalog.records import each_product_record, read_records
from pipelines.catalog.report import PRODUCTS_SHOWN, REPORT, ReportWork, ShownProduct, write_report

ENDED = "ended.json"
Touched = Mapping[str, tuple[Change, tuple[str, ...]]]
"""What became of products that a run made, restored or withdrew, by their ids, and why."""
_FORM: TypeAdapter[RunRecord] = TypeAdapter(RunRecord)


def give_results(
    own: ObjectStore,
    catalog: Catalog,
    run: RunRecord,
    rows: GivenRows | None,
    touched: Touched,
    *,
    removed: frozenset[str] | None = None,
) -> FeedBackResult:
    """Write the feed back and its deltas, where the catalog asks for them.

    removed: for a run of single rows, the items that were taken away; only deltas are given then.
    """
    if rows is None or catalog.feed_back is None:
        return FeedBackResult()
    work = FeedBackWork(
        own=own,
        catalog=catalog,
        run=run.run,
        rows=rows,
        records=_present(own, catalog, touched),
        all_records=lambda: each_product_record(own, catalog.id),
        on=_day_of(run),
        whole=removed is None,
        removed=removed or frozenset(),
    )
    return give_back(work)


def _present(own: ObjectStore, catalog: Catalog, products: Iterable[str]) -> Iterator[ProductRecord]:
    return (record for record in read_records(own, catalog.id, products) if record is not None)


def _day_of(run: RunRecord) -> date:
    return datetime.fromisoformat(run.began).date()


def _ended_name(catalog: str, run: str) -> str:
    return f"{run_folder(catalog, run)}/{ENDED}"


def mark_ended(own: ObjectStore, ended: RunRecord) -> None:
    """Keep the record of a run that ends, before its state is replaced: a process that dies between the two loses none.

    The run's own record says that it has ended only afterwards.
    """
    with own.replacing(_ended_name(ended.catalog, ended.run)) as file:
        file.write_bytes(_FORM.dump_json(ended))


def read_ended(own: ObjectStore, catalog: str, run: str) -> RunRecord | None:
    """Return the record that a run left before its state was replaced, and has not written as its own since."""
    try:
        return _FORM.validate_json(own.get(_ended_name(catalog, run)))
    except (NoSuchObject, CorruptObject, ValidationError):
        return None


def store_report(own: ObjectStore, catalog: Catalog, tenant: Tenant, ended: RunRecord, touched: Touched) -> RunRecord:
    """Write the report of a run that ended; return its record, which names the page."""
    name = f"{run_folder(ended.catalog, ended.run)}/{REPORT}"
    ended = replace(ended, objects={**ended.objects, "report": name})
    few = dict(first_of_each(touched, PRODUCTS_SHOWN))
    records = zip(few.values(), read_records(own, catalog.id, few), strict=True)
    shown = (ShownProduct(change, record, why) for (change, why), record in records if record is not None)
    write_report(
        ReportWork(
            own=own,
            record=ended,
            name=catalog.name,
            tenant_name=tenant.name,
            palette=tenant.brand.palette,
            keep_days=catalog.withdraw.keep_days,
            shown=shown,
        )
    )
    return ended


def first_of_each(touched: Touched, most: int) -> Iterator[tuple[str, tuple[Change, tuple[str, ...]]]]:
    """Yield the first products of each kind of change: no more records are read than the report shows."""
    seen = Counter[Change]()
    for product, (change, why) in touched.items():
        seen[change] += 1
        if seen[change] <= most:
            yield product, (change, why)


def clear_ended(own: ObjectStore, run: RunRecord) -> None:
    """Remove that record, once the run's own says the same."""
    own.remove(_ended_name(run.catalog, run.run))
