"""Tables in texts with separators: comma, semicolon, tab or bar."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from foundry.adoption.leaf import BLANKS
from foundry.adoption.seeing.table import Cell, Table
from foundry.errors import Unusable

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_STATED = re.compile(r"^sep=(.)(?:\r\n|\r|\n|$)")
_JUDGED_ROWS = 50
_FORMULA_TEXT = re.compile(r'^="([^"]*)"$')
"""A text as spreadsheets write it into CSV so that it stays one: `="007"`."""
_RULE = re.compile(r"\s*:?-{2,}:?\s*")


def see_separated(text: str, name: str, separator: str = "") -> tuple[Table, tuple[str, ...]]:
    """Return the cells of a table, and a note on its separator if it is not the comma.

    A first line `sep=;` states the separator, as spreadsheets write it, and is no row. Otherwise it is the one that
    gives most rows the same number of cells, unless `separator` says it. Line breaks in quotes belong to their cell.
    """
    stated = _STATED.match(text)
    body = text[stated.end() :] if stated else text
    separator = separator or (stated[1] if stated else separator_of(body))
    table, unclosed = Table(name), _quotes_open(body, separator)
    try:
        rows = (
            cells for cells in _rows(body, separator, quoted=not unclosed) if separator != "|" or not _is_rule(cells)
        )
        for number, cells in enumerate(rows, start=1):
            table.add(number, _cells(number, cells, by_bars=separator == "|"))
    except csv.Error as error:
        raise Unusable(name, f"is not a table ({error})", "save it again as CSV") from error
    notes = []
    if separator not in (",", "\t") and not stated:
        notes.append(f"cells are parted by {SEPARATORS.get(separator, repr(separator))}")
    if unclosed:
        notes.append(f"a quote in line {unclosed} is never closed, so quotes are read as letters")
    return table, tuple(notes)


def _rows(text: str, separator: str, *, quoted: bool = True) -> Iterator[list[str]]:
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        skipinitialspace=separator != "\t",
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    )


def _quotes_open(text: str, separator: str) -> int:
    """Return the number of the line with a quote that is not closed up to the end of the text; 0 if there is none."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != "\t", strict=True
    )
    line = 0
    try:
        for _ in reader:
            line = reader.line_num
    except csv.Error as error:
        return line + 1 if "unexpected end" in str(error) else 0
    return 0


def _is_rule(cells: list[str]) -> bool:
    """Return True for the line below a header in a table of Markdown, which is no row."""
    inside = [cell.strip() for cell in cells if cell.strip()]
    return bool(inside) and all(_RULE.fullmatch(cell) for cell in inside)


def _cells(number: int, cells: list[str], *, by_bars: bool) -> dict[int, Cell]:
    """Return the cells that hold something; between bars, a table of Markdown has empty outer ones."""
    texts = [_FORMULA_TEXT.sub(r"\1", cell.strip(BLANKS)) for cell in cells]
    if by_bars and texts and not texts[0] and not texts[-1]:
        texts = texts[1:-1]
    return {at: Cell(text, "text", number, at) for at, text in enumerate(texts, start=1) if text}


def separator_of(text: str) -> str:
    """Return the separator by which the first rows have the same number of cells, and more than one; else a comma."""
    best, most = ",", 0.0
    for separator in SEPARATORS:
        counts = _widths(text, separator)
        wide = {width: count for width, count in counts.items() if width > 1}
        if not wide:
            continue
        width, rows = max(wide.items(), key=lambda each: (each[1], each[0]))
        worth = rows / sum(counts.values()) + min(width, 10) / 1_000
        if worth > most:
            best, most = separator, worth
    return best


def _widths(text: str, separator: str) -> Counter[int]:
    """Return how many of the first rows have which number of cells."""
    found: Counter[int] = Counter()
    try:
        for cells in _rows(text[:200_000], separator):
            if any(cell.strip() for cell in cells):
                found[len(cells)] += 1
            if found.total() >= _JUDGED_ROWS:
                break
    except csv.Error:
        return found
    return found
