"""YAML and JSON as trees of leaves."""

from __future__ import annotations

import re
from typing import Any

from foundry.adoption.leaf import BLANKS, Key, Leaf, ListNode, MapNode, Node, Place
from foundry.adoption.seeing.mending import mended_json, mended_yaml
from foundry.documents.limits import LIMITS
from foundry.documents.written import Written, written_json, written_yaml
from foundry.errors import Problem

NOWHERE = Place()
_CUT_BY_COMMENT = re.compile(
    r"^[ \t]*(?:- )?[\w \"'-]{1,60}:[ \t]+(?![\"'|>\[{&*!#])\S[^\n]*?\s(#[^\s#][^\n]*)$", re.MULTILINE
)
_OTHER_QUOTES = re.compile(r"[{,\[:]\s*'|[{,]\s*[A-Za-z_]\w*\s*:")
_NONE = re.compile(r"[:,\[]\s*None\b")
_MOST_NOTES = 5


def see_yaml(text: str, name: str) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the documents of a YAML text, without the empty ones, and notes on what YAML took for comments."""
    documents, mended = _written_yaml(text, name)
    found = [node for document in documents if (node := as_node(document))]
    cut = [*_CUT_BY_COMMENT.finditer(text)][:_MOST_NOTES]
    notes = [
        f"line {text.count(chr(10), 0, mark.start(1)) + 1}: {mark[1]!r} is a comment in YAML and was not read; "
        "write the whole value in quotes if it belongs to it"
        for mark in cut
    ]
    return tuple(found), (*mended, *notes)


def _written_yaml(text: str, name: str) -> tuple[list[Any], tuple[str, ...]]:
    """Return the documents of a YAML text, mended if it cannot be read otherwise; the first fault if that fails."""
    try:
        return written_yaml(text, name, code="bad_brief"), ()
    except Problem as problem:
        mended, lines = mended_yaml(text)
        if not lines:
            raise
        try:
            documents = written_yaml(mended, name, code="bad_brief")
        except Problem:
            raise problem from None
        numbers = ", ".join(map(str, lines[:_MOST_NOTES])) + (" and more" if len(lines) > _MOST_NOTES else "")
        where = f"line {numbers} is" if len(lines) == 1 else f"lines {numbers} are"
        return documents, (f"{where} read as the text that stands there, though YAML wants quotes around it",)


def see_json(text: str, name: str) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the value of a JSON text as the only document, or those of its lines; and notes on what was mended."""
    try:
        return _one(written_json(text, name, code="bad_brief")), ()
    except Problem as problem:
        try:
            return _one(written_json(mended_json(text), name, code="bad_brief")), (
                "comments and commas before closing brackets, which JSON does not have, were passed over",
            )
        except Problem:
            lines = [line for line in text.splitlines() if line.strip()]
            if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines):
                return _lines(text, name), ("the file is read as one JSON value a line",)
            return _like_python(text, name, problem)


def _like_python(text: str, name: str, problem: Problem) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the only value of a text with single quotes, or with keys without any; else raise the problem."""
    if _NONE.search(text) or not _OTHER_QUOTES.search(text):  # YAML would take None for a text
        raise problem
    try:
        documents = written_yaml(mended_json(text), name, code="bad_brief")
    except Problem:
        raise problem from None
    if len(documents) != 1 or not isinstance(documents[0], dict | list):
        raise problem
    return _one(documents[0]), ("the file is no JSON, and is read as the YAML that it is",)


def _one(value: Any) -> tuple[Node, ...]:
    node = as_node(value)
    return (node,) if node else ()


def see_json_lines(text: str, name: str) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the value of each line that holds something; the only value of a text that is one over several lines."""
    try:
        return _lines(text, name), ()
    except Problem as problem:
        try:
            return _one(written_json(text, name, code="bad_brief")), ("the file is read as one JSON value",)
        except Problem:
            raise problem from None


def _lines(text: str, name: str) -> tuple[Node, ...]:
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
        text = value.text.strip(BLANKS)
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
