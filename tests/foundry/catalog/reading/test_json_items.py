"""JSON feeds in the shapes of Google's APIs and of export tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.catalog.reading.json_depth import DepthMeter
from foundry.catalog.refusals import BadFeed
from tests.support.feed_reading import ReadFeed, read_feed

CONTENT = {
    "offerId": "1", "title": "Mug", "imageLink": "https://a/1.jpg", "price": {"value": "12.90", "currency": "EUR"},
    "additionalImageLinks": ["https://a/2,3.jpg", "https://a/4.jpg"], "customLabel0": "autumn", "itemGroupId": "G",
    "productTypes": ["Home > Mugs", "Gifts"], "availability": "in stock", "adult": False,
}  # fmt: skip
MERCHANT = {
    "offerId": "1", "contentLanguage": "de", "productAttributes": {
        "title": "Mug", "imageLink": "https://a/1.jpg", "price": {"amountMicros": "12900000", "currencyCode": "EUR"},
        "additionalImageLinks": ["https://a/2,3.jpg", "https://a/4.jpg"], "customLabel0": "autumn",
        "itemGroupId": "G", "productTypes": ["Home > Mugs", "Gifts"], "availability": "in stock",
    },
}  # fmt: skip
ROW = {
    "id": "1", "title": "Mug", "image_link": "https://a/1.jpg", "product_type": "Home > Mugs",
    "custom_label_0": "autumn", "additional_image_link": "https://a/2%2C3.jpg,https://a/4.jpg", "item_group_id": "G",
    "availability": "in stock", "row": 1,
}  # fmt: skip


def read(tmp_path: Path, text: str) -> ReadFeed:
    (tmp_path / "feed.json").write_text(text, encoding="utf-8")
    return read_feed(tmp_path / "feed.json")


@pytest.mark.parametrize(
    ("value", "price"),
    [
        ([CONTENT], "12.90 EUR"),
        ({"kind": "content#productsListResponse", "resources": [CONTENT]}, "12.90 EUR"),
        ({"entries": [{"batchId": 1, "method": "insert", "product": CONTENT}]}, "12.90 EUR"),
        ({"products": [MERCHANT], "nextPageToken": "x"}, "12.9 EUR"),
        ({"data": {"items": [CONTENT]}}, "12.90 EUR"),
        ({"warnings": [{"id": "7"}], "tags": [], "items": [CONTENT]}, "12.90 EUR"),
        ({"goods": [CONTENT], "tags": ["a"]}, "12.90 EUR"),
    ],
    ids=["a list", "Content API", "batch", "Merchant API", "within an object", "others first", "other name"],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_lists_of_products_are_found_in_any_shape(tmp_path: Path, value: Any, price: str, indent: int | None) -> None:
    found = read(tmp_path, json.dumps(value, indent=indent))
    assert found.rows == [{**ROW, "price": price}]
    assert found.facts.kind == "google-json"


def test_lines_of_json_are_read_and_broken_ones_set_aside(tmp_path: Path) -> None:
    lines = ['{"id": 1, "price": 12.90}', "{broken", "[1, 2]", "", '{"id": "4", "title": null, "brand": true}']
    found = read(tmp_path, "\n".join(lines) + "\n")
    assert found.rows == [{"id": "1", "price": "12.90", "row": 1}, {"id": "4", "brand": "true", "row": 4}]
    assert [(fault.row, fault.line, fault.code) for fault in found.faults] == [(2, 2, "bad_json"), (3, 3, "bad_json")]


@pytest.mark.parametrize("member", ["structuredTitle", "structured_title"])
def test_structured_titles_and_stretches_of_time_are_written_as_in_tsv(tmp_path: Path, member: str) -> None:
    item = {
        "id": "1",
        member: {"digitalSourceType": "TRAINED_ALGORITHMIC_MEDIA", "content": "A mug"},
        "salePriceEffectiveDate": {"startTime": "2026-11-01T00:00:00Z", "endTime": "2026-12-01T00:00:00Z"},
    }
    (row,) = read(tmp_path, json.dumps([item])).rows
    assert row["structured_title"] == 'trained_algorithmic_media:"A mug"'
    assert row["sale_price_effective_date"] == "2026-11-01T00:00:00Z/2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"items": [{"id": "1"}, {"id": "2"', "cut_feed"),
        ('[{"id": "1"},', "cut_feed"),
        ('{"id": "1"}\n{"id": "2", "ti', "cut_feed"),
        ('{"items": [{"id": "1"}, {"id": }]}', "bad_json"),
        ('[{"id": "1"}] trailing', "bad_json"),
        ('{"error": {"message": "not allowed"}}', "bad_json"),
        ('{"items": []}', "empty_feed"),
        ("[]", "empty_feed"),
        ('["a", "b"', "cut_feed"),
    ],
)
def test_json_that_is_broken_or_ends_early_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(BadFeed) as refused:
        read(tmp_path, text)
    assert refused.value.code == code


DEEP = "[" * 50_000 + "]" * 50_000
INNER = '{"product":' * 3_000 + "{}" + "}" * 3_000


TRAPS = '{"id": "0", "title": "' + r"a [{ \" " * 400_000 + '"},'
SHALLOW = '{"product":' * 50 + "{}" + "}" * 50


@pytest.mark.parametrize("value", [DEEP, INNER])
@pytest.mark.parametrize("before", ["", TRAPS])
def test_lists_with_values_within_each_other_are_refused(tmp_path: Path, value: str, before: str) -> None:
    with pytest.raises(BadFeed, match="nested deeper than 64 levels"):
        read(tmp_path, f'[{before}{{"id": "1", "title": {value}}}]')


def test_a_few_levels_do_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, f'[{{"id": "1", "product": {SHALLOW}}}]').rows == [{"id": "1", "row": 1}]


VALUES = st.recursive(
    st.text(alphabet='a[{]}"\\'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("k"), inner),
    max_leaves=8,
)


@given(VALUES)
def test_the_depth_of_a_text_is_told_block_by_block(value: Any) -> None:
    content = json.dumps(value).encode()
    meter = DepthMeter()
    assert max(meter.deepest(content[at : at + 3]) for at in range(0, len(content), 3)) == depth_of(value)


def depth_of(value: Any) -> int:
    if isinstance(value, str):
        return 0
    return 1 + max(map(depth_of, value.values() if isinstance(value, dict) else value), default=0)


@pytest.mark.parametrize("value", [DEEP, INNER.replace('"product":', "[")])
def test_a_line_with_values_within_each_other_is_set_aside(tmp_path: Path, value: str) -> None:
    found = read(tmp_path, f'{{"id": "1"}}\n{{"id": "2", "title": {value}}}\n{{"id": "3"}}\n')
    assert found.column("id") == ["1", "3"]
    assert found.codes == {2: "bad_json"}


def test_lines_may_be_longer_than_any_head(tmp_path: Path) -> None:
    line = json.dumps({"id": "1", "description": "long " * 5_000})
    assert read(tmp_path, f"{line}\n{line}\n").column("id") == ["1", "1"]
