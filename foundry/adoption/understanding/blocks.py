"""Sheets cut into blocks at their empty rows, and the cells of blocks that are names of facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from foundry.adoption.leaf import Key, Leaf, Sheet
from foundry.adoption.meaning import Section
from foundry.adoption.understanding.key_scope import parts_of_key
from foundry.adoption.understanding.senses import is_known, is_passing, sections_of, senses_of

LONGEST_TITLE = 60
_NAMED = 0.7
"""Score from which a cell is taken for the name of a fact."""


@dataclass(frozen=True)
class Row:
    """A row of a sheet that holds something: its number, and its cells by column."""

    number: int
    cells: dict[int, Leaf]

    def texts(self) -> list[str]:
        """Return the texts of the cells in order."""
        return [leaf.text for leaf in self.cells.values()]


@dataclass(frozen=True)
class Block:
    """Rows of a sheet between two empty ones."""

    sheet: str
    rows: tuple[Row, ...]

    def columns(self) -> list[int]:
        """Return the columns that hold something."""
        return sorted({column for row in self.rows for column in row.cells})


def blocks_of(sheet: Sheet) -> Iterator[Block]:
    """Yield the blocks of a sheet in order."""
    rows: list[Row] = []
    for number, cells in sheet.rows:
        filled = {column: leaf for column, leaf in sorted(cells.items()) if leaf.text.strip()}
        if not filled:
            continue
        if rows and number > rows[-1].number + 1 and not _are_titles(rows):
            yield Block(sheet.name, tuple(rows))
            rows = []
        rows.append(Row(number, filled))
    if rows:
        yield Block(sheet.name, tuple(rows))


def _are_titles(rows: list[Row]) -> bool:
    """Return True for one row of titles: the empty row below it parts nothing."""
    cells = rows[0].cells.values()
    return len(rows) == 1 and len(cells) > 1 and sum(map(is_title, cells)) * 2 >= len(cells)


def is_title(leaf: Leaf, section: Section | None = None) -> bool:
    """Return True if a cell reads like the name of a fact."""
    return leaf.kind == "text" and _names_a_fact(title_of(leaf.text), section)


def title_of(text: str) -> str:
    """Return a title without the colon or the star behind it."""
    return " ".join(text.split()).strip(" :：*")


@lru_cache(maxsize=8192)
def _names_a_fact(title: str, section: Section | None) -> bool:
    if not title or len(title) > LONGEST_TITLE:
        return False
    if is_known(title, section) or sections_of(title):
        return True
    parts = parts_of_key(title, section)
    senses = senses_of(parts.key, section)
    return bool(senses) and senses[0].score >= _NAMED and not is_passing(title)


def placed(leaf: Leaf, *path: Key) -> Leaf:
    """Return a cell with the path by which it is understood; the name of its sheet goes before it.

    A cell of a table inside a document keeps its path there.
    """
    if not leaf.place.cell:
        return leaf
    sheet = tuple(part for part in leaf.path[:1] if isinstance(part, str) and part)
    return replace(leaf, path=(*sheet, *path))
