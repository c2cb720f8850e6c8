"""A file as it stands: its values as leaves with their places, below maps and lists, or in the cells of sheets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

BLANKS = " \t\r\n\f\v\u00a0\u2007\u202f\u3000\u200b\ufeff"
"""What is taken off the ends of a text: white space, and letters without width that programs leave behind."""
Kind = Literal["text", "number", "boolean"]
Key = str | int
"""A map's key as it stands in the file, or the position in a list, from 0."""


@dataclass(frozen=True)
class Place:
    """Where something stands in its file: a line (from 1) of a text, or a sheet and a cell such as "B7" of a table."""

    line: int = 0
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        if self.cell:
            return f"{self.sheet}!{self.cell}" if self.sheet else f"cell {self.cell}"
        return f"line {self.line}" if self.line else ""


@dataclass(frozen=True)
class Leaf:
    """A value as it stands in the file, never empty.

    text: its characters in the file, without quotes, escapes and the blanks at its ends: `no` stays "no", `007` stays
    "007", `1.50` stays "1.50". kind: the kind that its format gives it; a quoted text that looks like a number is a
    text.
    path: the keys that lead to it. In a table these are the sheet's name, the number of the row and the column's title.
    """

    text: str
    kind: Kind
    path: tuple[Key, ...]
    place: Place


@dataclass(frozen=True)
class MapNode:
    """A map: its keys as they stand, in order, each with what it holds. Empty values are left out."""

    entries: tuple[tuple[str, Node], ...]
    path: tuple[Key, ...]
    place: Place


@dataclass(frozen=True)
class ListNode:
    """A list. Empty values are left out; the positions in the paths are those of the file."""

    items: tuple[Node, ...]
    path: tuple[Key, ...]
    place: Place


Node = MapNode | ListNode | Leaf


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet that hold something, as rows in their order.

    Each row has its number, from 1, and its cells by column, from 1. Merged cells all hold the text of the first.
    Nothing says yet whether the first row is a header: that is understood later. The paths of cells are the sheet's
    name (empty in a CSV file), the row's number and the column's number.
    """

    name: str
    rows: tuple[tuple[int, dict[int, Leaf]], ...]


@dataclass(frozen=True)
class Seen:
    """A file as it stands. documents: the trees of a YAML or JSON file; sheets: those of a table.

    notes: sentences on how the file was read, for people: its encoding, its separator, sheets that are hidden.
    """

    name: str
    documents: tuple[Node, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    notes: tuple[str, ...] = ()


def leaves_of(node: Node) -> Iterator[Leaf]:
    """Yield the leaves of a tree in the order of the file."""
    open_nodes = [node]
    while open_nodes:
        at = open_nodes.pop()
        if isinstance(at, Leaf):
            yield at
        elif isinstance(at, MapNode):
            open_nodes += [inner for _, inner in reversed(at.entries)]
        else:
            open_nodes += reversed(at.items)
