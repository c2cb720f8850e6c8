"""Columns that are read from texts: the number in one, and the currency of a price."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from foundry.catalog.expected_columns import split_column

_BLANKS = r"'’\x{00a0}\x{202f} "
_NUMBER = rf"(?P<number>[+-]?[0-9](?:[0-9.,{_BLANKS}]*[0-9])?)"
_CURRENCY = r"(?:^|[^A-Za-z])(?P<currency>[A-Z]{3})(?:$|[^A-Za-z])"


def with_figures(rows: Any, columns: Iterable[str], decimal_mark: str = ".") -> Any:
    """Return a `pyarrow.Table` with the columns that are asked for, such as `price.number`, where it can have them."""
    held = set(rows.schema.names)
    for column in sorted(set(columns) - held):
        attribute, figure = split_column(column)
        if figure and attribute in held:
            texts = rows.column(attribute)
            read = numbers(texts, decimal_mark) if figure == "number" else currencies(texts)
            rows = rows.append_column(column, read)
    return rows


def numbers(texts: Any, decimal_mark: str = ".") -> Any:
    """Return the first number of each text as float64; null where there is none, or its marks are not in their places.

    Marks of thousands are taken where three digits follow: with a decimal point, `1,299.00` is a number, `9,99` none.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.struct_field(pc.extract_regex(texts, _NUMBER), "number")
    point, thousands = re.escape(decimal_mark), "[" + ("," if decimal_mark == "." else ".") + _BLANKS + "]"
    digits = rf"(?:[0-9]{{1,15}}|[0-9]{{1,3}}(?:{thousands}[0-9]{{3}}){{1,4}})"
    sound = pc.match_substring_regex(found, rf"^[+-]?{digits}(?:{point}[0-9]{{1,15}})?$")
    plain = pc.replace_substring(pc.replace_substring_regex(found, thousands, ""), decimal_mark, ".")
    return pc.cast(pc.if_else(sound, plain, pa.scalar(None, plain.type)), pa.float64())


def currencies(texts: Any) -> Any:
    """Return the currency of each text, three capital letters that stand alone; null where there is none."""
    import pyarrow.compute as pc

    return pc.struct_field(pc.extract_regex(texts, _CURRENCY), "currency")
