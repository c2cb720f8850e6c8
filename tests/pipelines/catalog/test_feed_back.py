"""The feed that is given back, its deltas, and the views by which the next run knows what was given."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest

from foundry.catalog.catalog import Catalog
from foundry.catalog.products import ProductRecord
from foundry.catalog.rows import JudgedChunk, RowFault
from foundry.store.object_store import LocalStore
from pipelines.catalog.deltas import deltas_folder
from pipelines.catalog.feed_back import FeedBackResult, FeedBackWork, give_back, keep_given
from pipelines.catalog.feed_links import links_name
from pipelines.catalog.given_rows import GivenRows
from tests.support.catalog_records import a_catalog, a_file, a_product, a_product_record

G = "{http://base.google.com/ns/1.0}"
BASE = "https://cdn.example/aurelle"
LINKS = {"additional_image_link": ["google/square"], "lifestyle_image_link": ["meta/feed-square"]}


def a_row(number: int, **other: Any) -> dict[str, Any]:
    plain = {
        "id": f"M{number}-blue",
        "title": f"Stoneware mug {number}",
        "description": "Holds 300 ml.",
        "link": f"https://shop.example/mugs/{number}",
        "image_link": f"https://shop.example/pictures/{number}.jpg",
        "price_minor": 1_290,
        "sale_minor": None,
        "currency": "EUR",
        "stock": "in_stock",
        "row": number + 1,
    }
    return plain | other


def judged(rows: Iterable[Mapping[str, Any]], faults: Iterable[RowFault] = ()) -> JudgedChunk:
    rows = list(rows)
    texts = sorted({name for row in rows for name in row} - {"price_minor", "sale_minor", "row"})
    fields = [pa.field(name, pa.string()) for name in texts]
    fields += [pa.field(name, pa.int64()) for name in ("price_minor", "sale_minor", "row")]
    return JudgedChunk(pa.RecordBatch.from_pylist(rows, schema=pa.schema(fields)), tuple(faults))


def mug(number: int, look: str = "", **other: Any) -> ProductRecord:
    files = (
        a_file(number, look, placement="google/square", shows=()),
        a_file(number, look, placement="meta/feed-square", shows=("copy", "price")),
    )
    product = a_product(number, items=(f"M{number}-blue",))
    return a_product_record(number, **{"product": product, "files": files, **other})


class Shop:
    """A catalog with a store, of which feeds are given back run after run."""

    def __init__(self, folder: Path, form: str = "google-tsv", **feed_back: Any) -> None:
        self.own = LocalStore(folder / "store").for_tenant("aurelle")
        wanted = {"format": form, "base_address": BASE, "links": LINKS, **feed_back}
        self.catalog: Catalog = a_catalog(feed_back=wanted)
        self.folder, self.asked_for_all = folder / "scratch", 0
        self.every: list[ProductRecord] = []

    def give(
        self,
        rows: Iterable[Mapping[str, Any]],
        records: Iterable[ProductRecord] = (),
        run: str = "20261130T013000Z",
        faults: Iterable[RowFault] = (),
        **other: Any,
    ) -> FeedBackResult:
        with GivenRows(self.folder) as kept:
            kept.add(judged(rows, faults))
            result = give_back(
                FeedBackWork(
                    own=self.own,
                    catalog=self.catalog,
                    run=run,
                    rows=kept,
                    records=records,
                    all_records=self._all,
                    on=date(2026, 11, 30),
                    **other,
                )
            )
        keep_given(self.own, self.catalog.id, result)
        return result

    def _all(self) -> Iterator[ProductRecord]:
        self.asked_for_all += 1
        yield from self.every

    def text(self, result: FeedBackResult) -> str:
        return self.own.get(result.objects["feed"]).decode()

    def table(self, result: FeedBackResult) -> list[dict[str, str]]:
        mark = "\t" if self.catalog.feed_back and self.catalog.feed_back.format == "google-tsv" else ","
        return list(csv.DictReader(io.StringIO(self.text(result)), delimiter=mark))

    def batches(self, run: str) -> list[bytes]:
        index = json.loads(self.own.get(f"{deltas_folder(self.catalog.id, run)}/index.json"))
        return [self.own.get(each["name"]) for each in index["batches"]]


def address(record: ProductRecord, place: int) -> str:
    return f"{BASE}/{record.files[place].address}"


def test_a_feed_gives_every_usable_row_with_the_addresses_of_its_files(tmp_path: Path) -> None:
    shop, first = Shop(tmp_path), mug(0)
    own = "https://shop.example/back.jpg"
    rows = [a_row(0, additional_image_link=own), a_row(1, title='A "wide"\tmug\nwith lid', sale_minor=999)]
    result = shop.give(rows, [first])
    one, other = shop.table(result)
    assert one["additional_image_link"] == f"{own},{address(first, 0)}"
    assert one["lifestyle_image_link"] == address(first, 1)
    assert (one["price"], one["sale_price"], one["availability"]) == ("12.90 EUR", "", "in_stock")
    assert (other["title"], other["sale_price"]) == ('A "wide" mug with lid', "9.99 EUR")
    assert other["additional_image_link"] == ""
    assert (result.rows, result.linked) == (2, 1)


def test_lists_of_addresses_are_not_in_quotes_in_a_tab_separated_feed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    result = shop.give(
        [a_row(0, additional_image_link="https://shop.example/a.jpg,https://shop.example/b.jpg")], [mug(0)]
    )
    assert '"' not in shop.text(result)


def test_an_unchanged_product_keeps_its_addresses_without_its_record_being_read(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.give([a_row(0), a_row(1)], [mug(0), mug(1)])
    changed = mug(1, "new look")
    again = shop.give([a_row(0), a_row(1)], [changed], run="20261201T013000Z")
    assert [row["lifestyle_image_link"] for row in shop.table(again)] == [address(mug(0), 1), address(changed, 1)]
    assert shop.asked_for_all == 1


@pytest.mark.parametrize("damage", ["removed", "garbage", "settings"])
def test_a_lost_view_of_links_is_made_again_from_the_records_of_all_products(tmp_path: Path, damage: str) -> None:
    shop = Shop(tmp_path)
    shop.give([a_row(0), a_row(1)], [mug(0), mug(1)])
    shop.every = [mug(0), mug(1)]
    if damage == "removed":
        shop.own.remove(links_name(shop.catalog.id))
    elif damage == "garbage":
        with shop.own.replacing(links_name(shop.catalog.id)) as file:
            file.write_bytes(b"PAR1 no table")
    else:
        shop.catalog = a_catalog(
            feed_back={"format": "google-tsv", "base_address": "https://other.example", "links": LINKS}
        )
    result = shop.give([a_row(0), a_row(1)], run="20261201T013000Z")
    assert all(row["lifestyle_image_link"].endswith(".jpg") for row in shop.table(result))
    assert shop.asked_for_all == 2


def test_a_withdrawn_product_loses_its_addresses_and_its_row_stays_while_the_feed_has_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.give([a_row(0)], [mug(0)])
    result = shop.give([a_row(0, stock="out_of_stock")], [mug(0, state="withdrawn")], run="20261201T013000Z")
    (row,) = shop.table(result)
    assert (row["lifestyle_image_link"], row["availability"]) == ("", "out_of_stock")


def test_xml_has_an_element_for_each_address_and_escapes_what_is_markup(tmp_path: Path) -> None:
    shop, record = Shop(tmp_path, "google-xml"), mug(0)
    row = a_row(0, title="Salt & <pepper>\x0b", additional_image_link="https://shop.example/a.jpg?x=1&y=2")
    item = ET.fromstring(shop.text(shop.give([row], [record]))).find("channel/item")
    assert item is not None
    assert item.findtext(f"{G}title") == "Salt & <pepper> "
    found = [each.text for each in item.findall(f"{G}additional_image_link")]
    assert found == ["https://shop.example/a.jpg?x=1&y=2", address(record, 0)]
    assert item.find(f"{G}sale_price") is None


def test_text_that_a_model_wrote_stands_only_in_the_structured_title(tmp_path: Path) -> None:
    made = 'trained_algorithmic_media:"Sunlit mug, 300 ml"'
    rows = [a_row(0, title="Sunlit mug, 300 ml", structured_title=made), a_row(1, title="Mug", structured_title=made)]
    tsv = Shop(tmp_path / "tsv")
    table = tsv.table(tsv.give(rows))
    assert [row["title"] for row in table] == ["", "Mug"]
    assert table[0]["structured_title"] == made
    xml = Shop(tmp_path / "xml", "google-xml")
    item = ET.fromstring(xml.text(xml.give(rows))).find("channel/item")
    assert item is not None
    assert item.find(f"{G}title") is None
    assert item.findtext(f"{G}structured_title/{G}content") == "Sunlit mug, 300 ml"
    assert item.findtext(f"{G}structured_title/{G}digital_source_type") == "trained_algorithmic_media"


@pytest.mark.parametrize(
    ("plain", "made"),
    [
        ("R&D mug, 300 ml", 'trained_algorithmic_media:"R&amp;D  mug,\t300 ml"'),
        ("Sunlit mug", "Sunlit <b>mug</b>"),
        ("word " * 400, f'trained_algorithmic_media:"{"word " * 500}"'),
    ],
)
def test_text_of_a_model_is_known_again_after_it_was_cleaned_or_cut(tmp_path: Path, plain: str, made: str) -> None:
    shop = Shop(tmp_path)
    (row,) = shop.table(shop.give([a_row(0, description=plain, structured_description=made)]))
    assert row["description"] == ""


def test_meta_gets_its_own_words_and_condition(tmp_path: Path) -> None:
    shop, record = (
        Shop(tmp_path, "meta-csv", links={"additional_image_link": ["google/square", "meta/feed-square"]}),
        mug(0),
    )
    result = shop.give([a_row(0, title='Mug, "large"', quantity="7", stock="backorder")], [record])
    (row,) = shop.table(result)
    assert (row["title"], row["availability"], row["condition"]) == ('Mug, "large"', "available for order", "new")
    assert row["quantity_to_sell_on_facebook"] == "7"
    assert row["additional_image_link"] == f"{address(record, 0)},{address(record, 1)}"


def test_a_file_that_the_destination_refuses_is_not_named_and_the_reason_is_told(tmp_path: Path) -> None:
    shop = Shop(tmp_path, links={"image_link": ["meta/feed-square"], "additional_image_link": ["google/square"]})
    tiny = a_file(0, placement="google/square", width_px=90, height_px=90)
    poster = a_file(0, placement="meta/feed-square", shows=("price",))
    record = mug(0, files=(tiny, poster))
    result = shop.give([a_row(0)], [record])
    (row,) = shop.table(result)
    assert row["image_link"] == "https://shop.example/pictures/0.jpg"
    assert row["additional_image_link"] == ""
    small, priced = (each.what for each in result.findings)
    assert "90x90 pixels, less than the 100x100" in small
    assert "shows a price, which Google Merchant Center does not take in image_link" in priced
    assert all(
        each.measured == "1 file" and each.what.endswith("left out of the feed back") for each in result.findings
    )
    assert not any(each.stops for each in result.findings)


def test_more_pictures_than_a_destination_takes_are_left_out_and_counted(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    own = ",".join(f"https://shop.example/{number}.jpg" for number in range(10))
    result = shop.give([a_row(0, additional_image_link=own)], [mug(0)])
    assert shop.table(result)[0]["additional_image_link"] == own
    assert result.no_room == 1
    assert result.findings[0].measured == "1 row"


def test_deltas_hold_what_changed_in_the_given_rows_and_nothing_else(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "meta-csv", links={"additional_image_link": ["google/square"]})
    shop.give([a_row(0), a_row(1), a_row(2)], [mug(0), mug(1), mug(2)])
    again = shop.give([a_row(0), a_row(1, description="Holds 350 ml."), a_row(3)], run="20261201T013000Z")
    (batch,) = (json.loads(data) for data in shop.batches("20261201T013000Z"))
    assert batch["item_type"] == "PRODUCT_ITEM"
    told = [(each["method"], each["data"]["id"]) for each in batch["requests"]]
    assert told == [("UPDATE", "M1-blue"), ("UPDATE", "M3-blue"), ("DELETE", "M2-blue")]
    assert batch["requests"][0]["data"]["description"] == "Holds 350 ml."
    assert batch["requests"][0]["data"]["additional_image_link"] == [address(mug(1), 0)]
    assert (again.updated, again.deleted) == (2, 1)
    same = shop.give([a_row(0), a_row(1, description="Holds 350 ml."), a_row(3)], run="20261202T013000Z")
    assert (same.updated, same.deleted) == (0, 0)
    assert shop.batches("20261202T013000Z") == []


@pytest.mark.parametrize(
    "fault",
    [
        RowFault(row=2, id="M1-blue", code="bad_price", attribute="price", what="a price"),
        RowFault(row=2, id="", code="bad_encoding", attribute="", what="nobody can read it"),
        RowFault(row=2, id="1.23E+12", code="mangled_id", attribute="id", what="a spreadsheet wrote it"),
        RowFault(row=2, id="M0-blue", code="duplicate_id", attribute="id", what="row 1 has it"),
        RowFault(row=2, id="M1_blue", code="bad_price", attribute="price", what="a price under an id that is new"),
    ],
)
def test_an_item_that_may_stand_in_a_row_that_was_set_aside_is_not_deleted(tmp_path: Path, fault: RowFault) -> None:
    shop = Shop(tmp_path)
    shop.give([a_row(0), a_row(1)], [mug(0), mug(1)])
    held = shop.give([a_row(0)], run="20261201T013000Z", faults=[fault])
    assert held.deleted == 0
    gone = shop.give([a_row(0)], run="20261202T013000Z")
    assert gone.deleted == 1
    assert b"M1-blue\n" in shop.batches("20261202T013000Z")


def test_an_item_whose_product_was_withdrawn_is_deleted_beside_rows_that_nobody_can_read(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.give([a_row(0), a_row(1)], [mug(0), mug(1)])
    unread = RowFault(row=2, id="", code="bad_encoding", attribute="", what="nobody can read it")
    result = shop.give([a_row(0)], [mug(1, state="withdrawn", reason="gone")], run="20261201T013000Z", faults=[unread])
    assert result.deleted == 1


def test_an_item_out_of_stock_is_no_deleted_item_although_its_product_was_withdrawn(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    pair = mug(0, product=a_product(0, items=("M0-blue", "M0-red")))
    rows = [a_row(0), a_row(0, id="M0-red")]
    shop.give(rows, [pair])
    sold_out = a_product_record(0, product=pair.product, state="withdrawn", reason="out_of_stock", files=pair.files)
    one = shop.give([a_row(0, stock="out_of_stock")], [sold_out], whole=False, run="20261130T101500Z")
    assert (one.updated, one.deleted) == (1, 0)
    all_out = [{**row, "stock": "out_of_stock"} for row in rows]
    assert shop.give(all_out, [sold_out], run="20261201T013000Z").deleted == 0


def test_batches_have_at_most_five_thousand_items(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "meta-csv", links={"additional_image_link": ["google/square"]})
    shop.give([a_row(number) for number in range(12_001)])
    sizes = [len(json.loads(data)["requests"]) for data in shop.batches("20261130T013000Z")]
    assert sizes == [5_000, 5_000, 2_001]
    tsv = Shop(tmp_path / "tsv")
    tsv.give([a_row(number) for number in range(12_001)])
    assert [data.count(b"\n") - 1 for data in tsv.batches("20261130T013000Z")] == sizes


def test_single_products_give_deltas_and_leave_the_feed_as_it_is(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    whole = shop.give([a_row(0), a_row(1), a_row(2)], [mug(0), mug(1), mug(2)])
    before = shop.text(whole)
    one = shop.give([a_row(1, price_minor=990)], whole=False, removed=frozenset({"M2-blue"}), run="20261130T101500Z")
    assert shop.text(whole) == before
    assert (one.objects.keys(), one.updated, one.deleted) == ({"deltas"}, 1, 1)
    later = shop.give([a_row(0), a_row(1, price_minor=990)], run="20261201T013000Z")
    assert (later.updated, later.deleted) == (0, 0)


def test_a_run_that_ends_before_its_views_are_written_gives_the_same_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(tmp_path)
    shop.give([a_row(0), a_row(1)], [mug(0), mug(1)])
    views = [links_name(shop.catalog.id), links_name(shop.catalog.id).replace("links", "given")]
    kept = [shop.own.get(name) for name in views]
    rows, records = [a_row(0, price_minor=1_000), a_row(2)], [mug(0, "cheaper"), mug(2), mug(1, state="withdrawn")]
    first = shop.give(rows, records, run="20261201T013000Z")
    told, text = shop.batches("20261201T013000Z"), shop.text(first)
    for name, data in zip(views, kept, strict=True):
        with shop.own.replacing(name) as file:
            file.write_bytes(data)
    second = shop.give(rows, records, run="20261201T020000Z")
    assert shop.batches("20261201T020000Z") == told
    assert shop.text(second) == text


def test_an_empty_feed_is_given_with_its_head(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    result = shop.give([])
    assert shop.table(result) == []
    assert shop.text(result).startswith("id\t")
