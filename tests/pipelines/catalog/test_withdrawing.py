"""Withdrawals of products by their records, and their undo."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundry.catalog.catalog import Catalog
from foundry.catalog.events import withdrawal_events
from foundry.catalog.products import Change, ProductChange, ProductRecord
from foundry.errors import BadInput
from foundry.store.object_store import LocalStore
from pipelines.catalog.event_log import EventLog, events_name
from pipelines.catalog.records import read_record, update_record, write_record
from pipelines.catalog.withdrawing import Undone, origin_of, restore_products, withdraw_products
from tests.support.catalog_records import a_file, a_product, a_product_record
from tests.support.shops import Shop

NIGHT = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
RUN = "20261130T013000Z"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(root=tmp_path, more={"withdraw": {"keep_days": 7}})


def kept(own: LocalStore, number: int) -> ProductRecord:
    """Write the record of a live product, and its file."""
    record = a_product_record(number)
    for file in record.files:
        own.put_once(file.address, b"pixels")
    write_record(own, "shop", record)
    return record


def withdraw(own: LocalStore, catalog: Catalog, log: EventLog, *products: str) -> list[str]:
    changes = [ProductChange(id=each, change=Change.GONE, product=None) for each in products]
    done = []
    for _, record in withdraw_products(own, catalog, changes, RUN, NIGHT):
        log.add(withdrawal_events(origin_of(catalog), record))
        done.append(record.product.id)
    log.store(own, events_name("shop", RUN))
    return done


def undo(shop: Shop, what: str | list[str], after: timedelta = timedelta(days=1)) -> Undone:
    return restore_products(shop.own, shop.catalog, EventLog(shop.root / "undone.jsonl"), what, NIGHT + after)


def test_what_a_run_withdrew_is_undone_by_its_name_and_told(shop: Shop) -> None:
    records = [kept(shop.own, number) for number in range(3)]
    ids = [record.product.id for record in records]
    assert withdraw(shop.own, shop.catalog, EventLog(shop.root / "events.jsonl"), *ids[:2]) == ids[:2]
    gone = read_record(shop.own, "shop", ids[0])
    assert gone is not None
    assert (gone.state, gone.run, gone.withdrawn_at) == ("withdrawn", RUN, "2026-11-30T01:30:00+00:00")
    assert undo(shop, RUN) == Undone(restored=tuple(ids[:2]), refused=())
    live = read_record(shop.own, "shop", ids[0])
    assert live is not None
    assert (live.state, live.withdrawn_at, live.files) == ("live", "", records[0].files)
    told = [json.loads(line) for line in (shop.root / "undone.jsonl").read_text().splitlines()]
    assert [(each["type"], each["data"]["product"]) for each in told] == [
        ("campaign-foundry.asset.restored", product) for product in ids[:2]
    ]


def test_a_run_that_withdraws_again_after_a_crash_tells_the_same_events(shop: Shop) -> None:
    product = kept(shop.own, 1).product.id
    for name in ("first.jsonl", "second.jsonl"):
        withdraw(shop.own, shop.catalog, EventLog(shop.root / name), product)
    assert (shop.root / "first.jsonl").read_bytes() == (shop.root / "second.jsonl").read_bytes()


def test_an_undo_after_the_days_of_the_catalog_is_refused_with_the_reason(shop: Shop) -> None:
    product = kept(shop.own, 1).product.id
    withdraw(shop.own, shop.catalog, EventLog(shop.root / "events.jsonl"), product)
    assert "7 days are over" in undo(shop, [product], timedelta(days=8)).refused[0]
    assert undo(shop, [product], timedelta(days=7)).restored == (product,)
    assert "is live already" in undo(shop, [product]).refused[0]
    assert "is not known" in undo(shop, ["no-such-product"]).refused[0]


def test_a_product_whose_files_are_lost_is_not_restored(shop: Shop) -> None:
    record = kept(shop.own, 1)
    withdraw(shop.own, shop.catalog, EventLog(shop.root / "events.jsonl"), record.product.id)
    shop.own.remove(record.files[0].address)
    assert "has lost files" in undo(shop, [record.product.id]).refused[0]


def test_an_unknown_run_and_one_that_withdrew_nothing_are_named(shop: Shop) -> None:
    with pytest.raises(BadInput, match="is no run of shop"):
        undo(shop, "20200101T000000Z")
    (shop.root / "empty.jsonl").touch()
    EventLog(shop.root / "empty.jsonl").store(shop.own, events_name("shop", RUN))
    with pytest.raises(BadInput, match="withdrew nothing"):
        undo(shop, RUN)


def test_a_record_that_says_the_same_is_left_and_another_keeps_what_it_replaced(shop: Shop) -> None:
    first = kept(shop.own, 1)
    again = replace(first, run="20261201T013000Z", campaign="other")
    assert update_record(shop.own, "shop", again) == first
    newer = replace(again, product=replace(a_product(1), price_minor=1), files=(a_file(1, "dearer"),))
    written = update_record(shop.own, "shop", newer)
    assert written.before == first.files
    assert read_record(shop.own, "shop", first.product.id) == written
