"""Columns of judged rows as a destination writes them: text in one line, amounts with their currency, and its words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from foundry.catalog.money import minor_digits
from foundry.catalog.rows import Columns

AVAILABILITY = {
    "in_stock": "in stock",
    "out_of_stock": "out of stock",
    "preorder": "preorder",
    "backorder": "available for order",
}
"""Meta's words for Google's values of `availability`."""
_BREAKS = r"[\t\r\n\x0b\x0c\x{85}\x{2028}\x{2029}]+"
_BREAK_BYTES = tuple(letter.encode() for letter in "\t\r\n\x0b\x0c\x85\u2028\u2029")


def one_line(column: Any) -> Any:
    """Return a text column without line breaks and tabs: each run of them becomes a space."""
    import pyarrow.compute as pc

    return pc.replace_substring_regex(column, _BREAKS, " ") if holds(column, *_BREAK_BYTES) else column


def holds(column: Any, *parts: bytes) -> bool:
    """Return True if any text of a column may hold one of these parts: its bytes are searched all at once."""
    data = column.buffers()[2]
    if data is None:
        return False
    text = data.to_pybytes()
    return any(part in text for part in parts)


def amounts(minor: Any, currency: Any) -> Any:
    """Return amounts as feeds write them, "12.90 EUR"; null where there is none.

    minor: int64, in the currency's smallest unit. currency: ISO 4217 codes as text.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    written = pa.nulls(len(minor), pa.string())
    for code in pc.unique(currency).to_pylist():
        if code is not None:
            amount = pc.binary_join_element_wise(_decimal(minor, minor_digits(code)), pa.scalar(code), " ")
            written = pc.if_else(pc.fill_null(pc.equal(currency, code), False), amount, written)
    return written


def _decimal(minor: Any, digits: int) -> Any:
    """Return whole numbers of the smallest unit as decimals with so many digits."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not digits:
        return pc.cast(minor, pa.string())
    whole = pc.divide(minor, 10**digits)
    rest = pc.subtract(minor, pc.multiply(whole, 10**digits))
    padded = pc.utf8_lpad(pc.cast(rest, pa.string()), digits, "0")
    return pc.binary_join_element_wise(pc.cast(whole, pa.string()), padded, ".")


def words_of_meta(stock: Any) -> Any:
    """Return Google's values of `availability` in Meta's words."""
    import pyarrow as pa
    import pyarrow.compute as pc

    written = pa.nulls(len(stock), pa.string())
    for value, word in AVAILABILITY.items():
        written = pc.if_else(pc.fill_null(pc.equal(stock, value), False), pa.scalar(word), written)
    return written


def text_columns(rows: Columns, names: Iterable[str]) -> dict[str, Any]:
    """Return attributes of judged rows as text in one line; amounts and stock are written from the typed columns.

    rows: a record batch with plain columns, as `pipelines.catalog.given_rows` keeps them.
    """
    typed = {
        "price": lambda: amounts(rows.column("price_minor"), rows.column("currency")),
        "sale_price": lambda: amounts(rows.column("sale_minor"), rows.column("currency")),
        "availability": lambda: rows.column("stock"),
    }
    return {name: typed[name]() if name in typed else one_line(rows.column(name)) for name in names}
