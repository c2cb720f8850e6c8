"""Tables inside documents: lists of rows, each a list of cells, as programs export a range of a sheet."""

from __future__ import annotations

from dataclasses import replace

from foundry.adoption.claims import Listed
from foundry.adoption.leaf import Leaf, ListNode, MapNode, Node, Sheet, leaves_of
from foundry.adoption.understanding.sheets import ReadSheet, read_sheet

_HEADING = "it is the title of a column or of a row"


def without_ranges(node: Node) -> tuple[Node, list[ReadSheet]]:
    """Return a document without its ranges, and these as sheets; only ranges that are understood are taken out."""
    if not isinstance(node, MapNode):
        read = _read(node)
        return (replace(node, items=()) if isinstance(node, ListNode) else node, [read]) if read else (node, [])
    kept: list[tuple[str, Node]] = []
    found: list[ReadSheet] = []
    for key, child in node.entries:
        read = _read(child)
        if read:
            found.append(read)
        else:
            kept.append((key, child))
    return replace(node, entries=tuple(kept)), found


def has_leaves(node: Node) -> bool:
    """Return True if something is left of a node."""
    return next(leaves_of(node), None) is not None


def _read(node: Node) -> ReadSheet | None:
    """Return a list of lists as a sheet; None if it is none, or is no table."""
    if not isinstance(node, ListNode) or len(node.items) < 2:
        return None
    rows: list[tuple[int, dict[int, Leaf]]] = []
    for number, row in enumerate(node.items, start=1):
        if not isinstance(row, ListNode) or not all(isinstance(cell, Leaf) for cell in row.items):
            return None
        cells = {_column(cell): cell for cell in row.items if isinstance(cell, Leaf)}
        rows.append((number, cells))
    read = read_sheet(Sheet("", tuple(rows)))
    if not read.understood:
        return None
    known = {*read.leaves(), *(listed.leaf for listed in read.outside)}
    read.outside += [Listed(leaf, _HEADING) for leaf in leaves_of(node) if leaf not in known]
    return read


def _column(cell: Leaf) -> int:
    at = cell.path[-1]
    return at + 1 if isinstance(at, int) else 1
