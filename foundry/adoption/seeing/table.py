"""A table of cells from outside: its rows that hold something, within limits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Literal

from foundry.documents.limits import LIMITS
from foundry.documents.tree import wrong_with_text
from foundry.errors import Unusable

MAX_ROWS, MAX_COLUMNS, MAX_CHARACTERS = 20_000, 500, 5_000_000
Row = tuple[int, dict[int, "Cell"]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds something: its text as the sheet shows it, and its kind. row, column: its own place, from 1."""

    text: str
    kind: Literal["text", "number", "boolean"]
    row: int
    column: int


class Table:
    """The rows of one sheet, with their numbers in it. Unusable, under `name`, says which limit is passed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._numbers: list[int] = []
        self._characters = 0
        self.rows: list[Row] = []

    def add(self, number: int, cells: dict[int, Cell]) -> None:
        """Take in the cells of a row that hold something, by column from 1. Rows come in order."""
        if not cells:
            return
        last = max(cells)
        if last > MAX_COLUMNS:
            wrong = f"has {last} columns in row {number}; the limit is {MAX_COLUMNS}"
            raise Unusable(self._name, wrong, "write one row per product, and one column per fact")
        if len(self.rows) > MAX_ROWS:
            raise Unusable(self._name, f"has more than {MAX_ROWS} rows", "split it")
        self._characters += sum(len(cell.text) for cell in cells.values())
        if self._characters > MAX_CHARACTERS:
            raise Unusable(self._name, f"holds more than {MAX_CHARACTERS} characters", "split it")
        for cell in cells.values():
            if wrong_text := wrong_with_text(cell.text, LIMITS):
                raise Unusable(self._name, f"is refused at row {number}: {wrong_text[0]}", wrong_text[1])
        self._numbers.append(number)
        self.rows.append((number, cells))

    def cell(self, number: int, column: int) -> Cell | None:
        """Return the cell at a row and a column, counted from 1; None where it is empty."""
        rows = self.between(number, number)
        return rows[0][1].get(column) if rows else None

    def between(self, first: int, last: int) -> list[Row]:
        """Return the rows from one number to another."""
        return self.rows[bisect_left(self._numbers, first) : bisect_right(self._numbers, last)]


def column_letters(column: int) -> str:
    """Return the letters of a column as spreadsheets name it: "A" for 1, "AB" for 28."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
