"""YAML and JSON as trees of leaves."""

from __future__ import annotations

import re
from typing import Any

from foundry.adoption.leaf import Key, Leaf, ListNode, MapNode, Node, Place
from foundry.documents.limits import LIMITS
from foundry.documents.written import Written, written_json, written_yaml
from foundry.errors import Problem

NOWHERE = Place()
_CUT_BY_COMMENT = re.compile(
    r"^[ \t]*(?:- )?[\w \"'-]{1,60}:[ \t]+(?![\"'|>\[{&*!#])\S[^\n]*?\s(#[^\s#][^\n]*)$", re.MULTILINE
)
_MOST_NOTES = 5


def see_yaml(text: str, name: str) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the documents of a YAML text, without the empty ones, and notes on what YAML took for comments."""
    found = [node for document in written_yaml(text, name, code="bad_brief") if (node := as_node(document))]
    cut = [*_CUT_BY_COMMENT.finditer(text)][:_MOST_NOTES]
    notes = [
        f"line {text.count(chr(10), 0, mark.start(1)) + 1}: {mark[1]!r} is a comment in YAML and was not read; "
        "write the whole value in quotes if it belongs to it"
        for mark in cut
    ]
    return tuple(found), tuple(notes)


def see_json(text: str, name: str) -> tuple[Node, ...]:
    """Return the value of a JSON text as the only document; none if it is empty."""
    node = as_node(written_json(text, name, code="bad_brief"))
    return (node,) if node else ()


def see_json_lines(text: str, name: str) -> tuple[Node, ...]:
    """Return the value of each line that holds something."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) > LIMITS.documents:
        wrong = f"it holds {len(lines)} documents; the limit is {LIMITS.documents}"
        raise Problem(name, "", wrong, "split it into several files", "bad_brief")
    found = ((number, written_json(line, f"{name} line {number}", code="bad_brief")) for number, line in lines)
    return tuple(node for number, value in found if (node := as_node(value, line=number)))


def as_node(value: Any, path: tuple[Key, ...] = (), *, line: int = 0) -> Node | None:
    """Return a written value as a node without the empty texts, nulls, lists and maps; None if nothing is left.

    line: of the whole text in its file, for a text that is one line of it. The depth is bounded by the reader's limit.
    """
    if isinstance(value, Written):
        text = value.text.strip()
        if not text or value.kind == "nothing":
            return None
        return Leaf(text, value.kind, path, Place(line=line or value.line))
    if isinstance(value, dict):
        entries = tuple(
            (key, node) for key, inner in value.items() if (node := as_node(inner, (*path, key), line=line))
        )
        return MapNode(entries, path, entries[0][1].place) if entries else None
    items = tuple(node for at, inner in enumerate(value) if (node := as_node(inner, (*path, at), line=line)))
    return ListNode(items, path, items[0].place) if items else None
