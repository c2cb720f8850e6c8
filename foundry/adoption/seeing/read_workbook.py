"""The answer of the box on a workbook."""

from __future__ import annotations

from dataclasses import dataclass, field

from foundry.adoption.seeing.table import Cell


@dataclass(frozen=True)
class ReadSheet:
    """The cells of one sheet by row and column, and notes on it. Cells that are merged are the same cell."""

    name: str
    rows: list[tuple[int, list[tuple[int, Cell]]]]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReadWorkbook:
    """The sheets that are not hidden, and notes on the rest."""

    sheets: list[ReadSheet]
    notes: list[str]
