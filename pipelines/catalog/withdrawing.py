"""Withdrawals of products: their records say so, tombstones tell who has their files, and they can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from foundry.catalog.catalog import Catalog
from foundry.catalog.events import CatalogOrigin, restoration_events
from foundry.catalog.products import ProductChange, ProductRecord
from foundry.errors import BadInput, shorten
from foundry.store.at_once import map_at_once
from foundry.store.object_store import NoSuchObject, ObjectStore
from pipelines.catalog.event_log import EventLog, withdrawn_by
from pipelines.catalog.records import LIVE, WITHDRAWN, read_record, read_records, write_record


@dataclass(frozen=True)
class Undone:
    """What an undo did: the products that are live again, and a sentence for each that is not."""

    restored: tuple[str, ...]
    refused: tuple[str, ...]


def origin_of(catalog: Catalog) -> CatalogOrigin:
    """Return the origin of a catalog's events."""
    return CatalogOrigin(catalog.tenant, catalog.id, catalog.withdraw.keep_days)


def withdraw_products(
    own: ObjectStore, catalog: Catalog, changes: Iterable[ProductChange], run: str, now: datetime
) -> Iterator[tuple[ProductChange, ProductRecord]]:
    """Mark the products of some changes as withdrawn; yield their records, also of those that were so already.

    A run that is resumed tells all that it withdrew again, under the ids that the events had.
    """

    def withdraw(change: ProductChange) -> tuple[ProductChange, ProductRecord] | None:
        record = read_record(own, catalog.id, change.id)
        if record is None or record.state == WITHDRAWN:
            return (change, record) if record else None
        at = now.isoformat(timespec="seconds")
        gone = replace(record, state=WITHDRAWN, run=run, withdrawn_at=at, reason=str(change.change))
        write_record(own, catalog.id, gone)
        return change, gone

    return (done for done in map_at_once(withdraw, changes) if done is not None)


def restore_products(
    own: ObjectStore, catalog: Catalog, log: EventLog, what: str | Sequence[str], now: datetime
) -> Undone:
    """Make products live again, by the run that withdrew them or by their ids; nothing is drawn or rendered.

    A product stays live until the feed has had it again. Its files must be there still, and the catalog's
    `withdraw.keep_days` not be over. BadInput for a run that is unknown or withdrew nothing.
    """
    products = [*_of_run(own, catalog, what)] if isinstance(what, str) else list(what)
    restored, refused = list[str](), list[str]()
    for product, record in zip(products, read_records(own, catalog.id, products), strict=True):
        objection = _objection(own, catalog, product, record, now)
        if record is None or objection:
            refused.append(objection)
            continue
        live = replace(record, state=LIVE, withdrawn_at="", reason="withdrawal undone")
        write_record(own, catalog.id, live)
        log.add(restoration_events(origin_of(catalog), live))
        restored.append(product)
    return Undone(tuple(restored), tuple(refused))


def _of_run(own: ObjectStore, catalog: Catalog, run: str) -> Iterator[str]:
    try:
        found = list(withdrawn_by(own, catalog.id, run))
    except NoSuchObject as error:
        raise BadInput(
            "run", f"{shorten(run)} is no run of {catalog.id}; `foundry catalog status` lists them"
        ) from error
    if not found:
        raise BadInput("run", f"{shorten(run)} withdrew nothing; name another run, or the products")
    yield from found


def _objection(own: ObjectStore, catalog: Catalog, product: str, record: ProductRecord | None, now: datetime) -> str:
    """Return the sentence for which a product cannot be restored; "" if it can be."""
    if record is None:
        return f"product {shorten(product)} is not known; name it by the id in the catalog's report"
    if record.state != WITHDRAWN:
        return f"product {product} is live already"
    until = datetime.fromisoformat(record.withdrawn_at) + timedelta(days=catalog.withdraw.keep_days)
    if now > until:
        limit = f"{catalog.withdraw.keep_days} days are over since product {product} was withdrawn"
        return f"{limit} ({record.withdrawn_at}); let the feed have it again"
    if not all(own.present([file.address for file in record.files])):
        return f"product {product} has lost files; let the feed have it again, and they are made anew"
    return ""
