"""Prices as feeds write them, and the rules on prices and sales."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from foundry.catalog.catalog import Feed
from foundry.catalog.judging.columns import Flags, RowColumns, Texts, by_value, flags, matches, present, spread
from foundry.catalog.judging.findings import Findings
from foundry.catalog.judging.identifiers import without_nothing
from foundry.catalog.judging.shapes import ADDRESS, STOCK
from foundry.catalog.money import currencies_in_use, minor_digits

_PARTS = re.compile(
    r"(?P<before>[A-Za-z]{3}|[€£$¥])?\s*(?P<number>[0-9][0-9.,'\u2019 \u00a0\u202f]*?)\s*(?P<after>[A-Za-z]{3}|[€£$¥])?"
)
_SIGNS = {"€": "EUR", "£": "GBP"}
_SHARED_SIGNS = {"$": {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "BRL", "CLP", "TWD"}, "¥": {"JPY", "CNY"}}
"""Signs of several currencies, which stand for the catalog's own if it is one of them."""
_BLANKS = re.compile(r"[ \u00a0\u202f'\u2019](?=[0-9]{3}(?![0-9]))")
_MOST_DIGITS, _LONGEST = 9, 40


class ReadPrice(NamedTuple):
    """A price as it was read; `code` says why it was not."""

    code: str
    minor: int | None = None
    currency: str | None = None


def read_price(text: str, decimal_mark: str | None, currency: str | None) -> ReadPrice:
    """Read a price such as `12.99 EUR`; `currency` is that of prices that name none.

    Without a decimal mark, the point is one unless it may separate thousands: "1.299" and "1,299" are ambiguous.
    """
    return _read_short(text, decimal_mark, currency) if len(text) <= _LONGEST else ReadPrice("bad_price")


@lru_cache(maxsize=50_000)
def _read_short(text: str, decimal_mark: str | None, currency: str | None) -> ReadPrice:
    found = _PARTS.fullmatch(text)
    if found is None or (found["before"] and found["after"]):
        return ReadPrice("bad_price")
    code = _currency(found["before"] or found["after"] or "", currency)
    if code is None:
        return ReadPrice("missing_currency")
    if code not in currencies_in_use():
        return ReadPrice("unknown_currency")
    return _amount(found["number"], decimal_mark, code)


def _currency(named: str, own: str | None) -> str | None:
    """Return the code of a currency that is named by its code or sign; that of the catalog where none is."""
    if named in _SHARED_SIGNS:
        return own if own is None or own in _SHARED_SIGNS[named] else named
    return _SIGNS.get(named, named).upper() or own


def _amount(number: str, decimal_mark: str | None, currency: str) -> ReadPrice:
    digits = _BLANKS.sub("", number.strip())
    mark = decimal_mark or _mark_in(digits, minor_digits(currency))
    if mark not in (".", ","):
        return ReadPrice(mark)
    whole, fraction = _split(digits, mark)
    if whole is None:
        return ReadPrice("bad_price")
    kept = minor_digits(currency)
    if fraction[kept:].strip("0") or len(whole.lstrip("0")) > _MOST_DIGITS:
        return ReadPrice("bad_price")
    minor = int(whole + fraction[:kept].ljust(kept, "0"))
    return ReadPrice("" if minor else "zero_price", minor, currency)


def _mark_in(digits: str, decimals: int) -> str:
    """Return the decimal mark of a number if the catalog says none, or the code of the reason why it is not clear."""
    points, commas = digits.count("."), digits.count(",")
    if commas and points:
        return "." if points == 1 and digits.rindex(".") > digits.rindex(",") else "comma_price"
    if commas:
        tail = len(digits) - digits.rindex(",") - 1
        return "." if commas > 1 else "ambiguous_price" if tail == 3 else "comma_price"
    tail = len(digits) - digits.rindex(".") - 1 if points == 1 else 0
    return "ambiguous_price" if tail == 3 and decimals != 3 and not digits.startswith("0") else "."


def _split(digits: str, mark: str) -> tuple[str | None, str]:
    """Return the digits before and after the decimal mark, None for a number that is not written so."""
    other = "," if mark == "." else "."
    whole, _, fraction = digits.partition(mark)
    grouped = re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(other)}[0-9]{{3}})+", whole)
    whole = whole.replace(other, "") if grouped else whole
    right = whole.isascii() and whole.isdigit() and (not fraction or (fraction.isascii() and fraction.isdigit()))
    return (whole, fraction) if right else (None, "")


CODES = ("bad_price", "missing_currency", "unknown_currency", "comma_price", "ambiguous_price", "zero_price")


def judge_prices(rows: RowColumns, findings: Findings, spec: Feed) -> None:
    """Judge prices and sale prices, and add `price_minor`, `sale_minor` and `currency`."""
    import pyarrow as pa

    texts = without_nothing(rows.text("price"))
    findings.add("missing_price", "price", ~present(texts))
    swapped = matches(texts, f"{ADDRESS}|{STOCK}")
    findings.add("swapped_value", "price", swapped)
    prices = _read(texts, spec)
    for code in CODES:
        findings.add(code, "price", prices.has(code) & ~swapped)
    rows.typed["price_minor"], rows.typed["currency"] = prices.minor(), prices.currency()
    rows.typed["sale_minor"] = (
        _judge_sales(rows, findings, spec) if rows.has("sale_price") else pa.nulls(rows.count, pa.int64())
    )


class _Prices:
    """The prices of a column: each distinct text is read once."""

    def __init__(self, read: list[ReadPrice], indices: Any) -> None:
        self._read, self._indices = read, indices
        self.codes = {each.code for each in read}

    def has(self, code: str) -> Flags:
        import pyarrow as pa

        return flags(spread([each.code == code for each in self._read], self._indices, pa.bool_()))

    def minor(self) -> Any:
        import pyarrow as pa

        return spread([None if each.code else each.minor for each in self._read], self._indices, pa.int64())

    def currency(self) -> Any:
        import pyarrow as pa

        return spread([each.currency for each in self._read], self._indices, pa.string())


def _read(texts: Texts, spec: Feed) -> _Prices:
    return _Prices(*by_value(texts, lambda text: read_price(text, spec.decimal_mark, spec.currency)))


def _judge_sales(rows: RowColumns, findings: Findings, spec: Feed) -> Any:
    """Judge the sale prices; return those that lie below the price."""
    import pyarrow as pa
    import pyarrow.compute as pc

    sales = _read(without_nothing(rows.text("sale_price")), spec)
    findings.add("bad_sale_price", "sale_price", np.logical_or.reduce([sales.has(code) for code in CODES]))
    minor, currency, price = sales.minor(), sales.currency(), rows.typed["price_minor"]
    other = flags(pc.not_equal(currency, rows.typed["currency"]))
    findings.add("sale_currency", "sale_price", other)
    findings.add("sale_above_price", "sale_price", flags(pc.greater(minor, price)) & ~other)
    findings.add("useless_sale", "sale_price", flags(pc.equal(minor, price)) & ~other)
    lower = flags(pc.less(minor, price)) & ~other
    return pc.if_else(pa.array(lower), minor, pa.scalar(None, pa.int64()))
