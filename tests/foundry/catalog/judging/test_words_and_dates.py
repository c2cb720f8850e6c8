"""Fixed words, stock and dates of rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.catalog.judging import Judge
from foundry.catalog.judging.dates import read_moment, read_stretch
from tests.support.judged import a_catalog, a_chunk, a_row, judged, rows_of

STOCK = {
    "in_stock": "in_stock",
    "in stock": "in_stock",
    "In Stock": "in_stock",
    "IN-STOCK": "in_stock",
    "https://schema.org/InStock": "in_stock",
    "http://schema.org/OutOfStock": "out_of_stock",
    "out of stock": "out_of_stock",
    "discontinued": "out_of_stock",
    "preorder": "preorder",
    "available for order": "backorder",
    "ausverkauft": "out_of_stock",
    "en stock": "in_stock",
    "true": "in_stock",
    "0": "out_of_stock",
}


@pytest.mark.parametrize("text", STOCK)
def test_words_for_stock_are_understood(text: str) -> None:
    row = judged(a_row(1, availability=text, availability_date="2027-01-01")).row
    assert row is not None
    assert row["stock"] == STOCK[text]


@pytest.mark.parametrize("text", ["perhaps", "in", "stock", "12.99 EUR", "x" * 100_000])
def test_an_unknown_word_for_stock_sets_the_row_aside(text: str) -> None:
    assert set(judged(a_row(1, availability=text)).faults) == {"bad_availability"}


@pytest.mark.parametrize(
    ("quantity", "stock"),
    [("12", "in_stock"), ("0", "out_of_stock"), ("-3", "out_of_stock"), ("5.0", "in_stock"), ("00", "out_of_stock")],
)
def test_the_quantity_says_the_stock_where_nothing_else_does(quantity: str, stock: str) -> None:
    for kind in ("google-tsv", "shopify-csv"):
        row = judged(a_row(1, availability="", quantity=quantity), kind=kind).row  # type: ignore[arg-type]
        assert row is not None
        assert row["stock"] == stock


def test_the_availability_goes_before_the_quantity() -> None:
    row = judged(a_row(1, availability="in stock", quantity="0")).row
    assert row is not None
    assert row["stock"] == "in_stock"


def test_a_quantity_that_is_no_number_is_warned_of() -> None:
    assert set(judged(a_row(1, quantity="many")).warnings) == {"bad_quantity"}


@pytest.mark.parametrize("kind", ["google-tsv", "google-xml", "google-json", "meta-csv"])
def test_kinds_that_have_an_availability_ask_for_it(kind: str) -> None:
    assert set(judged(a_row(1, availability=""), kind=kind).faults) == {"missing_availability"}  # type: ignore[arg-type]


def test_other_kinds_ask_for_an_availability_once_the_feed_has_one() -> None:
    catalog = a_catalog(feed={"kind": "csv"})
    judge = Judge("csv", catalog.feed, catalog)
    assert [row["stock"] for row in rows_of(judge.judge(a_chunk([a_row(1, availability="")])))] == ["in_stock"]
    both = [a_row(2, availability="out of stock"), a_row(3, availability="")]
    assert [fault.code for fault in judge.judge(a_chunk(both, first=2)).faults] == ["missing_availability"]
    assert [fault.code for fault in judge.judge(a_chunk([a_row(4, availability="")], first=4)).faults] == [
        "missing_availability"
    ]


def test_a_mapped_availability_is_asked_for_from_the_first_row() -> None:
    catalog = a_catalog(feed={"kind": "csv", "columns": {"Bestand": "availability"}})
    assert set(judged(a_row(1, availability=""), "csv", catalog).faults) == {"missing_availability"}


@pytest.mark.parametrize(
    ("attribute", "right", "wrong"),
    [
        ("condition", "Used - Like New", "mint"),
        ("gender", "Unisex", "everyone"),
        ("age_group", "kids", "old"),
        ("google_product_category", "Apparel & Accessories > Shoes", "Shoes >> "),
        ("google_product_category", "187", "12345678"),
    ],
)
def test_words_of_other_attributes_are_warned_of(attribute: str, right: str, wrong: str) -> None:
    assert judged(a_row(1, **{attribute: right})).warnings == {}
    assert set(judged(a_row(1, **{attribute: wrong})).warnings) == {f"bad_{attribute.removeprefix('google_product_')}"}


def test_moments_are_read_in_utc() -> None:
    noon = int(datetime(2026, 12, 24, 12, tzinfo=UTC).timestamp())
    for text in (
        "2026-12-24T12:00Z",
        "2026-12-24T13:00+0100",
        "2026-12-24T13:00:00+01:00",
        "2026-12-24T12:00",
        "2026-12-24 12:00",
    ):
        assert read_moment(text) == noon
    assert read_moment("2026-12-24") == noon - 43_200
    assert read_moment("2026-12-24", ends=True) == noon + 43_199


@pytest.mark.parametrize(
    "text", ["", "24.12.2026", "2026-02-30", "tomorrow", "2026-12-24T25:00", "9" * 1_000, "0000-01-01"]
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert read_moment(text) is None


@pytest.mark.parametrize(
    "text", ["2026-12-01", "2026-12-24/2026-12-01", "2026-12-01/", "/", "a/b", "2026-12-01T00:00Z/2026-12-01T00:00Z"]
)
def test_a_stretch_has_a_beginning_and_a_later_end(text: str) -> None:
    assert read_stretch(text) is None


def test_one_day_is_a_stretch() -> None:
    stretch = read_stretch("2026-12-24 / 2026-12-24")
    assert stretch is not None
    assert stretch[1] - stretch[0] == 86_399


@given(st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30)), st.integers(-14 * 60, 14 * 60))
def test_any_moment_with_an_offset_is_read(moment: datetime, offset: int) -> None:
    sign, minutes = "+" if offset >= 0 else "-", abs(offset)
    text = f"{moment:%Y-%m-%dT%H:%M}{sign}{minutes // 60:02d}{minutes % 60:02d}"
    expected = moment.replace(second=0, microsecond=0, tzinfo=UTC).timestamp() - offset * 60
    assert read_moment(text.zfill(21)) == int(expected)


@given(st.text(max_size=90))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    assert isinstance(read_moment(text), int | None)


def test_bad_dates_of_a_sale_set_the_row_aside_only_while_there_is_a_sale() -> None:
    row = a_row(1, price="12.99 EUR", sale_price="9.99 EUR", sale_price_effective_date="soon")
    assert set(judged(row).faults) == {"bad_sale_dates"}
    none = judged({**row, "sale_price": ""})
    assert (set(none.faults), set(none.warnings)) == (set(), {"bad_sale_dates"})


def test_a_preorder_without_a_date_and_dates_that_are_none_are_warned_of() -> None:
    assert set(judged(a_row(1, availability="preorder")).warnings) == {"preorder_without_date"}
    assert set(judged(a_row(1, expiration_date="soon")).warnings) == {"bad_date"}
