"""Feeds in the shapes in which other tools write them are read unchanged. The data are made up for this project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.feed_reading import ALL, ReadFeed, read_feed

SHAPES = Path(__file__).parent / "shapes"
KINDS = {
    "shopify_export.csv": "shopify-csv", "woocommerce_plugin.xml": "google-xml", "magento_export.csv": "meta-csv",
    "feed_manager.csv": "meta-csv", "meta_template.csv": "meta-csv", "sheet_export.tsv": "google-tsv",
    "excel_unicode.txt": "google-tsv", "atom.xml": "google-xml", "merchant_api.json": "google-json",
}  # fmt: skip


def shape(name: str) -> ReadFeed:
    declared = {"encoding": "windows-1252"} if name == "feed_manager.csv" else {}
    return read_feed(SHAPES / name, ALL | {"own.margin_class"}, **declared)


@pytest.mark.parametrize("name", sorted(path.name for path in SHAPES.iterdir()))
def test_every_shape_is_read_without_a_fault(name: str) -> None:
    read = shape(name)
    assert read.facts.kind == KINDS[name]
    assert read.faults == []
    assert all({"id", "title", "price", "availability"} <= set(row) for row in read.rows)


@pytest.mark.parametrize(
    ("name", "row", "values"),
    [
        ("shopify_export.csv", 0, {
            "id": "NL-LS-SND-S", "item_group_id": "linen-shirt", "price": "79.00", "sale_price": "59.00",
            "description": 'Woven from Flemish flax . Machine wash, 30 °C "Easy iron" finish', "gtin": "4006381333931",
            "cost_of_goods_sold": "21.40", "custom_label_1": "high", "size": "S",
        }),
        ("shopify_export.csv", 1, {"id": "NL-LS-SND-M", "availability": "out_of_stock", "brand": "Nordlys"}),
        ("shopify_export.csv", 2, {
            "id": "NL-LS-OLV-S", "color": "Olive",
            "image_link": "https://cdn.shopify.com/s/files/1/0001/files/linen-olive.jpg?v=1717000000",
        }),
        ("shopify_export.csv", 3, {"id": "gift-voucher-25", "availability": "in_stock", "price": "25.00"}),
        ("shopify_export.csv", 4, {"id": "NL-SC-1", "availability": "out_of_stock"}),
        ("woocommerce_plugin.xml", 0, {
            "id": "woocommerce_gpf_4711", "title": "Teekanne & Stövchen „Emma“", "own.margin_class": "A",
            "description": "Steinzeug, 1,2 l.\n\nSpülmaschinenfest.", "price": "49.90 EUR", "sale_price": "39.90 EUR",
            "link": "https://gruenwerk.example/produkt/teekanne/?utm_source=google&utm_medium=cpc",
        }),
        ("woocommerce_plugin.xml", 1, {"id": "woocommerce_gpf_4712", "item_group_id": "4700", "color": "blau"}),
        ("magento_export.csv", 1, {
            "id": "KT12-XS-Orange", "title": "Harbour Tee, \"Slim\" 5' 9\" fit", "item_group_id": "KT12",
            "description": "Light and soft,\r\nyou'll love the Harbour Tee's cotton.",
        }),
        ("feed_manager.csv", 0, {
            "id": "DE-1", "title": 'Laufschuh "Küste"', "description": "Für Straße; und Wald", "price": "89,95 EUR",
            "additional_image_link": "https://cdn.laden.example/1b.jpg,https://cdn.laden.example/1c.jpg",
        }),
        ("meta_template.csv", 0, {
            "id": "PA_1", "availability": "in stock", "quantity": "75", "item_group_id": "PA_GROUP",
            "image_link": "https://www.shop.example/tee-1.jpg",
            "additional_image_link": "https://www.shop.example/tee-2.jpg",
        }),
        ("meta_template.csv", 1, {"id": "PA_2", "description": 'Red, and "bold"', "price": "1,010.00 USD"}),
        ("sheet_export.tsv", 0, {"id": "paws-3", "title": 'Teddy, 12" tall', "custom_label_0": "gift"}),
        ("sheet_export.tsv", 1, {"title": 'Teddy "Bruno"', "description": '"Bruno" likes honey'}),
        ("excel_unicode.txt", 0, {"id": "A-1", "title": "Gläser, 6 Stück", "availability": "auf Lager"}),
        ("excel_unicode.txt", 1, {"title": 'Set "Familie"', "price": "49,00 EUR"}),
        ("atom.xml", 0, {"id": "LU-22", "title": 'Lumen 22" screen - 1080p'}),
        ("atom.xml", 1, {
            "id": "FILM-3", "description": "Episodes 7-13", "link": "https://store.example/films/coast",
            "structured_title": 'trained_algorithmic_media:"Tales of the coast"',
        }),
        ("merchant_api.json", 0, {
            "id": "sku-1", "price": "129.95 EUR", "sale_price": "99 EUR", "gtin": "4006381333931",
            "sale_price_effective_date": "2026-11-27T00:00:00Z/2026-12-01T00:00:00Z", "item_group_id": "jacke",
            "structured_title": 'trained_algorithmic_media:"Gelbe Regenjacke"', "product_type": "Damen > Jacken",
        }),
    ],
)  # fmt: skip
def test_values_come_out_as_the_shop_means_them(name: str, row: int, values: dict[str, Any]) -> None:
    found = shape(name).rows[row]
    assert {key: found.get(key) for key in values} == values
