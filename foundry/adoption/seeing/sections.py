"""Sections of running text as nodes: what stands under a heading or a key, records, lists and values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from foundry.adoption.leaf import Key, Leaf, ListNode, MapNode, Node, Place

PARAGRAPH = "paragraph"
"""The key of running text beside keys of the file's own."""
_MOST_RECORD_LISTS = 50


@dataclass
class Section:
    """What stands under a heading or a key: pairs in their order, items of lists, and paragraphs."""

    line: int
    pairs: list[tuple[str, Section | Text]] = field(default_factory=list)
    items: list[Section | Text] = field(default_factory=list)
    paragraphs: list[Text] = field(default_factory=list)


@dataclass
class Text:
    """A value or a paragraph, and the number of the line where it begins."""

    text: str
    line: int


def node_of(section: Section, path: tuple[Key, ...]) -> Node | None:
    """Return a section as a node; None if it is empty.

    Beside pairs, bullets stand under the section's own key, and so does running text where there are no bullets.
    """
    if not section.pairs and not section.items:
        return _list(section.paragraphs, path, section.line)
    if not section.pairs and not section.paragraphs:
        return _list(section.items, path, section.line)
    entries = [*_entries(section.pairs, path)]
    own = str(path[-1]) if path else PARAGRAPH
    for key, listed in ((own, section.items), (PARAGRAPH if section.items else own, section.paragraphs)):
        if node := _list([*listed], (*path, key), section.line):
            entries.append((key, node))
    return MapNode(tuple(joined(entries, path)), path, Place(line=section.line)) if entries else None


def _list(items: list[Section | Text] | list[Text], path: tuple[Key, ...], line: int) -> Node | None:
    if len(items) == 1:
        return _value(items[0], path)
    made = tuple(node for at, item in enumerate(items) if (node := _value(item, (*path, at))))
    return ListNode(made, path, Place(line=line)) if made else None


def _value(value: Section | Text, path: tuple[Key, ...]) -> Node | None:
    if isinstance(value, Section):
        return node_of(value, path)
    return Leaf(value.text, "text", path, Place(line=value.line)) if value.text else None


def _entries(pairs: list[tuple[str, Section | Text]], path: tuple[Key, ...]) -> list[tuple[str, Node]]:
    """Return pairs as the entries of a map; a key that comes again begins a record each time."""
    found: list[tuple[str, Node]] = []
    for _ in range(_MOST_RECORD_LISTS):
        again = next((key for key, count in Counter(key for key, _ in pairs).items() if count > 1), None)
        if again is None:
            break
        start = next(at for at, (key, _) in enumerate(pairs) if key == again)
        found += _alone(pairs[:start], path)
        groups, pairs = _groups(pairs[start:], again)
        if listed := _records(groups, (*path, again)):
            found.append((again, listed))
    return joined([*found, *_alone(pairs, path)], path)


def _alone(pairs: list[tuple[str, Section | Text]], path: tuple[Key, ...]) -> list[tuple[str, Node]]:
    return [(key, node) for key, value in pairs if (node := _value(value, (*path, key)))]


def _groups(
    pairs: list[tuple[str, Section | Text]], first: str
) -> tuple[list[list[tuple[str, Section | Text]]], list[tuple[str, Section | Text]]]:
    """Return pairs in groups that each begin with a key, and what follows the last: keys that no other group has."""
    starts = [at for at, (key, _) in enumerate(pairs) if key == first]
    groups = [pairs[begin:end] for begin, end in zip(starts, [*starts[1:], len(pairs)], strict=True)]
    known = {key for group in groups[:-1] for key, _ in group}
    last = next((at for at, (key, _) in enumerate(groups[-1]) if key not in known), len(groups[-1]))
    rest, groups[-1] = groups[-1][last:], groups[-1][:last]
    return groups, rest


def _records(groups: list[list[tuple[str, Section | Text]]], path: tuple[Key, ...]) -> Node | None:
    """Return groups as a list of maps; of values, if no group has more than one pair."""
    if all(len(group) == 1 for group in groups):
        nodes = [node for at, ((_, value),) in enumerate(groups) if (node := _value(value, (*path, at)))]
    else:
        maps = [(at, tuple(_entries(group, (*path, at)))) for at, group in enumerate(groups)]
        nodes = [MapNode(entries, (*path, at), entries[0][1].place) for at, entries in maps if entries]
    return ListNode(tuple(nodes), path, nodes[0].place) if nodes else None


def joined(entries: list[tuple[str, Node]], path: tuple[Key, ...]) -> list[tuple[str, Node]]:
    """Return entries with each key once: what stands under a key that is still there twice becomes one list."""
    by_key: dict[str, list[Node]] = {}
    for key, node in entries:
        by_key.setdefault(key, []).append(node)
    return [
        (key, nodes[0] if len(nodes) == 1 else ListNode(tuple(nodes), (*path, key), nodes[0].place))
        for key, nodes in by_key.items()
    ]
