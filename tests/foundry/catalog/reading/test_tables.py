"""Workbooks and Parquet files: values of any type become the texts that TSV would have."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from foundry.catalog.reading import FeedLimits
from foundry.catalog.refusals import BadFeed
from tests.support.feed_reading import read_feed

COLUMNS = {
    "SKU": "id",
    "Name": "title",
    "Preis": "price",
    "EAN": "gtin",
    "Bild": "image_link",
    "Ab": "availability_date",
}


def book(path: Path, *rows: list[Any], before: int = 0) -> Path:
    made = Workbook()
    made.active.title = "Read me"
    hidden = made.create_sheet("Old")
    hidden.sheet_state = "hidden"
    hidden.append(["SKU", "Name", "Preis", "EAN", "Bild", "Ab"])
    sheet = made.create_sheet("Products")
    for at, row in enumerate(rows, start=1 + before):
        for column, value in enumerate(row, start=1):
            sheet.cell(at, column, value)
    made.save(path)
    return path


def test_cells_of_any_type_become_text(tmp_path: Path) -> None:
    path = book(
        tmp_path / "feed.xlsx",
        list(COLUMNS),
        [1001, "Mug", 12.9, 4006381333931.0, "https://a/1.jpg", dt.datetime(2026, 11, 30, 8)],
        [None] * 6,
        ["1002", True, "12,90 EUR", "4006381333931", None, dt.date(2026, 12, 1)],
        before=3,
    )
    read = read_feed(path, columns=COLUMNS)
    assert read.rows == [
        {"id": "1001", "title": "Mug", "price": "12.9", "gtin": "4006381333931", "image_link": "https://a/1.jpg",
         "availability_date": "2026-11-30T08:00:00", "row": 1},
        {"id": "1002", "title": "true", "price": "12,90 EUR", "gtin": "4006381333931",
         "availability_date": "2026-12-01T00:00:00", "row": 2},
    ]  # fmt: skip


def test_a_workbook_without_rows_is_refused(tmp_path: Path) -> None:
    for rows in ([], [list(COLUMNS)]):
        with pytest.raises(BadFeed) as refused:
            read_feed(book(tmp_path / "feed.xlsx", *rows), columns=COLUMNS)
        assert refused.value.code == "empty_feed"


def swapped(path: Path, part: str, content: bytes) -> Path:
    """Write a workbook again with another content of one part."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, old in {**parts, part: content}.items():
            archive.writestr(name, old)
    return path


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("xl/workbook.xml", b"<workbook", "bad_workbook"),
        ("xl/worksheets/sheet3.xml", b"<worksheet><sheetData><row", "bad_workbook"),
        ("xl/sharedStrings.xml", b" " * 70_000_000, "too_large"),
        ("xl/media/a.bin", b"\0" * 70_000_000, "bomb"),
    ],
)
def test_a_workbook_that_is_broken_or_unfolds_without_end_is_refused(
    tmp_path: Path, part: str, content: bytes, code: str
) -> None:
    path = swapped(book(tmp_path / "feed.xlsx", list(COLUMNS), [1, "Mug", 1, 1, "a", None]), part, content)
    with pytest.raises(BadFeed) as refused:
        read_feed(path, columns=COLUMNS)
    assert refused.value.code == code


def test_parquet_columns_of_any_type_become_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "title": pa.array(["Mug", " "]).dictionary_encode(),
            "price": pa.array([decimal.Decimal("12.90"), None], pa.decimal128(10, 2)),
            "sale_price": pa.array([9.5, None], pa.float64()),
            "additional_image_link": pa.array([["https://a", "https://b"], None]),
            "availability_date": pa.array([dt.datetime(2026, 11, 30), None], pa.timestamp("us", "UTC")),
            "expiration_date": pa.array([dt.date(2026, 11, 30), None]),
            "brand": pa.array(["A", "B"], pa.large_string()),
            "color": pa.array([{"name": "red"}, None]),
            "mpn": pa.array([b"x", b"y"], pa.binary()),
        }
    )
    pq.write_table(table, tmp_path / "feed.parquet")
    assert read_feed(tmp_path / "feed.parquet").rows == [
        {
            "id": "1", "title": "Mug", "price": "12.90", "sale_price": "9.5", "brand": "A", "mpn": "x", "row": 1,
            "additional_image_link": "https://a,https://b", "availability_date": "2026-11-30T00:00:00+0000",
            "expiration_date": "2026-11-30",
        },
        {"id": "2", "brand": "B", "mpn": "y", "row": 2},
    ]  # fmt: skip


def parquet(**columns: Any) -> bytes:
    made = io.BytesIO()
    pq.write_table(pa.table(columns), made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (parquet(id=["1"])[:-20] + b"\xff" * 16 + b"PAR1", "bad_parquet"),
        (parquet(id=["1"])[:-1], "cut_feed"),
        (b"PAR1PAR1", "cut_feed"),
        (parquet(name=["1"]), "missing_columns"),
        (parquet(id=[b"\xff"]), "bad_parquet"),
        (parquet(id=pa.array([b"\xff"]).view(pa.string())), "bad_parquet"),
        (parquet(id=pa.array([], pa.string())), "empty_feed"),
    ],
    ids=["broken footer", "cut by a byte", "two marks", "no id", "bytes", "bytes as text", "no rows"],
)
def test_parquet_that_is_broken_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "feed.parquet").write_bytes(content)
    with pytest.raises(BadFeed) as refused:
        read_feed(tmp_path / "feed.parquet")
    assert refused.value.code == code


def test_parquet_says_too_many_rows_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "feed.parquet").write_bytes(parquet(id=["1", "2"]))
    with pytest.raises(BadFeed, match="has 2 rows; the limit is 1"):
        read_feed(tmp_path / "feed.parquet", limits=FeedLimits(rows=1))
