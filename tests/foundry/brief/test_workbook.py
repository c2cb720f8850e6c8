"""Workbooks are read in the box: what unfolds to too much, and what is broken, is refused in a sentence."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from foundry.brief.adoption_sources import rows_or_documents
from foundry.errors import FoundryError, Refusals

SHEET = "xl/worksheets/sheet1.xml"
SPRING = {"Campaign": "Spring", "products": [{"name": "Serum"}]}


def a_workbook(change: Callable[[Any], None] = lambda sheet: None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Campaign", "Product"])
    sheet.append(["Spring", "Serum"])
    change(sheet)
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


def read(folder: Path, data: bytes) -> list[Any]:
    (folder / "b.xlsx").write_bytes(data)
    return rows_or_documents(folder / "b.xlsx")


def test_a_sheet_that_lies_about_its_size_is_read_by_what_it_holds(tmp_path: Path) -> None:
    whole = with_sheet(lambda text: text.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert read(tmp_path, whole) == [SPRING]


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
def test_a_workbook_that_is_more_than_a_table_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(Refusals) as refused:
        read(tmp_path, data)
    assert said in str(refused.value)


def test_a_mutated_workbook_is_read_or_refused_and_never_more(tmp_path: Path) -> None:
    chance = random.Random(15)
    good = merged("A1:A2")
    for _ in range(60):
        mutant = bytearray(good)
        for _ in range(chance.randint(1, 20)):
            mutant[chance.randrange(len(mutant))] = chance.randrange(256)
        with contextlib.suppress(FoundryError):
            read(tmp_path, bytes(mutant))
