"""XLSX workbooks: the rows of the first sheet that has a column of ids."""

from __future__ import annotations

import datetime as dt
import itertools
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from foundry.catalog.reading.columns import FIRST_OF_LIST, refuse_wide
from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.reading.parts import Part, RowBuilder, schema_of
from foundry.catalog.reading.sheet_rows import SheetTexts, Value, sheet_rows
from foundry.catalog.refusals import BadFeed
from foundry.errors import shorten

_SHEETS, _HEAD_ROWS = 20, 20
_SEND = "send the whole workbook again"


class WorkbookRows:
    """The rows of a workbook, below the first row that holds something. names: its columns."""

    def __init__(self, archive: zipfile.ZipFile, name: str, limits: FeedLimits) -> None:
        self._name, self._limits = name, limits
        _refuse_large(archive, name, limits)
        self._archive = archive
        try:
            self._sheets, self._texts = self._opened()
        except Exception as error:
            raise self._broken(error) from error
        self.names, self._sheet, self._top = self._head()

    def _opened(self) -> tuple[list[str], SheetTexts]:
        """Return the parts of the visible sheets, in order, and what their cells refer to."""
        from openpyxl.reader.excel import ExcelReader
        from openpyxl.styles.stylesheet import apply_stylesheet

        file: Any = self._archive.fp
        reader: Any = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()  # and no more: the library parses a whole sheet to learn its size
        apply_stylesheet(reader.archive, reader.wb)
        sheets = [(each.state, str(relation.target)) for each, relation in reader.parser.find_sheets()]
        found = [part.lstrip("/") for state, part in sheets if state == "visible" and "chartsheets" not in part]
        dates = frozenset(reader.wb._date_formats)  # noqa: SLF001 - it has no other name for them
        return found[:_SHEETS], SheetTexts([str(text) for text in reader.shared_strings], dates, reader.wb.epoch)

    def _broken(self, error: Exception) -> BadFeed:
        wrong = f"is no sound XLSX workbook ({type(error).__name__}: {shorten(str(error))})"
        return BadFeed(self._name, "bad_workbook", wrong, _SEND)

    def _head(self) -> tuple[tuple[str, ...], str, int]:
        """Return the names, the sheet's part and the number of the row of the names."""
        found: list[tuple[tuple[str, ...], str, int]] = []
        for sheet in self._sheets:
            for number, row in itertools.islice(self._rows(sheet), _HEAD_ROWS):
                if names := _trimmed([shown(value) for value in row]):
                    refuse_wide(len(names), self._name, self._limits)
                    found.append((names, sheet, number))
                    break
        if not found:
            raise BadFeed(self._name, "empty_feed", "has no visible sheet with rows", "write the head and the rows")
        return max(found, key=lambda each: len(each[0]) > 1)

    def _rows(self, sheet: str) -> Iterator[tuple[int, list[Value]]]:
        try:
            with self._archive.open(sheet) as stream:
                yield from sheet_rows(stream, self._texts, self._limits)
        except Exception as error:  # what is wrong with an archive, XML or a number in it
            raise self._broken(error) from error

    def parts(self, places: Mapping[str, Sequence[int]]) -> Iterator[Part]:
        """Yield the rows in order."""
        builder = RowBuilder(schema_of(places), self._limits)
        row = 0
        for line, cells in self._rows(self._sheet):
            if line <= self._top:
                continue
            values = {name: text for name, at in places.items() if (text := _joined(cells, at, name))}
            if not any(cell is not None and cell != "" for cell in cells):
                continue
            row += 1
            builder.add(row, values, line)
            if builder.is_full:
                yield builder.take()
        yield builder.take()


def _refuse_large(archive: zipfile.ZipFile, name: str, limits: FeedLimits) -> None:
    members = archive.infolist()
    shared = sum(each.file_size for each in members if "sharedstrings" in each.filename.lower())
    total = sum(each.file_size for each in members)
    if shared > limits.shared_bytes or total > limits.workbook_bytes or len(members) > 20 * limits.members:
        wrong = f"unfolds to {total} bytes, {shared} of them texts; the limits are {limits.workbook_bytes} and "
        raise BadFeed(name, "too_large", f"{wrong}{limits.shared_bytes}", "save it as CSV or Parquet")
    packed = sum(each.compress_size for each in members)
    if total > limits.free_bytes and total > limits.ratio * max(packed, 1):
        wrong = f"unfolds to more than {limits.ratio} times its size"
        raise BadFeed(name, "bomb", wrong, "save it as CSV or Parquet")


def _trimmed(names: list[str]) -> tuple[str, ...]:
    while names and not names[-1].strip():
        names.pop()
    return tuple(names)


def _joined(cells: Sequence[Any], places: Sequence[int], name: str) -> str:
    texts = [text for at in places if at < len(cells) and (text := shown(cells[at]))]
    return ",".join(texts[:1] if name in FIRST_OF_LIST else texts)


def shown(value: Any) -> str:
    """Return a cell's value as text: whole numbers without a point, times as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)
