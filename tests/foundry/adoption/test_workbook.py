"""Workbooks are read in the box, every sheet as it shows its cells; what unfolds to too much is refused."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from foundry.adoption.leaf import Seen
from foundry.adoption.seeing import see_bytes
from foundry.adoption.seeing.cells import shown
from foundry.errors import FoundryError, Refusals

SHEET = "xl/worksheets/sheet1.xml"


def a_workbook(change: Callable[[Any], None] = lambda sheet: None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Campaign", "Product"])
    sheet.append(["Spring", "Serum"])
    change(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def with_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with another text as its sheet."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_workbook())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part)
            new.writestr(part.filename, change(text) if part.filename == SHEET else text)
    return made.getvalue()


def merged(*ranges: str) -> bytes:
    cells = b"".join(f'<mergeCell ref="{each}"/>'.encode() for each in ranges)
    return with_sheet(
        lambda text: text.replace(b"</sheetData>", b"</sheetData><mergeCells>" + cells + b"</mergeCells>")
    )


def read(data: bytes) -> Seen:
    return see_bytes(data, "b.xlsx")


def rows(seen: Seen) -> list[list[str]]:
    return [
        [row[column].text if column in row else "" for column in range(1, max(row) + 1)]
        for sheet in seen.sheets
        for _, row in sheet.rows
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (datetime(2027, 5, 31), "dd/mm/yyyy", "2027-05-31"),
        (datetime(2027, 5, 31, 12, 30), "General", "2027-05-31 12:30"), (date(2027, 5, 31), "d.m.yy", "2027-05-31"),
        (time(9, 16), "h:mm", "9:16"), (time(1, 1), "h:mm", "1:01"), (0.2, "0%", "20%"), (0.125, "0.0%", "12.5%"),
        (49.9, '#,##0.00 "€"', "49.90 €"),
        (49.9, "#,##0.00\\ [$€-407]", "49.90 €"), (499, "#,##0 [$kr-41D]", "499 SEK"),
        (49.9, '"$"#,##0.00', "49.90 $"), (1299, "[$CHF] #,##0.00", "1299.00 CHF"),
        (49.9, '_-* #,##0.00\\ "kr"_-;-* #,##0.00\\ "kr"_-', "49.90 kr"), (1980, "[$¥-411]#,##0", "1980 JPY"),
        (49.9, "0.00", "49.90"), (7, "000", "007"), (48, "General", "48"),
        (48.5, "General", "48.5"), (0.1 + 0.2, "General", "0.3"), (4006381333931, "0", "4006381333931"),
        (1.5, "0.##", "1.5"), (True, "General", "TRUE"), (" Wake up\r\n", "@", "Wake up"),
    ],
)  # fmt: skip
def test_a_cell_is_the_text_that_the_sheet_shows_with_days_year_first(
    value: object, number_format: str, text: str
) -> None:
    assert shown(value, number_format)[0] == text


def test_every_sheet_is_read_and_hidden_ones_are_named() -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Campaign"
    first.append(["Brand", "Acme"])
    book.create_sheet("Copy").append(["de", "Hallo"])
    hidden = book.create_sheet("Lists")
    hidden.append(["x"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Empty")
    first.append(["Price", 49.9])
    first["B2"].number_format = '#,##0.00 "€"'
    first.row_dimensions[2].hidden = True
    seen = read(saved(book))
    assert [sheet.name for sheet in seen.sheets] == ["Campaign", "Copy"]
    assert rows(seen) == [["Brand", "Acme"], ["Price", "49.90 €"], ["de", "Hallo"]]
    assert "the sheet 'Lists' is hidden and was not read" in seen.notes
    assert "row 2 of 'Campaign' is hidden, and was read like the others" in seen.notes
    assert "empty sheets: Empty" in seen.notes
    leaf = seen.sheets[0].rows[1][1][2]
    assert (str(leaf.place), leaf.path, leaf.kind) == ("Campaign!B2", ("Campaign", 2, 2), "number")


def test_formulas_without_a_value_and_errors_are_noted() -> None:
    notes = read(a_workbook(lambda sheet: sheet.append(["=1+1", "#REF!"]))).notes
    assert any("1 cell(s) of 'Sheet' hold a formula whose value is not stored" in note for note in notes)
    assert any("1 cell(s) of 'Sheet' hold an error" in note for note in notes)


def test_merged_cells_are_all_the_first_one() -> None:
    seen = read(merged("A1:A2"))
    (sheet,) = seen.sheets
    assert sheet.rows[1][1][1] is sheet.rows[0][1][1]
    assert rows(seen) == [["Campaign", "Product"], ["Campaign", "Serum"]]


def test_a_sheet_that_lies_about_its_size_is_read_by_what_it_holds() -> None:
    whole = with_sheet(lambda text: text.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert rows(read(whole)) == [["Campaign", "Product"], ["Spring", "Serum"]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (a_workbook(lambda sheet: sheet.__setitem__("XFD7", 1)), "16384 columns in row 7; the limit is 500"),
        (merged(*["A1:XFD1048576"] * 2_000), "merged cells over more than 500000 cells"),
        (merged(*["A1:B2"] * 10_001), "more than 10000 merged ranges"),
        (merged("ZZZ9:A1"), "not an XLSX workbook"),
        (with_sheet(lambda text: text[: len(text) // 2]), "not an XLSX workbook"),
        (with_sheet(lambda text: text.replace(b"</sheetData>", b" " * 200_000_001)), "inflates to"),
        (b"PK\x03\x04", "not an XLSX workbook (BadZipFile)"),
    ],
    ids=["far column", "merged", "ranges", "backwards", "cut", "inflates", "cut zip"],
)
def test_a_workbook_that_is_more_than_a_table_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(Refusals) as refused:
        read(data)
    assert said in str(refused.value)


def test_a_mutated_workbook_is_read_or_refused_and_never_more() -> None:
    chance = random.Random(15)
    good = merged("A1:A2")
    for _ in range(60):
        mutant = bytearray(good)
        for _ in range(chance.randint(1, 20)):
            mutant[chance.randrange(len(mutant))] = chance.randrange(256)
        with contextlib.suppress(FoundryError):
            read(bytes(mutant))
