"""The choice of a reader for a file by its ending and its first bytes."""

from __future__ import annotations

from pathlib import Path, PurePath

from foundry.adoption.leaf import Leaf, Place, Seen, Sheet
from foundry.adoption.seeing.encodings import decoded
from foundry.adoption.seeing.prose import see_prose
from foundry.adoption.seeing.separated import see_separated
from foundry.adoption.seeing.table import Cell, Row, column_letters
from foundry.adoption.seeing.trees import see_json, see_json_lines, see_yaml
from foundry.box import MIB, BoxLimits, boxed
from foundry.brief.intake import brief_problem
from foundry.documents.limits import LIMITS
from foundry.documents.reading import read_bytes
from foundry.errors import Problem, Refusals, Unusable, shorten

READING = "foundry.adoption.seeing.workbook:read_workbook"
WORKBOOK_LIMITS = BoxLimits(memory_bytes=512 * MIB, cpu_s=10, json_bytes=64 * MIB)
_READERS = {
    ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".jsonl": "lines", ".ndjson": "lines", ".csv": "table",
    ".tsv": "table", ".tab": "table",
    ".xlsx": "workbook", ".xlsm": "workbook", ".txt": "prose", ".text": "prose", ".md": "prose", ".markdown": "prose",
}  # fmt: skip
SEEN_SUFFIXES = tuple(_READERS)
_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_OTHERS = {
    ".xls": "save it as XLSX", ".ods": "save it as XLSX", ".numbers": "export it as XLSX or CSV",
    ".docx": "save it as plain text or Markdown",
    ".doc": "save it as plain text", ".pdf": "copy its text into a plain text file",
    ".pages": "export it as plain text",
    ".rtf": "save it as plain text", ".html": "save it as plain text", ".pptx": "copy its text into a plain text file",
}  # fmt: skip


def see(path: Path) -> Seen:
    """Return a file as it stands. Refusals, and nothing else, for one that cannot be read; it names what is wrong."""
    try:
        data = read_bytes(path, LIMITS, where=path.name, code="bad_brief")
    except Problem as problem:
        raise Refusals(str(path), (problem,)) from problem
    return see_bytes(data, path.name, called=str(path))


def see_bytes(data: bytes, name: str, *, called: str = "") -> Seen:
    """Return the content of a file that is called `name` as it stands; its ending says what it is.

    `called` names the whole in the refusal; by default it is the name. Refusals as of `see`.
    """
    try:
        return _seen(data, name)
    except Problem as problem:
        raise Refusals(called or name, (problem,)) from problem
    except Unusable as error:
        raise Refusals(called or name, (brief_problem(name, "", error.limit, error.remedy),)) from error


def _seen(data: bytes, name: str) -> Seen:
    if len(data) > LIMITS.size_bytes:
        limit = f"{len(data)} bytes; the limit is {LIMITS.size_bytes}"
        raise Problem(name, "", limit, "split it into several files", "bad_brief")
    kind = _kind(data, name)
    if kind == "workbook":
        return _workbook(data, name)
    found = decoded(data, name)
    notes = () if found.encoding == "UTF-8" else (f"the file is read as {found.encoding}",)
    return _text(found.text, kind, name, notes)


def _kind(data: bytes, name: str) -> str:
    """Return the reader for a file; Problem for a format that has none."""
    suffix = PurePath(name).suffix.lower()
    kind = _READERS.get(suffix)
    if data.startswith(_ZIP) and kind in ("table", "workbook"):
        return "workbook"
    if kind and kind != "workbook" and data.startswith((_ZIP, _OLD_OFFICE, _PDF)):
        limit = f"the content is no text, though the name ends in {suffix}"
        raise brief_problem(name, "", limit, "save it again in the format that its name says")
    if kind is None:
        limit = f"briefs are adopted from {', '.join(SEEN_SUFFIXES)}"
        raise brief_problem(
            name, shorten(suffix or "a name without an ending"), limit, _OTHERS.get(suffix, "save it as one of these")
        )
    return kind


def _text(text: str, kind: str, name: str, notes: tuple[str, ...]) -> Seen:
    if kind == "prose":
        kind = _prose_or(text)
    if kind == "table":
        table, more = see_separated(text, name)
        return Seen(name, sheets=(_sheet("", table.rows),), notes=(*notes, *more))
    if kind == "yaml":
        documents, more = see_yaml(text, name)
        return Seen(name, documents=documents, notes=(*notes, *more))
    if kind == "prose":
        documents, tables, more = see_prose(text, name)
        return Seen(name, documents, tuple(_sheet(title, table.rows) for title, table in tables), (*notes, *more))
    documents, more = see_json_lines(text, name) if kind == "lines" else see_json(text, name)
    return Seen(name, documents=documents, notes=(*notes, *more))


def _prose_or(text: str) -> str:
    """Return "json" or "table" for a plain text that is one, else "prose"."""
    head = text.lstrip()[:1]
    if head in ("{", "[") and text.rstrip()[-1] in "}]":
        return "json"
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    tabs = {line.count("\t") for line in lines}
    return "table" if len(lines) > 1 and len(tabs) == 1 and tabs.pop() > 0 else "prose"


def _sheet(name: str, rows: list[Row]) -> Sheet:
    """Return rows of cells as leaves; a cell that stands in several places is one leaf, of its own place."""
    made: dict[tuple[int, int], Leaf] = {}

    def leaf(cell: Cell) -> Leaf:
        at = cell.row, cell.column
        if at not in made:
            place = Place(sheet=name, cell=f"{column_letters(cell.column)}{cell.row}")
            made[at] = Leaf(cell.text, cell.kind, (name, *at), place)
        return made[at]

    return Sheet(
        name, tuple((number, {column: leaf(cell) for column, cell in cells.items()}) for number, cells in rows)
    )


def _workbook(data: bytes, name: str) -> Seen:
    from foundry.adoption.seeing.read_workbook import ReadWorkbook

    answer = boxed(READING, data, limits=WORKBOOK_LIMITS, called=name, name=name).value_as(ReadWorkbook)
    sheets = tuple(
        _sheet(sheet.name, [(number, dict(cells)) for number, cells in sheet.rows]) for sheet in answer.sheets
    )
    notes = [*answer.notes, *(note for sheet in answer.sheets for note in sheet.notes)]
    empty = [sheet.name for sheet in sheets if not sheet.rows]
    if empty and len(empty) < len(sheets):
        notes.append(f"empty sheets: {', '.join(empty)}")
    return Seen(name, sheets=tuple(sheet for sheet in sheets if sheet.rows), notes=tuple(notes))
