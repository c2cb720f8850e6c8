"""Files as people send them: spreadsheets become one brief per campaign, and broken files a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from foundry.brief.adoption_sources import rows_or_documents
from foundry.errors import Refusals

ROWS = [
    ["Campaign", "Product", "SKU", "Price", "Headline"],
    ["Spring", "Serum", "s-1", "48 EUR", "Wake up"],
    ["Spring", "Mist", "s-2", "", "Wake up"],
    ["", "", "", "", ""],
    ["Autumn", "Serum", "s-1", "48 EUR", "Slow down"],
]
SPRING = {
    "Campaign": "Spring", "Headline": "Wake up",
    "products": [{"name": "Serum", "sku": "s-1", "price": "48 EUR"}, {"name": "Mist", "sku": "s-2"}],
}  # fmt: skip


def table(path: Path, separator: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(separator.join(row) for row in ROWS), encoding=encoding)
    return path


@pytest.mark.parametrize(
    ("name", "separator", "encoding"),
    [("b.csv", ",", "utf-8"), ("b.csv", ";", "utf-8-sig"), ("b.tsv", "\t", "utf-8"), ("b.CSV", ";", "latin-1")],
)
def test_the_rows_of_a_table_are_gathered_by_campaign(name: str, separator: str, encoding: str, tmp_path: Path) -> None:
    spring, autumn = rows_or_documents(table(tmp_path / name, separator, encoding))
    assert spring == SPRING
    assert (autumn["Campaign"], len(autumn["products"])) == ("Autumn", 1)


def test_a_workbook_is_read_like_a_table_with_its_merged_cells_filled(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    sheet["A3"] = None
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "b.xlsx")
    assert rows_or_documents(tmp_path / "b.xlsx")[0] == SPRING


def test_letters_beyond_ascii_survive_an_old_encoding(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes("Campaign,Product\nFrühling,Crème".encode("latin-1"))
    (brief,) = rows_or_documents(tmp_path / "b.csv")
    assert (brief["Campaign"], brief["products"]) == ("Frühling", [{"name": "Crème"}])


def test_a_map_around_the_brief_is_taken_off(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("campaign_brief: {campaign: Spring}\n---\n{brand: {name: A}}\n")
    assert rows_or_documents(tmp_path / "b.yaml") == [{"campaign": "Spring"}, {"brand": {"name": "A"}}]


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("b.csv", b"Campaign,Product\n", "it has no row below its header; write one row per product"),
        ("b.csv", b"", "it has no row below its header"),
        ("b.xlsx", b"not a workbook", r"not an XLSX workbook \(BadZipFile\); save it as XLSX"),
        ("b.csv", b"Campaign,Product\n" + b"a,b\n" * 20_001, "more than 20000 rows; split it"),
        ("b.csv", b"a" * 200_000 + b"\nb", "not a table"),
        ("b.yaml", b"a: [", "correct the YAML there"),
    ],
)
def test_a_file_that_is_no_table_or_document_is_refused(name: str, content: bytes, wrong: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusals, match=wrong):
        rows_or_documents(tmp_path / name)


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx", "none.yaml"])
def test_a_missing_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refusals, match=r"cannot be read \(No such file or directory\)"):
        rows_or_documents(tmp_path / name)
