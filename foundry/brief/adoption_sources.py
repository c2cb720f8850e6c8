"""Readers of the files that people send: loosely written YAML and JSON, and spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from foundry.brief.adoption_rules import KEYS, slug
from foundry.brief.intake import brief_problem, documents_of
from foundry.documents.limits import LIMITS
from foundry.errors import Problem, Refusals

PRODUCT = ("id", "description", "category", "picture", "price")
PRODUCT_NAMES = ("product", "product_name", "item", "article", "products")
MAX_ROWS = 20_000


def rows_or_documents(path: Path) -> list[Any]:
    """Return the briefs of a file as plain maps; a table's rows are grouped by campaign, one product a row."""
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv", ".xlsx"):
        try:
            if path.stat().st_size > LIMITS.size_bytes:
                raise _refusal(path, f"{path.stat().st_size} bytes; the limit is {LIMITS.size_bytes}", "split it")
            return _campaigns(path, _xlsx(path) if kind == ".xlsx" else _csv(path))
        except OSError as error:
            raise _refusal(path, f"cannot be read ({error.strerror})", "name an existing file") from error
    return list(_loose(path))


def _refusal(path: Path, wrong: str, remedy: str) -> Refusals:
    return Refusals(str(path), (brief_problem(path.name, "", wrong, remedy),))


def _loose(path: Path) -> list[Any]:
    try:
        found = documents_of(path)
    except Problem as problem:
        raise Refusals(str(path), (problem,)) from problem
    return [_unwrap(document) for document in found]


def _unwrap(document: Any) -> Any:
    """Take off a `brief: {...}` or `campaign_brief: {...}` around everything."""
    if isinstance(document, dict) and len(document) == 1:
        key, inner = next(iter(document.items()))
        if isinstance(inner, dict) and "brief" in str(key).lower():
            return inner
    return document


def _csv(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    head = text.splitlines()[0] if text.splitlines() else ""
    separator = max((";", "\t", ","), key=head.count)
    try:
        return list(csv.reader(io.StringIO(text.replace("\0", "")), delimiter=separator))
    except csv.Error as error:
        raise _refusal(path, f"not a table ({error})", "save it again as CSV") from error


def _xlsx(path: Path) -> list[list[str]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=False, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError) as error:
        raise _refusal(path, f"not an XLSX workbook ({type(error).__name__})", "save it as XLSX") from error
    sheet = book.worksheets[0]
    for merged in list(sheet.merged_cells.ranges):
        value = sheet.cell(merged.min_row, merged.min_col).value
        sheet.unmerge_cells(str(merged))
        for row in sheet.iter_rows(merged.min_row, merged.max_row, merged.min_col, merged.max_col):
            for cell in row:
                cell.value = value
    return [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def _campaigns(path: Path, rows: list[list[str]]) -> list[dict[str, Any]]:
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise _refusal(path, "it has no row below its header", "write one row per product")
    if len(rows) > MAX_ROWS:
        raise _refusal(path, f"{len(rows)} rows; the limit is {MAX_ROWS}", "split it")
    gathered: dict[str, dict[str, Any]] = {}
    for row in rows[1:]:
        campaign, product = _row(rows[0], row)
        key = json.dumps([campaign.get(k, "") for k in sorted(campaign)], ensure_ascii=False)
        brief = gathered.setdefault(key, {**campaign, "products": []})
        if product and product not in brief["products"]:
            brief["products"].append(product)
    return list(gathered.values())


def _row(header: list[str], row: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    campaign: dict[str, Any] = {}
    product: dict[str, Any] = {}
    for title, cell in zip(header, row, strict=False):
        key, text = slug(title).replace("-", "_"), cell.strip()
        if not text or not title.strip():
            continue
        if key in PRODUCT_NAMES:
            product["name"] = text
        elif KEYS.get(key) in PRODUCT:
            product[key] = text
        else:
            campaign[title.strip()] = text
    return campaign, product
