"""The columns that a merchant's own expectations name: attributes, and what is read from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FIGURES = {
    "number": "the first number in a text, such as the amount of a price",
    "currency": "the currency of a price, as three letters",
    "said": "the text; that of the structured form where there is none; null for words for nothing, such as N/A",
}
"""`price.number` is a column that is read from the attribute `price`, and so with the others and every attribute."""
_SINGLE, _LISTS = ("column", "column_A", "column_B"), ("column_list",)


def columns_of(kwargs: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns that the arguments of an expectation name."""
    for key in _SINGLE:
        if isinstance(name := kwargs.get(key), str):
            yield name
    for key in _LISTS:
        if isinstance(names := kwargs.get(key), list | tuple):
            yield from (each for each in names if isinstance(each, str))


def split_column(column: str) -> tuple[str, str]:
    """Return the attribute that a column is read from, and the figure that is read, or ""."""
    attribute, dot, figure = column.rpartition(".")
    return (attribute, figure) if dot and figure in FIGURES and attribute != "own" else (column, "")


def shown_column(column: str) -> str:
    """Return a column's name for people: what an attribute says goes by the name of the attribute."""
    attribute, figure = split_column(column)
    return attribute if figure == "said" else column


def attributes_expected(expectations: tuple[Mapping[str, Any], ...]) -> frozenset[str]:
    """Return the attributes that expectations look at, as far as they are written as expectations at all."""
    found = set()
    for each in expectations:
        if isinstance(kwargs := each.get("kwargs"), Mapping):
            found |= {split_column(column)[0] for column in columns_of(kwargs)}
    return frozenset(found)
