"""Metadata of an adopted brief: the leaves that stay as they are, under their own paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from foundry.adoption.leaf import Key, Leaf
from foundry.brief.metadata import MAX_CHARACTERS, MAX_DEPTH, MAX_LEAVES

_OWN = ("metadata", "meta data")
_DEEPEST = MAX_DEPTH - 2
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
# Room for what a brief's owner adds later.
_MOST_VALUES, _MOST_CHARACTERS = MAX_LEAVES // 2, MAX_CHARACTERS // 2


def metadata_of(leaves: Iterable[Leaf]) -> tuple[dict[str, Any], int]:
    """Return the texts of leaves as maps and lists by their paths, and how many leaves did not fit in.

    A number that would be written as it stands in the file is a number; `007` and `1.50` are texts.

    A column of a table that says the same in all of its rows is one value; of others, each row has its own. A key
    `metadata` around everything is removed, and a path deeper than metadata may be is one key.
    """
    tree: dict[Key, Any] = {}
    leaves = sorted(leaves, key=_in_file)
    values = characters = left_out = 0
    for path, value in _paths(leaves):
        room = len(path) + 1
        size = len(str(value)) + sum(len(str(key)) + 6 for key in path)
        if values + room > _MOST_VALUES or characters + size > _MOST_CHARACTERS:
            left_out += 1
            continue
        values, characters = values + room, characters + size
        _put(tree, path, value)
    return {str(key): _plain(inner) for key, inner in tree.items()}, left_out


def _in_file(leaf: Leaf) -> tuple[int, str, int]:
    """Return what sorts leaves as they stand in the file: by line, or by sheet and row."""
    row = re.sub(r"\D", "", leaf.place.cell)
    return leaf.place.line, leaf.place.sheet, int(row) if row else 0


def _value(leaf: Leaf) -> str | float:
    """Return a leaf's number if it reads back as the same characters, else its text."""
    if leaf.kind == "number" and _NUMBER.fullmatch(leaf.text):
        number = float(leaf.text) if "." in leaf.text else int(leaf.text)
        return number if str(number) == leaf.text else leaf.text
    return leaf.text


def _paths(leaves: list[Leaf]) -> Iterator[tuple[tuple[Key, ...], str | float]]:
    columns: dict[tuple[Key, ...], list[Leaf]] = {}
    for leaf in leaves:
        if _in_column(leaf):
            columns.setdefault((leaf.path[0], *leaf.path[2:]), []).append(leaf)
    for leaf in leaves:
        path = leaf.path
        if _in_column(leaf):
            column = columns[leaf.path[0], *leaf.path[2:]]
            if len({each.text for each in column}) == 1:
                if leaf is not column[0]:
                    continue
                path = (leaf.path[0], *leaf.path[2:])
        yield _short(path), _value(leaf)


def _in_column(leaf: Leaf) -> bool:
    """Return True for a cell below a column's title: its path is the sheet's name, the row's number and the title."""
    return bool(leaf.place.cell) and len(leaf.path) == 3 and isinstance(leaf.path[1], int)


def _short(path: tuple[Key, ...]) -> tuple[Key, ...]:
    kept = tuple(key for key in path if key != "")
    if len(kept) > 1 and str(kept[0]).replace("_", " ").casefold() in _OWN and isinstance(kept[1], str):
        kept = kept[1:]
    if len(kept) > _DEEPEST:
        kept = (*kept[: _DEEPEST - 1], ".".join(map(str, kept[_DEEPEST - 1 :])))
    return kept or ("value",)


def _put(tree: dict[Key, Any], path: tuple[Key, ...], value: str | float) -> None:
    for key in path[:-1]:
        inner = tree.setdefault(key, {})
        if not isinstance(inner, dict):
            inner = tree[key] = {"": inner}
        tree = inner
    if path[-1] not in tree:
        tree[path[-1]] = value
    elif isinstance(tree[path[-1]], dict):
        tree[path[-1]].setdefault("", value)
    else:
        _put_beside(tree, path[-1], value)


def _put_beside(tree: dict[Key, Any], key: Key, value: str | float) -> None:
    """Keep a second value of one path, under the key with a number."""
    if tree[key] == value:
        return
    number = 2
    while tree.get(f"{key} ({number})", value) != value:
        number += 1
    tree[f"{key} ({number})"] = value


def _plain(value: Any) -> Any:
    """Return maps whose keys are all positions from 0 on as lists, others with their keys as text."""
    if not isinstance(value, dict):
        return value
    if set(value) == set(range(len(value))):
        return [_plain(value[at]) for at in range(len(value))]
    return {str(key): _plain(inner) for key, inner in value.items()}
