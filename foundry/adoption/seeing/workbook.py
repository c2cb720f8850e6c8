"""Reading of XLSX workbooks as sheets of cells. It runs in the box, because a few kilobytes can unfold to gigabytes.

The libraries are imported with the module, before a job is confined: they read files of the system then.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import range_boundaries

from foundry.adoption.seeing.cells import shown
from foundry.adoption.seeing.read_workbook import ReadSheet, ReadWorkbook
from foundry.adoption.seeing.table import MAX_COLUMNS, Cell, Row, Table
from foundry.errors import Unusable

MAX_PARTS, MAX_INFLATED, MAX_SHEETS = 2_000, 200_000_000, 100
LAST_ROW = 1_048_576
MAX_MERGED, MAX_FILLED = 10_000, 500_000
_REMEDY = "save the sheet with the table alone as XLSX or CSV"
_MERGED = re.compile(rb"<(?:\w{1,20}:)?mergeCell\s[^<>]{0,200}?ref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
_HIDDEN_ROW = re.compile(
    rb"<(?:\w{1,20}:)?row\s(?=[^<>]{0,400}?\bhidden=[\"'](?:1|true)[\"'])[^<>]{0,400}?\br=[\"'](\d{1,7})[\"']"
)
_HIDDEN_COLUMNS = re.compile(rb"<(?:\w{1,20}:)?col\s[^<>]{0,400}?\bhidden=[\"'](?:1|true)[\"']")
_NOT_COMPUTED = re.compile(rb"</(?:\w{1,20}:)?f>\s{0,9}(?:<v\s{0,9}/>|<v></v>)?\s{0,9}</(?:\w{1,20}:)?c>")


def read_workbook(stream: IO[bytes], name: str) -> ReadWorkbook:
    """Return the sheets of a workbook that are not hidden; merged cells are all the first one.

    Unusable for a file that is no workbook or holds more than a table.
    """
    try:
        _check_parts(stream, name)
        return _sheets(stream, name)
    except Unusable:
        raise
    except Exception as error:
        raise Unusable(name, f"not an XLSX workbook ({type(error).__name__})", "save it as XLSX") from error


def _check_parts(stream: IO[bytes], name: str) -> None:
    with zipfile.ZipFile(stream) as archive:
        parts = archive.infolist()
    inflated = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or inflated > MAX_INFLATED:
        wrong = (
            f"has {len(parts)} parts and inflates to {inflated} bytes; the limits are {MAX_PARTS} and {MAX_INFLATED}"
        )
        raise Unusable(name, wrong, _REMEDY)
    stream.seek(0)


def _sheets(stream: IO[bytes], name: str) -> ReadWorkbook:
    reader = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
    reader.read()
    paths = {sheet.name: str(relation.target) for sheet, relation in reader.parser.find_sheets()}
    found: list[ReadSheet] = []
    notes: list[str] = []
    whole = Table(name)  # all sheets together keep to the limits of one
    for number, sheet in enumerate(reader.wb.worksheets):
        if number >= MAX_SHEETS:
            raise Unusable(name, f"has more than {MAX_SHEETS} sheets", _REMEDY)
        if sheet.sheet_state != "visible":
            notes.append(f"the sheet {sheet.title!r} is hidden and was not read")
            continue
        xml = reader.archive.read(paths[sheet.title].lstrip("/"))
        rows = _rows(sheet, Table(name), xml, name)
        for row, cells in rows:
            whole.add(row, {column: cell for column, cell in cells.items() if (cell.row, cell.column) == (row, column)})
        found.append(
            ReadSheet(sheet.title, [(row, sorted(cells.items())) for row, cells in rows], _notes(sheet.title, xml))
        )
    if any("comments" in part.lower() for part in reader.archive.namelist()):
        notes.append("comments on cells were not read")
    return ReadWorkbook(found, notes)


def _rows(sheet: Any, table: Table, xml: bytes, name: str) -> list[Row]:
    sheet.reset_dimensions()  # the file's word about its size is not to be relied on
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > LAST_ROW:
            raise Unusable(name, f"names a row beyond {LAST_ROW}", _REMEDY)
        table.add(number, dict(_cells(number, cells)))
    _fill_merged(table, xml, name)
    return table.rows


def _cells(number: int, cells: tuple[Any, ...]) -> Iterator[tuple[int, Cell]]:
    """Yield the cells of a row that hold something; a cell with an error, such as #REF!, holds nothing."""
    for column, cell in enumerate(cells, start=1):
        if cell.value is None or cell.data_type == "e":
            continue
        text, kind = shown(cell.value, cell.number_format)
        if text:
            yield column, Cell(text, kind, number, column)


def _notes(title: str, xml: bytes) -> list[str]:
    """Return sentences on hidden rows and columns, on formulas without a value, and on cells with an error."""
    notes = []
    if hidden := [int(row[1]) for row in _HIDDEN_ROW.finditer(xml)]:
        numbers = ", ".join(map(str, hidden[:10])) + (" and more" if len(hidden) > 10 else "")
        notes.append(f"row {numbers} of {title!r} is hidden, and was read like the others" if len(hidden) == 1
                     else f"rows {numbers} of {title!r} are hidden, and were read like the others")  # fmt: skip
    if _HIDDEN_COLUMNS.search(xml):
        notes.append(f"columns of {title!r} are hidden, and were read like the others")
    if count := len(_NOT_COMPUTED.findall(xml)):
        notes.append(
            f"{count} cell(s) of {title!r} hold a formula whose value is not stored, and count as empty; "
            "save the workbook with a spreadsheet program"
        )
    if count := xml.count(b't="e"'):
        notes.append(f"{count} cell(s) of {title!r} hold an error, such as #REF!, and count as empty")
    return notes


def _fill_merged(table: Table, xml: bytes, name: str) -> None:
    """Put the first cell of each merged range into the places of the range that lie in rows of the table."""
    filled = 0
    for left, top, right, bottom in (_bounds(found, name) for found in _merged_ranges(xml, name)):
        cell = table.cell(top, left)
        if not cell:
            continue
        last = min(right, MAX_COLUMNS)
        for _, cells in table.between(top, bottom):
            filled += last - left + 1
            if filled > MAX_FILLED:
                raise Unusable(name, f"has merged cells over more than {MAX_FILLED} cells", _REMEDY)
            cells.update(dict.fromkeys(range(left, last + 1), cell))


def _merged_ranges(xml: bytes, name: str) -> Iterator[str]:
    for count, found in enumerate(_MERGED.finditer(xml), start=1):
        if count > MAX_MERGED:
            raise Unusable(name, f"has more than {MAX_MERGED} merged ranges", _REMEDY)
        yield found[1].decode()


def _bounds(reference: str, name: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = (number or 0 for number in range_boundaries(reference))
    if not (1 <= left <= right and 1 <= top <= bottom):
        raise Unusable(name, f"has a merged range {reference} that ends before it begins", _REMEDY)
    return left, top, right, bottom
