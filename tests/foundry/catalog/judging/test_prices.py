"""Prices are read as their writers meant them, or set aside with the reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.catalog.judging.prices import CODES, ReadPrice, read_price
from foundry.catalog.money import amount_of, currencies_in_use, minor_digits
from tests.support.judged import a_catalog, a_row, judged

READ = {
    "12.99 EUR": (1_299, "EUR"),
    "12.99EUR": (1_299, "EUR"),
    "EUR 12.99": (1_299, "EUR"),
    "12.9 eur": (1_290, "EUR"),
    "12 EUR": (1_200, "EUR"),
    "€12.99": (1_299, "EUR"),
    "12.99\u00a0€": (1_299, "EUR"),
    "£5": (500, "GBP"),
    "1,299.00 USD": (129_900, "USD"),
    "1 299.00 SEK": (129_900, "SEK"),
    "1'299.00 CHF": (129_900, "CHF"),
    "1,234,567 USD": (123_456_700, "USD"),
    "15.0000 EUR": (1_500, "EUR"),
    "0.500 EUR": (50, "EUR"),
    "1299.00 JPY": (1_299, "JPY"),
    "1.250 KWD": (1_250, "KWD"),
    "999999999.99 EUR": (99_999_999_999, "EUR"),
}
REFUSED = {
    "12,99 EUR": "comma_price",
    "1.299,00 EUR": "comma_price",
    "1.299 EUR": "ambiguous_price",
    "1,299 EUR": "ambiguous_price",
    "12.99": "missing_currency",
    "$12.99": "unknown_currency",
    "12.99 XYZ": "unknown_currency",
    "12.99 DEM": "unknown_currency",
    "0 EUR": "zero_price",
    "0.00 EUR": "zero_price",
    "0.001 EUR": "bad_price",
    "-12.99 EUR": "bad_price",
    "12.99.99 EUR": "bad_price",
    "12.995 12 EUR": "bad_price",
    "12.9912 EUR": "bad_price",
    "1299.50 JPY": "bad_price",
    "9999999999 EUR": "bad_price",
    "EUR 12.99 EUR": "bad_price",
    "12.99 EUR 5.99 EUR": "bad_price",
    "1e3 EUR": "bad_price",
    "12.99 euros": "bad_price",
    "free": "bad_price",
    "١٢٫٩٩ EUR": "bad_price",
    "12..99 EUR": "bad_price",
    "1,29,900.00 EUR": "bad_price",
    "9" * 5_000: "bad_price",
    "1 " * 15 + "EUR": "bad_price",
}
WITH_A_COMMA = {
    "12,99 EUR": 1_299,
    "1.299,00 EUR": 129_900,
    "1.299 EUR": 129_900,
    "1 299,5 €": 129_950,
    "1299 EUR": 129_900,
}


@pytest.mark.parametrize("text", READ)
def test_a_clear_price_is_read(text: str) -> None:
    assert read_price(text, None, None if text != "$12.99" else "USD") == ReadPrice("", *READ[text])


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:30])
def test_a_price_that_is_none_or_may_be_two_is_refused(text: str) -> None:
    assert read_price(text, None, "EUR" if text == "$12.99" else None).code == REFUSED[text]


@pytest.mark.parametrize("text", WITH_A_COMMA)
def test_the_decimal_mark_of_the_catalog_makes_prices_clear(text: str) -> None:
    assert read_price(text, ",", None).minor == WITH_A_COMMA[text]


def test_a_price_without_a_currency_has_the_catalogs() -> None:
    assert read_price("12.99", None, "USD") == ReadPrice("", 1_299, "USD")
    assert read_price("$12.99", None, "CAD") == ReadPrice("", 1_299, "CAD")
    assert read_price("12.99 SEK", None, "USD").currency == "SEK"


def test_a_point_is_no_decimal_mark_where_the_catalog_says_the_comma() -> None:
    assert read_price("12.99 EUR", ",", None).code == "bad_price"


@given(minor=st.integers(1, 99_999_999_999), currency=st.sampled_from(["EUR", "USD", "JPY", "KWD"]), data=st.data())
def test_any_amount_is_read_as_it_was_written(minor: int, currency: str, data: st.DataObject) -> None:
    mark, group = data.draw(st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (".", "")]))
    digits = minor_digits(currency)
    minor = min(minor, 999_999_999 * 10**digits)
    whole, fraction = divmod(minor, 10**digits)
    text = f"{whole:,}".replace(",", group) + (f"{mark}{fraction:0{digits}d}" if digits else "")
    written = data.draw(st.sampled_from([f"{text} {currency}", f"{currency} {text}", f"{text}{currency}"]))
    assert read_price(written, mark, None) == ReadPrice("", minor, currency)
    assert amount_of(minor, currency) == Decimal(minor) / 10**digits


@given(st.text(max_size=60), st.sampled_from([None, ".", ","]), st.sampled_from([None, "EUR", "JPY"]))
def test_any_text_is_a_price_or_has_a_code(text: str, mark: str | None, currency: str | None) -> None:
    read = read_price(text, mark, currency)
    assert read.code in {"", *CODES}
    assert read.code or (read.minor is not None and read.minor > 0 and read.currency in currencies_in_use())


def test_currencies_of_the_past_are_not_in_use() -> None:
    assert {"EUR", "USD", "JPY", "SEK", "AED"} <= currencies_in_use()
    assert not {"DEM", "FRF", "HRK", "XXX"} & currencies_in_use()


@pytest.mark.parametrize(
    ("sale", "code"),
    [
        ("13.00 EUR", "sale_above_price"),
        ("9.99 USD", "sale_currency"),
        ("cheap", "bad_sale_price"),
        ("9,99 EUR", "bad_sale_price"),
    ],
)
def test_a_sale_price_that_cannot_be_sets_its_row_aside(sale: str, code: str) -> None:
    assert set(judged(a_row(1, price="12.99 EUR", sale_price=sale)).faults) == {code}


def test_a_sale_price_that_equals_the_price_is_ignored() -> None:
    found = judged(a_row(1, price="12.99 EUR", sale_price="12.99 EUR", sale_price_effective_date=""))
    assert set(found.warnings) == {"useless_sale"}
    assert found.row is not None
    assert found.row["sale_minor"] is None


@pytest.mark.parametrize(
    ("price", "code"), [("", "missing_price"), ("12,99 EUR", "comma_price"), ("free", "bad_price")]
)
def test_a_catalog_without_prices_only_warns_of_them(price: str, code: str) -> None:
    row = a_row(1, price=price, sale_price="")
    assert set(judged(row).faults) == {code}
    unpriced = judged(row, catalog=a_catalog(products={"price": "none"}))
    assert (set(unpriced.faults), set(unpriced.warnings)) == (set(), {code})
    assert unpriced.row is not None
    assert unpriced.row["price_minor"] is None
