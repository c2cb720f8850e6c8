"""Upload sheets as files: CSV as spreadsheets read it, and XLSX. The same rows give the same bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from foundry.delivery.plain_text import cut, plain
from foundry.delivery.upload_sheet import Column, UploadSheet

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
"""The beginning of a cell that a spreadsheet may take for a formula (OWASP, CSV Injection)."""
LONGEST_CELL = 32_000
"""Characters; a cell of Excel takes 32,767."""
BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can hold, in place of the time at which it was made."""
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


class _Rows(Protocol):
    def write(self, cells: list[str]) -> None: ...
    def close(self) -> None: ...


class SheetFiles:
    """The files of one upload sheet, written row by row; a new file begins where a platform takes no more rows.

    shortened: cells that were cut to the platform's length. quoted: cells of CSV that began as a formula does, and now
    begin with an apostrophe. dropped_links: links that are longer than the platform takes. lacking: columns that the
    platform requires and that are empty in a row.
    """

    def __init__(self, sheet: UploadSheet, folder: Path) -> None:
        self.sheet, self.folder = sheet, folder
        self.files: list[Path] = []
        self.rows = self.shortened = self.quoted = self.dropped_links = 0
        self.lacking = set[str]()
        self._open: _Rows | None = None
        self._seen: dict[str, set[str]] = {}

    def write(self, values: Mapping[str, str]) -> None:
        """Write the row of a file."""
        if self._open is None or (self.sheet.most_rows and self.rows % self.sheet.most_rows == 0):
            self._begin()
        assert self._open is not None
        self._open.write([self._cell(column, values) for column in self.sheet.columns])
        self.rows += 1

    def close(self) -> None:
        """Finish the last file."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _begin(self) -> None:
        self.close()
        number = f"-{len(self.files) + 1}" if self.files else ""
        file = self.folder / f"{self.sheet.id}{number}.{self.sheet.form}"
        self.files.append(file)
        self._seen = {column.name: set() for column in self.sheet.columns if column.unique}
        names = [column.name for column in self.sheet.columns]
        self._open = _Csv(file, names) if self.sheet.form == "csv" else _Xlsx(file, names)

    def _cell(self, column: Column, values: Mapping[str, str]) -> str:
        text = plain(column.filled(values), LONGEST_CELL)
        if column.most is not None and len(text) > column.most:
            if column.is_link:
                self.dropped_links += 1
                return ""
            self.shortened += 1
            text = cut(text, column.most)
        if column.required and not text:
            self.lacking.add(column.name)
        if column.unique and text:
            text = self._unlike(column, text)
        if self.sheet.form == "csv" and FORMULA.match(text):
            self.quoted += 1
            text = f"'{text}"
        return text

    def _unlike(self, column: Column, text: str) -> str:
        """Return a text that no row before has, with a number behind it if need be."""
        seen, found, number = self._seen[column.name], text, 1
        while found in seen:
            number += 1
            ending = f" ({number})"
            found = cut(text, (column.most or LONGEST_CELL) - len(ending)) + ending
        seen.add(found)
        return found


class _Csv:
    """RFC 4180, in UTF-8 with the mark by which Excel knows it."""

    def __init__(self, file: Path, names: list[str]) -> None:
        self._stream = file.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._stream)
        self._writer.writerow(names)

    def write(self, cells: list[str]) -> None:
        self._writer.writerow(cells)

    def close(self) -> None:
        self._stream.close()


class _Xlsx:
    """A workbook of one sheet, all cells as texts, so that nothing in it is a formula."""

    def __init__(self, file: Path, names: list[str]) -> None:
        from openpyxl import Workbook

        self._file = file
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("ads")
        self.write(names)

    def write(self, cells: list[str]) -> None:
        from openpyxl.cell import WriteOnlyCell

        row = []
        for text in cells:
            cell = WriteOnlyCell(self._sheet)
            cell.value = text
            cell.data_type = "s"
            row.append(cell)
        self._sheet.append(row)

    def close(self) -> None:
        made = io.BytesIO()
        self._book.save(made)
        with zipfile.ZipFile(made) as source, zipfile.ZipFile(self._file, "w") as target:
            for name, data in _parts(source):
                target.writestr(zipfile.ZipInfo(name, BEGINNING), data)


def _parts(book: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of a workbook without the time at which it was made."""
    for name in sorted(book.namelist()):
        data = book.read(name)
        yield name, _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", data) if name == "docProps/core.xml" else data
