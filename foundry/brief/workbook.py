"""Reading of XLSX workbooks as tables of texts. It runs in the box, because a few kilobytes can unfold to gigabytes.

The libraries are imported with the module, before a job is confined: they read files of the system then.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import range_boundaries

from foundry.brief.table import MAX_COLUMNS, Table
from foundry.errors import Unusable

MAX_PARTS, MAX_INFLATED = 2_000, 200_000_000
LAST_ROW = 1_048_576
MAX_MERGED, MAX_FILLED = 10_000, 500_000
_REMEDY = "save the sheet with the table alone as XLSX or CSV"
_MERGED = re.compile(rb"<(?:\w{1,20}:)?mergeCell\s[^<>]{0,200}?ref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")


def read_workbook(stream: IO[bytes], name: str) -> list[list[str]]:
    """Return the rows of the first sheet that hold something; merged cells all hold the text of the first.

    Unusable for a file that is no workbook or holds more than a table.
    """
    try:
        _check_parts(stream, name)
        return _first_sheet(stream, name)
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


def _first_sheet(stream: IO[bytes], name: str) -> list[list[str]]:
    reader = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
    reader.read()
    sheet = reader.wb.worksheets[0]
    sheet.reset_dimensions()  # the file's word about its size is not to be relied on
    table = Table(name)
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > LAST_ROW:
            raise Unusable(name, f"names a row beyond {LAST_ROW}", _REMEDY)
        table.add(number, ["" if cell is None else str(cell) for cell in cells])
    path = next(str(relation.target) for _, relation in reader.parser.find_sheets())
    _fill_merged(table, reader.archive.read(path.lstrip("/")), name)
    return table.rows


def _fill_merged(table: Table, xml: bytes, name: str) -> None:
    """Write the text of each merged range's first cell into the cells of the range that lie in the table."""
    filled = 0
    for left, top, right, bottom in (_bounds(found, name) for found in _merged_ranges(xml, name)):
        text = table.cell(top, left)
        if not text:
            continue
        last = min(right, MAX_COLUMNS)
        for row in table.between(top, bottom):
            filled += last - left + 1
            if filled > MAX_FILLED:
                raise Unusable(name, f"has merged cells over more than {MAX_FILLED} cells", _REMEDY)
            row.extend([""] * (last - len(row)))
            row[left - 1 : last] = [text] * (last - left + 1)


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
