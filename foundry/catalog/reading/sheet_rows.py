"""The rows of one sheet of a workbook (ECMA-376, part 1, 18.3), parsed row by row.

openpyxl builds an object for each cell, and parses a sheet of unknown size twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any

from foundry.catalog.reading.limits import FeedLimits

Value = str | bool | int | float | dt.datetime | dt.date | dt.time | dt.timedelta | None
_FEED_BYTES = 1 << 17
_MOST_COLUMNS = 16_384


@dataclass(frozen=True)
class SheetTexts:
    """What cells refer to. shared: texts. dates: numbers of the styles that show dates. epoch: the day 0."""

    shared: Sequence[str]
    dates: frozenset[int]
    epoch: dt.datetime


def sheet_rows(stream: IO[bytes], texts: SheetTexts, limits: FeedLimits) -> Iterator[tuple[int, list[Value]]]:
    """Yield the number and the values of each row that the sheet writes, in order.

    ValueError for a row without end and for a document type, XMLSyntaxError for XML that is not sound.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("end",), tag="{*}row", huge_tree=True, resolve_entities=False, no_network=True, remove_comments=True
    )
    since = number = 0
    while content := stream.read(_FEED_BYTES):
        if not number and b"<!DOCTYPE" in content:
            raise ValueError("a sheet with a document type")
        parser.feed(content)
        since += len(content)
        for _, row in parser.read_events():
            number = int(row.get("r") or number + 1)
            yield number, _values(row, texts)
            _drop(row)
            since = 0
        if since > limits.row_bytes:
            raise ValueError("a row without an end")
    parser.close()


def _drop(row: Any) -> None:
    row.clear()
    while (before := row.getprevious()) is not None:
        row.getparent().remove(before)


def _values(row: Any, texts: SheetTexts) -> list[Value]:
    values: list[Value] = []
    for cell in row:
        reference = cell.get("r")
        at = _column(reference.rstrip("0123456789")) if reference else len(values)
        if len(values) <= at < _MOST_COLUMNS:
            values += [None] * (at - len(values))
            values.append(_value(cell, texts))
    return values


@lru_cache(maxsize=_MOST_COLUMNS)
def _column(letters: str) -> int:
    """Return the position of a column by its letters: A is 0."""
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


def _value(cell: Any, texts: SheetTexts) -> Value:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(cell.itertext())
    text = next((part.text for part in cell if part.tag.endswith("}v")), None)
    if text is None or kind == "e":
        return None
    if kind == "s":
        return texts.shared[int(text)]
    if kind == "b":
        return text.strip() in {"1", "true"}
    return text if kind in {"str", "d"} else _number(text, cell.get("s"), texts)


def _number(text: str, style: str | None, texts: SheetTexts) -> Value:
    value = float(text)
    if style and int(style) in texts.dates:
        from openpyxl.utils.datetime import from_excel

        return from_excel(value, texts.epoch)
    return value
