"""A table of texts from outside: its rows that hold something, within limits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from foundry.documents.limits import LIMITS
from foundry.documents.tree import wrong_with_text
from foundry.errors import Unusable

MAX_ROWS, MAX_COLUMNS, MAX_CHARACTERS = 20_000, 500, 5_000_000


class Table:
    """The rows of one sheet, with their numbers in it. Unusable, under `name`, says which limit is passed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._numbers: list[int] = []
        self._characters = 0
        self.rows: list[list[str]] = []

    def add(self, number: int, cells: list[str]) -> None:
        """Take in the row of this number, if one of its cells holds something. Rows come in order."""
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            return
        if len(cells) > MAX_COLUMNS:
            wrong = f"has {len(cells)} columns in row {number}; the limit is {MAX_COLUMNS}"
            raise Unusable(self._name, wrong, "write one row per product, and one column per fact")
        if len(self.rows) > MAX_ROWS:
            raise Unusable(self._name, f"has more than {MAX_ROWS} rows", "split it")
        self._characters += sum(map(len, cells))
        if self._characters > MAX_CHARACTERS:
            raise Unusable(self._name, f"holds more than {MAX_CHARACTERS} characters", "split it")
        for text in cells:
            if wrong_text := wrong_with_text(text, LIMITS):
                raise Unusable(self._name, f"is refused at row {number}: {wrong_text[0]}", wrong_text[1])
        self._numbers.append(number)
        self.rows.append(cells)

    def cell(self, number: int, column: int) -> str:
        """Return the text at a row and a column, counted from 1; empty where the table has none."""
        rows = self.between(number, number)
        return rows[0][column - 1] if rows and column <= len(rows[0]) else ""

    def between(self, first: int, last: int) -> list[list[str]]:
        """Return the rows from one number to another."""
        return self.rows[bisect_left(self._numbers, first) : bisect_right(self._numbers, last)]
