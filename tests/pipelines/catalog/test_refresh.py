"""A week of a small shop: each night makes what changed, withdraws what ended, and leaves the rest alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from foundry.catalog.products import ProductRecord
from foundry.catalog.runs import RunRecord, RunState
from pipelines.catalog.records import each_product_record
from pipelines.catalog.refresh import refresh, refresh_rows
from pipelines.catalog.undoing import undo_withdrawal
from tests.support.shops import Shop, a_row

pytestmark = pytest.mark.campaign
OPEN_GATES = {"bad_rows": None, "fewer_rows": None, "withdrawn": None, "moved_prices": None}
FEED_BACK = {"format": "google-tsv", "links": {"lifestyle_image_link": ["google/medium-rectangle"]}}


@dataclass(frozen=True)
class Night:
    """One run, and the records of the products after it, by the id of their first item."""

    record: RunRecord
    products: Mapping[str, ProductRecord]
    events: tuple[tuple[str, str, str], ...]
    masters: frozenset[str]


def night_of(shop: Shop, record: RunRecord) -> Night:
    own = shop.own
    products = {each.product.items[0]: each for each in each_product_record(own, "shop")}
    lines = own.lines(record.objects["events"]) if "events" in record.objects else ()
    told = [json.loads(line) for line in lines]
    events = tuple((e["type"].rsplit(".", 1)[1], e["data"].get("product", ""), e["data"]["reason"]) for e in told)
    return Night(record, products, events, frozenset(own.list("masters/")))


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Night]:
    shop = Shop.open(tmp_path_factory.mktemp("week"), gate=OPEN_GATES, feed_back=FEED_BACK)
    first = [a_row(1), a_row(2), a_row(3), a_row(4, price="on request")]
    dearer = [a_row(1, price="99.00 USD"), *first[1:]]
    pictured = [dearer[0], a_row(2, image_link="serum-5.png"), *dearer[2:]]
    described = [*pictured[:2], a_row(3, description="Other words"), pictured[3]]
    feeds = {
        "first": first,
        "same": first,
        "dearer": dearer,
        "pictured": pictured,
        "described": described,
        "held": [a_row(1, price="0.00 USD"), *described[1:]],
        "gone": [described[1], a_row(3, availability="out_of_stock"), described[3]],
        "back": described,
    }
    nights = {}
    for name, rows in feeds.items():
        shop.write(rows)
        nights[name] = night_of(shop, refresh(shop.catalog, shop.setting))
        shop.next_night()
    changed = {key: value for key, value in a_row(2, price="3.00 USD").items() if key != "image_link"}
    single = refresh_rows(shop.catalog, shop.setting, [{**changed, "image_link": "serum-5.png"}], ["SKU-1"])
    nights["single"] = night_of(shop, single)
    undone = undo_withdrawal(shop.catalog, shop.setting, single.run)
    nights["undone"] = night_of(shop, RunRecord(**{**single.__dict__, "reason": ",".join(undone.restored)}))
    shop.next_night()
    shop.write([described[1], described[2], described[3]])
    nights["undone, next night"] = night_of(shop, refresh(shop.catalog, shop.setting))
    return nights


def test_a_first_refresh_makes_every_product_and_sets_bad_rows_aside(week: dict[str, Night]) -> None:
    record = week["first"].record
    assert record.state == RunState.FINISHED
    assert (record.changes["new"], record.work.shots, record.work.files_made) == (3, 3, 3)
    assert record.tally.codes == {"bad_price": 1}
    assert sorted(week["first"].products) == ["SKU-1", "SKU-2", "SKU-3"]
    assert {each.state for each in week["first"].products.values()} == {"live"}


def test_a_feed_that_did_not_change_asks_for_nothing(week: dict[str, Night]) -> None:
    record = week["same"].record
    assert record.state == RunState.UNCHANGED
    assert record.work.files_made == record.work.pictures_fetched == 0
    assert week["same"].products == week["first"].products


def test_a_new_price_renders_again_and_draws_nothing(week: dict[str, Night]) -> None:
    night = week["dearer"]
    assert (night.record.changes["changed"], night.record.work.shots, night.record.work.files_made) == (1, 0, 1)
    assert night.masters == week["first"].masters
    before, after = week["same"].products["SKU-1"], night.products["SKU-1"]
    assert [file.variant for file in after.before] == [file.variant for file in before.files]
    assert ("withdrawn", after.product.id, "replaced") in night.events


def test_a_new_picture_is_drawn_and_a_description_that_nothing_shows_is_not(week: dict[str, Night]) -> None:
    assert (week["pictured"].record.work.shots, week["pictured"].record.work.files_made) == (1, 1)
    assert week["described"].record.state == RunState.FINISHED
    assert week["described"].record.work.files_made == 0
    assert week["described"].products["SKU-3"] == week["pictured"].products["SKU-3"]


def test_a_product_whose_row_is_set_aside_stays_as_it_is(week: dict[str, Night]) -> None:
    assert week["held"].record.changes["held"] == 1
    assert week["held"].products == week["described"].products


def test_products_that_are_gone_or_out_of_stock_are_withdrawn_and_told(week: dict[str, Night]) -> None:
    night = week["gone"]
    assert night.record.withdrawn == 2
    assert (night.products["SKU-1"].state, night.products["SKU-1"].reason) == ("withdrawn", "gone")
    assert night.products["SKU-3"].reason == "out_of_stock"
    told = {(kind, reason) for kind, product, reason in night.events if product}
    assert told == {("withdrawn", "gone"), ("withdrawn", "out_of_stock")}


def test_products_that_come_back_are_restored_from_the_files_that_they_had(week: dict[str, Night]) -> None:
    night = week["back"]
    assert (night.record.restored, night.record.work.files_made, night.record.work.shots) == (2, 0, 0)
    before, after = week["gone"].products["SKU-1"], night.products["SKU-1"]
    assert [file.address for file in after.files] == [file.address for file in before.files]
    assert sum(kind == "restored" for kind, _, _ in night.events) == 2


def test_single_rows_touch_their_products_alone(week: dict[str, Night]) -> None:
    night = week["single"]
    assert (night.record.work.files_made, night.record.withdrawn) == (1, 1)
    assert night.products["SKU-1"].state == "withdrawn"
    assert night.products["SKU-2"].product.price_minor == 300
    assert night.products["SKU-3"] == week["back"].products["SKU-3"]


def test_an_undone_withdrawal_stays_so_until_the_feed_had_the_product_again(week: dict[str, Night]) -> None:
    assert week["undone"].record.reason == week["single"].products["SKU-1"].product.id
    assert week["undone"].products["SKU-1"].state == "live"
    assert week["undone, next night"].products["SKU-1"].state == "live"
    assert week["undone, next night"].record.withdrawn == 0
