"""The parts of a file that a campaign is read from: forms, which state facts by key, and rows that share their keys."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.adoption.leaf import MapNode, Node
from foundry.adoption.understanding.context import Context


@dataclass(frozen=True)
class Form:
    """A tree of facts, with the context in which it stands."""

    node: Node
    context: Context


@dataclass(frozen=True)
class Rows:
    """Maps with the same keys: the rows of a table, or a list of records. called: what sentences call one of them."""

    rows: tuple[MapNode, ...]
    context: Context
    called: str = "row"


Part = Form | Rows
