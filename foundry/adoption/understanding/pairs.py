"""Sheets with a fact in each row: its name in the first column, and its value, or several values, beside it."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.adoption.leaf import Leaf, ListNode, MapNode, Node, Place
from foundry.adoption.meaning import Section
from foundry.adoption.shapes import countries_in, locales_in
from foundry.adoption.understanding.blocks import Block, Row, is_title, placed, title_of
from foundry.adoption.understanding.senses import sections_of, senses_of

_LEAST = 2
_REMARKS = frozenset({
    "notes", "note", "comment", "comments", "remarks", "example", "examples", "beispiel", "bemerkung", "hinweise",
})  # fmt: skip
_VALUES = frozenset({
    "value", "values", "wert", "werte", "valeur", "valor", "valores", "inhalt", "content", "answer", "answers",
    "details", "内容", "値", "值",
})  # fmt: skip


@dataclass(frozen=True)
class Pairs:
    """A block read as pairs. shared: the facts with one value; columns: those of each column of values, if several."""

    shared: MapNode
    columns: tuple[MapNode, ...]
    outside: tuple[Leaf, ...]


def known_names(block: Block, section: Section | None) -> int:
    """Return how many rows of a block begin with the name of a fact and hold a value."""
    first = block.columns()[0]
    return sum(
        is_title(row.cells[first], section)
        for row in block.rows if first in row.cells and len(row.cells) > 1
    )  # fmt: skip


def pairs_of(block: Block, section: Section | None) -> Pairs | None:
    """Return a block as pairs; None if too few of its rows begin with the name of a fact."""
    known = known_names(block, section)
    if known < _LEAST and not (known == 1 and len(block.rows) == 1):
        return None
    first, *others = block.columns()
    heads = _heads(block.rows[0], first, others)
    rows = block.rows[1:] if heads is not None else block.rows
    titles = heads or {}
    remarks = {column for column, text in titles.items() if text.casefold() in _REMARKS}
    values = [column for column in others if column not in remarks]
    if len(values) > 1 and not _are_places(titles, values) and _are_records(rows, first, values):
        return _as_records(rows, first, values, remarks, titles)
    entries, outside = _entries(rows, first, values, remarks, titles if _are_places(titles, values) else {})
    return Pairs(_map(entries, rows), (), tuple(outside))


def _heads(row: Row, first: int, others: list[int]) -> dict[int, str] | None:
    """Return the titles of the columns of values, if the first row is one: "Field | Value", "Element | DE | FR"."""
    texts = {column: title_of(leaf.text) for column, leaf in row.cells.items() if column != first}
    if not texts:
        return None
    places = all(_is_place(text) for text in texts.values())
    values = any(text.casefold() in _VALUES for text in texts.values())
    named = first in row.cells and is_title(row.cells[first])
    if values or (places and len(texts) > 1 and not _names_places(row, first)):
        return texts
    return texts if not named and len(texts) == len(others) and len(others) > 1 else None


def _names_places(row: Row, first: int) -> bool:
    """Return True if a row states the languages or the regions themselves: "Language | de | fr"."""
    if first not in row.cells:
        return False
    found = senses_of(title_of(row.cells[first].text), None)
    return bool(found) and found[0].meaning in ("locale", "region")


def _is_place(text: str) -> bool:
    return len(locales_in(text)) == 1 or len(countries_in(text)) == 1


def _are_places(titles: dict[int, str], values: list[int]) -> bool:
    return bool(titles) and all(_is_place(titles.get(column, "")) for column in values)


def _are_records(rows: tuple[Row, ...], first: int, values: list[int]) -> bool:
    """Return True if most rows have a value in each column."""
    full = sum(all(column in row.cells for column in values) for row in rows if first in row.cells)
    return full >= 3 and full >= 0.5 * len(rows)


def _as_records(
    rows: tuple[Row, ...], first: int, values: list[int], remarks: set[int], titles: dict[int, str]
) -> Pairs:
    """Return the columns as records of their own, and the rows with one value as shared."""
    alone = tuple(row for row in rows if sum(column in row.cells for column in values) < 2)
    shared, outside = _entries(alone, first, values, remarks, {})
    columns = []
    for column in values:
        name = titles.get(column, "")
        entries = [
            (title, placed(row.cells[column], name or column, title))
            for row in rows
            if row not in alone and column in row.cells and (title := _title(row, first))
        ]
        place = entries[0][1].place if entries else next(iter(rows[0].cells.values())).place
        columns.append(MapNode(tuple(entries), (name or column,), place))
    rest = [
        placed(leaf, row.number) for row in rows if row not in alone
        for column, leaf in row.cells.items() if column in remarks or not _title(row, first)
    ]  # fmt: skip
    return Pairs(_map(shared, rows), tuple(columns), (*outside, *rest))


def _title(row: Row, first: int) -> str:
    return title_of(row.cells[first].text) if first in row.cells else ""


def _entries(
    rows: tuple[Row, ...], first: int, values: list[int], remarks: set[int], titles: dict[int, str]
) -> tuple[list[tuple[str, Node]], list[Leaf]]:
    """Return the facts of the rows; a row with one cell that names a section opens it for the rows below."""
    entries: list[tuple[str, Node]] = []
    outside: list[Leaf] = []
    heading = ""
    inner: list[tuple[str, Node]] = []
    for row in rows:
        name = _title(row, first)
        if len(row.cells) == 1 or not name:
            if name and sections_of(name):
                entries += _closed(heading, inner)
                heading, inner = name, []
            else:
                outside += [placed(leaf, row.number) for leaf in row.cells.values()]
            continue
        outside += [placed(leaf, name, "notes") for column, leaf in row.cells.items() if column in remarks]
        node = _value(row, name, values, titles)
        if node is not None:
            inner.append((name, node))
    return [*entries, *_closed(heading, inner)], outside


def _closed(heading: str, inner: list[tuple[str, Node]]) -> list[tuple[str, Node]]:
    if not heading or not inner:
        return inner
    return [(heading, MapNode(tuple(inner), inner[0][1].path[:-1], inner[0][1].place))]


def _value(row: Row, name: str, values: list[int], titles: dict[int, str]) -> Node | None:
    cells = {column: row.cells[column] for column in values if column in row.cells}
    if not cells:
        return None
    if titles:
        inner = tuple((titles[column], placed(leaf, name, titles[column])) for column, leaf in cells.items())
        return MapNode(inner, inner[0][1].path[:-1], inner[0][1].place)
    if len(cells) == 1:
        return placed(next(iter(cells.values())), name)
    items = tuple(placed(leaf, name, index) for index, leaf in enumerate(cells.values()))
    return ListNode(items, items[0].path[:-1], items[0].place)


def _map(entries: list[tuple[str, Node]], rows: tuple[Row, ...]) -> MapNode:
    place = next(iter(rows[0].cells.values())).place if rows else Place()
    return MapNode(tuple(entries), (), place)
