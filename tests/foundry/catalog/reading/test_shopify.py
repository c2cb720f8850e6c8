"""Shopify's product CSV: rows of one handle are joined, in the columns of old and new exports."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from foundry.catalog.reading.shopify import plain_text
from foundry.catalog.refusals import BadFeed
from tests.support.feed_reading import ReadFeed, read_feed

OLD = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Published", "Option1 Name", "Option1 Value", "Variant SKU",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Price",
    "Variant Compare At Price", "Variant Barcode", "Image Src", "Image Position", "Variant Image", "Status",
)  # fmt: skip
NEW = {
    "Handle": "URL handle", "Body (HTML)": "Description", "Published": "Published on online store",
    "Option1 Name": "Option1 name", "Option1 Value": "Option1 value", "Variant SKU": "SKU",
    "Variant Inventory Tracker": "Inventory tracker", "Variant Inventory Qty": "Inventory quantity",
    "Variant Inventory Policy": "Continue selling when out of stock", "Variant Price": "Price",
    "Variant Compare At Price": "Compare-at price", "Variant Barcode": "Barcode", "Image Src": "Product image URL",
    "Image Position": "Image position", "Variant Image": "Variant image URL",
}  # fmt: skip
FIRST = {
    "Handle": "mug", "Title": "Mug", "Body (HTML)": "<p>Holds&nbsp;tea<br>&amp; more</p>", "Vendor": "Aurelle",
    "Type": "Mugs", "Published": "true", "Option1 Name": "Farbe", "Option1 Value": "Blau", "Variant SKU": "M-1",
    "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "3", "Variant Inventory Policy": "deny",
    "Variant Price": "12.00", "Variant Compare At Price": "15.00", "Variant Barcode": "'4006381333931",
    "Image Src": "https://cdn/a,1.jpg", "Image Position": "1", "Status": "active",
}  # fmt: skip
SECOND = {
    "Handle": "mug", "Option1 Value": "Rot", "Variant SKU": "M-2", "Variant Inventory Tracker": "shopify",
    "Variant Inventory Qty": "0", "Variant Inventory Policy": "deny", "Variant Price": "12.00",
    "Variant Image": "https://cdn/red.jpg",
}  # fmt: skip
PICTURE = {"Handle": "mug", "Image Src": "https://cdn/b.jpg", "Image Position": "2"}


def read(path: Path, *rows: dict[str, str], new: bool = False) -> ReadFeed:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([NEW.get(name, name) if new else name for name in OLD])
        writer.writerows([row.get(name, "") for name in OLD] for row in rows)
    return read_feed(path)


@pytest.mark.parametrize("new", [False, True])
def test_rows_of_one_handle_become_items_of_one_group(tmp_path: Path, new: bool) -> None:
    found = read(tmp_path / "feed.csv", FIRST, SECOND, PICTURE, new=new)
    assert found.facts.kind == "shopify-csv"
    common = {
        "item_group_id": "mug", "title": "Mug", "description": "Holds tea & more", "brand": "Aurelle",
        "product_type": "Mugs", "condition": "new",
    }  # fmt: skip
    assert found.rows == [
        common | {
            "id": "M-1", "color": "Blau", "availability": "in_stock", "quantity": "3", "price": "15.00",
            "sale_price": "12.00", "gtin": "4006381333931", "image_link": "https://cdn/a,1.jpg",
            "additional_image_link": "https://cdn/b.jpg", "row": 1,
        },
        common | {
            "id": "M-2", "color": "Rot", "availability": "out_of_stock", "quantity": "0", "price": "12.00",
            "image_link": "https://cdn/red.jpg", "additional_image_link": "https://cdn/a%2C1.jpg,https://cdn/b.jpg",
            "row": 2,
        },
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "availability"),
    [
        ({}, "in_stock"),
        ({"Variant Inventory Qty": "-2"}, "out_of_stock"),
        ({"Variant Inventory Qty": "0", "Variant Inventory Policy": "continue"}, "backorder"),
        ({"Variant Inventory Qty": "0", "Variant Inventory Tracker": ""}, "in_stock"),
        ({"Status": "draft"}, "out_of_stock"),
        ({"Status": "archived"}, "out_of_stock"),
        ({"Published": "FALSE"}, "out_of_stock"),
    ],
)
def test_availability_follows_stock_policy_and_status(
    tmp_path: Path, changes: dict[str, str], availability: str
) -> None:
    assert read(tmp_path / "feed.csv", FIRST | changes).column("availability") == [availability]


def test_a_variant_without_a_stock_keeping_unit_is_named_by_handle_and_options(tmp_path: Path) -> None:
    found = read(
        tmp_path / "feed.csv",
        FIRST | {"Variant SKU": ""},
        SECOND | {"Variant SKU": ""},
        FIRST | {"Handle": "cup", "Variant SKU": "", "Option1 Value": "Default Title"},
    )
    assert found.column("id") == ["mug-blau", "mug-rot", "cup"]


def test_rows_that_do_not_follow_their_product_are_set_aside(tmp_path: Path) -> None:
    found = read(tmp_path / "feed.csv", FIRST, FIRST | {"Handle": "cup", "Variant SKU": "C-1"}, SECOND)
    assert found.column("id") == ["M-1", "C-1"]
    assert [(fault.row, fault.id, fault.code) for fault in found.faults] == [(3, "M-2", "orphan_row")]


def test_the_variants_of_a_product_whose_first_row_is_broken_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    read(path, FIRST, SECOND, FIRST | {"Handle": "cup", "Variant SKU": "C-1"})
    path.write_bytes(path.read_bytes().replace(b"Aurelle", b"Aur\xe9lle", 1))
    found = read_feed(path)
    assert [(fault.id, fault.code) for fault in found.faults] == [("M-1", "bad_encoding"), ("M-2", "orphan_row")]
    assert found.column("id") == ["C-1"]


def test_an_export_without_prices_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feed.csv").write_text("Handle,Title\nmug,Mug\n")
    with pytest.raises(BadFeed, match="lacks Shopify's columns Price"):
        read_feed(tmp_path / "feed.csv", kind="shopify-csv")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>a</p><p>b</p>", "a b"),
        ("1 &lt; 2 & 3", "1 < 2 & 3"),
        ("a < b", "a < b"),
        ("<" * 5_000, "<" * 5_000),
        ("", ""),
    ],
)
def test_bodies_in_html_become_plain_text(body: str, text: str) -> None:
    assert plain_text(body) == text
