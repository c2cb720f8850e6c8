"""Readers of the files that people send: loosely written YAML and JSON, and spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from foundry.box import MIB, BoxLimits, boxed
from foundry.brief.adoption_rules import KEYS, slug
from foundry.brief.intake import brief_problem, documents_of
from foundry.brief.table import Table
from foundry.documents import read_bytes
from foundry.errors import Problem, Refusals, Unusable

PRODUCT = ("id", "description", "category", "picture", "price")
PRODUCT_NAMES = ("product", "product_name", "item", "article", "products")
READING = "foundry.brief.workbook:read_workbook"
WORKBOOK_LIMITS = BoxLimits(memory_bytes=512 * MIB, cpu_s=10)


def rows_or_documents(path: Path) -> list[Any]:
    """Return the briefs of a file as plain maps; a table's rows are grouped by campaign, one product a row."""
    kind = path.suffix.lower()
    if kind not in (".csv", ".tsv", ".xlsx"):
        return _loose(path)
    try:
        data = read_bytes(path, where=path.name, code="bad_brief")
        return _campaigns(path, _workbook(path, data) if kind == ".xlsx" else _separated(path, data))
    except Problem as problem:
        raise Refusals(str(path), (problem,)) from problem
    except Unusable as error:
        raise _refusal(path, error.limit, error.remedy) from error


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


def _separated(path: Path, data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    separator = max((";", "\t", ","), key=text.partition("\n")[0].count)
    table = Table(path.name)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text.replace("\0", "")), delimiter=separator), start=1):
            table.add(number, cells)
    except csv.Error as error:
        raise _refusal(path, f"not a table ({error})", "save it again as CSV") from error
    return table.rows


def _workbook(path: Path, data: bytes) -> list[list[str]]:
    found = boxed(READING, data, limits=WORKBOOK_LIMITS, called=path.name, name=path.name)
    return found.value_as(list[list[str]])


def _campaigns(path: Path, rows: list[list[str]]) -> list[dict[str, Any]]:
    if len(rows) < 2:
        raise _refusal(path, "it has no row below its header", "write one row per product")
    gathered: dict[str, dict[str, Any]] = {}
    listed: set[tuple[str, str]] = set()
    for row in rows[1:]:
        campaign, product = _row(rows[0], row)
        key = json.dumps([campaign.get(k, "") for k in sorted(campaign)], ensure_ascii=False)
        brief = gathered.setdefault(key, {**campaign, "products": []})
        listing = (key, json.dumps(product, ensure_ascii=False, sort_keys=True))
        if product and listing not in listed:
            listed.add(listing)
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
