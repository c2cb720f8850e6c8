"""Columns that are read from texts: the number in one, the currency of a price, and what an attribute really says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from foundry.catalog.expected_columns import split_column
from foundry.catalog.judging.rules import rule_table

_BLANKS = r"'’\x{00a0}\x{202f} "
_NUMBER = rf"(?P<number>[+-]?[0-9](?:[0-9.,{_BLANKS}]*[0-9])?)"
_CURRENCY = r"(?:^|[^A-Za-z])(?P<currency>[A-Za-z]{3})(?:$|[^A-Za-z])"
_SIGNS = {"€": "EUR", "£": "GBP"}
_STRUCTURED = r'^[a-z_ ]{1,40}:\s*"?((?s:.*?))"?$'
_ELSEWHERE = {"title": "structured_title", "description": "structured_description"}
_WHOLE = r"^-?[0-9]{1,12}(?:\.0+)?$"


def with_figures(rows: Any, columns: Iterable[str], decimal_mark: str = ".") -> Any:
    """Return a `pyarrow.Table` with the columns that are asked for, such as `price.number`, where it can have them."""
    held = set(rows.schema.names)
    for column in sorted(set(columns) - held):
        attribute, figure = split_column(column)
        if figure and attribute in held:
            rows = rows.append_column(column, _figure(rows, attribute, figure, decimal_mark))
    return rows


def _figure(rows: Any, attribute: str, figure: str, decimal_mark: str) -> Any:
    if figure == "said":
        return said(rows, attribute)
    texts = rows.column(attribute)
    return numbers(texts, decimal_mark) if figure == "number" else currencies(texts)


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
    """Return the currency of each text: three letters that stand alone, or the sign of euro or pound; else null."""
    import pyarrow.compute as pc

    for sign, code in _SIGNS.items():
        texts = pc.replace_substring(texts, sign, f" {code} ")
    return pc.utf8_upper(pc.struct_field(pc.extract_regex(texts, _CURRENCY), "currency"))


def said(rows: Any, attribute: str) -> Any:
    """Return an attribute without words for nothing, and with what is said elsewhere where there is none of it.

    A structured title stands for a title, so for a description; a count of pieces stands for an availability.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(rows.column(attribute))
    nothing = pc.is_in(pc.utf8_lower(texts), value_set=pa.array(["", *sorted(rule_table().nothing)], texts.type))
    texts = pc.if_else(nothing, pa.scalar(None, texts.type), texts)
    other = _ELSEWHERE.get(attribute, "")
    if other in rows.schema.names:
        texts = pc.coalesce(texts, pc.replace_substring_regex(rows.column(other), _STRUCTURED, r"\1"))
    if attribute == "availability" and "quantity" in rows.schema.names:
        counted = pc.match_substring_regex(rows.column("quantity"), _WHOLE)
        texts = pc.coalesce(texts, pc.if_else(counted, pa.scalar("in stock", texts.type), pa.scalar(None, texts.type)))
    return texts
