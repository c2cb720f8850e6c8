"""Briefs as plain text or Markdown: headings, lines of `Key: value`, bullets, tables and paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from foundry.adoption.leaf import Key, Leaf, ListNode, MapNode, Node, Place
from foundry.adoption.seeing.separated import see_separated
from foundry.adoption.seeing.table import Table
from foundry.adoption.seeing.trees import see_yaml
from foundry.documents.limits import LIMITS
from foundry.documents.tree import wrong_with_text
from foundry.errors import Unusable

PARAGRAPH = "paragraph"
"""The key of running text beside keys of the file's own."""
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_UNDERLINE = re.compile(r"\s*(?:=|-){3,}\s*")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}")
_BULLET = re.compile(r"(\s*)(?:[-*+•‣▪◦·–]|\(?\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(.*)")
# Possessive repeats, so that a long run of blanks is read once.
_PAIR = re.compile(
    r"(?:\*\*|__)?(?!https?:|mailto:)(?P<key>[^\W\d_][^:：=*|\n\"“”]{0,58}?)\s*+(?:\*\*|__)?+\s*+(?:[:：]|(?<=\s)=(?=\s))"
    r"\s*+(?:\*\*|__)?+(?:(?<=[\s：])|(?=[^/\d]|$)|(?<=\*\*)|(?<=__))\s*+(?P<value>.*)"
)
_DASHED = re.compile(r"([^\W\d_][^:：–—\n]{0,40}?)\s++[-–—]{1,2}+\s++(\S.*)")
_EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_]|`)(?=\S)(.{1,300}?)(?<=\S)\1")
_MOST_WORDS_OF_A_KEY = 6
_MOST_RECORD_LISTS, _MOST_DEPTH, _MOST_LINES = 50, 20, 20_000
_SENTENCE_MARKS = (". ", "! ", "? ", "; ", ", ")


@dataclass
class _Section:
    """What stands under a heading or a key: pairs in their order, items of lists, and paragraphs."""

    line: int
    pairs: list[tuple[str, _Section | _Text]] = field(default_factory=list)
    items: list[_Section | _Text] = field(default_factory=list)
    paragraphs: list[_Text] = field(default_factory=list)


@dataclass
class _Text:
    text: str
    line: int


def see_prose(text: str, name: str) -> tuple[tuple[Node, ...], list[tuple[str, Table]], tuple[str, ...]]:
    """Return the tree of a text, its tables between bars with the headings above them, and notes.

    Headings are keys of maps; `Key: value` lines are entries; bullets are items of the key above them; a key
    that comes again begins a record each time; running text stands under its heading, or as "paragraph" beside other
    keys. Front matter in YAML is part of the same tree.
    """
    entries: tuple[tuple[str, Node], ...] = ()
    notes: tuple[str, ...] = ()
    front = _FRONT_MATTER.match(text)
    if front:
        documents, notes = see_yaml(front[1], name)
        entries = next((node.entries for node in documents if isinstance(node, MapNode)), ())
    lines = _lines(text, name)
    first = text.count("\n", 0, front.end()) if front else 0
    reader = _Reader(lines, first, name)
    body = _node(reader.read(), ())
    if entries:
        body_entries = body.entries if isinstance(body, MapNode) else ((PARAGRAPH, body),) if body else ()
        return (MapNode((*entries, *body_entries), (), entries[0][1].place),), reader.tables, notes
    return ((body,) if body else ()), reader.tables, notes


def _lines(text: str, name: str) -> list[str]:
    lines = text.splitlines()
    if len(lines) > _MOST_LINES:
        raise Unusable(name, f"has more than {_MOST_LINES} lines", "split it")
    for number, line in enumerate(lines, start=1):
        if wrong := wrong_with_text(line, LIMITS):
            raise Unusable(name, f"is refused at line {number}: {wrong[0]}", wrong[1])
    return lines


class _Reader:
    """The lines of one text, taken in one after another."""

    def __init__(self, lines: list[str], first: int, name: str) -> None:
        self._lines, self._at, self._name = lines, first, name
        self._root = _Section(1)
        self._headings: list[tuple[int, _Section]] = [(0, self._root)]
        self._bullets: list[tuple[int, _Section]] = []
        self._key: _Section | None = None
        self._last: _Text | None = None
        self._title = ""
        self._dashes = _are_dashed(lines[first:])
        self.tables: list[tuple[str, Table]] = []

    def read(self) -> _Section:
        """Return the whole text as a section."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            self._take(line.expandtabs(4).rstrip())
        return self._root

    def _take(self, line: str) -> None:
        number = self._at
        bare = line.strip()
        if not bare:
            self._last = None
        elif bare.startswith("|") and bare.count("|") > 1:
            self._table()
        elif heading := _HEADING.fullmatch(bare):
            self._open_heading(len(heading[1]), heading[2].rstrip("# "), number)
        elif self._at < len(self._lines) and self._is_underlined(bare):
            level = 1 if self._lines[self._at].strip().startswith("=") else 2
            self._at += 1
            self._open_heading(level, bare, number)
        elif _RULE.fullmatch(bare) or bare.startswith("```"):
            self._last = None
        elif bullet := _BULLET.fullmatch(line):
            self._bullet(len(bullet[1]), bullet[2], number)
        else:
            self._line(bare.lstrip("> "), number, indented=len(line) - len(line.lstrip()))

    def _is_underlined(self, bare: str) -> bool:
        below = self._lines[self._at]
        return (
            bool(_UNDERLINE.fullmatch(below))
            and len(below.strip()) >= 3
            and not _BULLET.fullmatch(bare)
            and not _pair(bare)
        )

    @property
    def _section(self) -> _Section:
        return self._headings[-1][1]

    def _open_heading(self, level: int, title: str, number: int) -> None:
        while self._headings[-1][0] >= level:
            self._headings.pop()
        self._forget()
        self._title = _plain(title).rstrip(":：")
        pair = _pair(title)
        if pair and pair[1]:
            self._section.pairs.append((pair[0], _Text(pair[1], number)))
            self._headings.append((level, self._section))
            return
        made = _Section(number)
        self._section.pairs.append((self._title, made))
        self._headings.append((level, made))

    def _forget(self) -> None:
        self._bullets, self._key, self._last = [], None, None

    def _line(self, bare: str, number: int, *, indented: int) -> None:
        pair = self._pair_of(bare)
        if pair:
            self._bullets = []
            self._add_pair(self._key if indented and self._key else self._section, pair, number)
        elif self._last is None and _is_title(bare) and self._bullet_follows():
            self._add_pair(self._section, (_plain(bare), ""), number)
        elif self._last is not None:
            self._last.text += f" {_plain(bare)}"
        else:
            self._last = _Text(_plain(bare), number)
            (self._key or self._section).paragraphs.append(self._last)

    def _bullet_follows(self) -> bool:
        return self._at < len(self._lines) and bool(_BULLET.fullmatch(self._lines[self._at].expandtabs(4).rstrip()))

    def _pair_of(self, text: str) -> tuple[str, str] | None:
        dashed = _DASHED.fullmatch(text) if self._dashes else None
        return _pair(text) or (_as_pair(dashed[1], dashed[2]) if dashed else None)

    def _add_pair(self, section: _Section, pair: tuple[str, str], number: int) -> None:
        key, value = pair
        if value:
            self._last = _Text(value, number)
            section.pairs.append((key, self._last))
            if section is self._section:
                self._key = None
        else:
            self._key, self._last = _Section(number), None
            section.pairs.append((key, self._key))

    def _bullet(self, indent: int, text: str, number: int) -> None:
        while self._bullets and self._bullets[-1][0] >= indent:
            self._bullets.pop()
        section = self._bullets[-1][1] if self._bullets else self._key or self._section
        pair = self._pair_of(text)
        self._last, inner = None, section
        if pair and pair[1]:
            self._last = _Text(pair[1], number)
            section.pairs.append((pair[0], self._last))
        elif pair:
            inner = _Section(number)
            section.pairs.append((pair[0], inner))
        else:
            self._last = _Text(_plain(text), number)
            section.items.append(self._last)
        if len(self._bullets) < _MOST_DEPTH:
            self._bullets.append((indent, inner))

    def _table(self) -> None:
        """Take in the lines of a table between bars, from the current one."""
        first = self._at - 1
        while self._at < len(self._lines) and self._lines[self._at].strip().startswith("|"):
            self._at += 1
        table, _ = see_separated("\n".join(self._lines[first : self._at]), self._name, separator="|")
        self.tables.append((self._title, table))
        self._last = None


def _pair(text: str) -> tuple[str, str] | None:
    """Return the key and the value of a line; None for a sentence with a colon, a time and an address."""
    found = _PAIR.fullmatch(text.strip())
    if not found:
        return None
    return _as_pair(found["key"], found["value"])


def _as_pair(key: str, value: str) -> tuple[str, str] | None:
    """Return a key and a value without emphasis; None for a key that is too long or a sentence."""
    key = _plain(key)
    words = key.split()
    if not key or len(words) > _MOST_WORDS_OF_A_KEY or any(mark in key + " " for mark in _SENTENCE_MARKS):
        return None
    return key, _plain(value)


def _are_dashed(lines: list[str]) -> bool:
    """Return True for a text whose keys are parted from their values by dashes: most of its lines are."""
    bare = [line.strip() for line in lines if line.strip()]
    written = [bullet[2] if (bullet := _BULLET.fullmatch(line)) else line for line in bare]
    dashed = sum(bool(_DASHED.fullmatch(line)) and not _pair(line) for line in written)
    return dashed >= 3 and dashed * 2 > len(written)


def _is_title(text: str) -> bool:
    return len(text) <= 40 and len(text.split()) <= 4 and text[-1] not in ".!?,;…。！？"


def _plain(text: str) -> str:
    """Return a text without the marks of emphasis of Markdown."""
    return _EMPHASIS.sub(r"\2", text).strip()


def _node(section: _Section, path: tuple[Key, ...]) -> Node | None:
    """Return a section as a node; None if it is empty."""
    if not section.pairs and not section.items:
        return _list(section.paragraphs, path, section.line)
    if not section.pairs and not section.paragraphs:
        return _list(section.items, path, section.line)
    entries = [*_entries(section.pairs, path)]
    for key, listed in (("items", section.items), (PARAGRAPH, section.paragraphs)):
        if node := _list([*listed], (*path, key), section.line):
            entries.append((key, node))
    return MapNode(tuple(entries), path, Place(line=section.line)) if entries else None


def _list(items: list[_Section | _Text] | list[_Text], path: tuple[Key, ...], line: int) -> Node | None:
    if len(items) == 1:
        return _value(items[0], path)
    made = tuple(node for at, item in enumerate(items) if (node := _value(item, (*path, at))))
    return ListNode(made, path, Place(line=line)) if made else None


def _value(value: _Section | _Text, path: tuple[Key, ...]) -> Node | None:
    if isinstance(value, _Section):
        return _node(value, path)
    return Leaf(value.text, "text", path, Place(line=value.line)) if value.text else None


def _entries(pairs: list[tuple[str, _Section | _Text]], path: tuple[Key, ...]) -> list[tuple[str, Node]]:
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
    return _joined([*found, *_alone(pairs, path)], path)


def _alone(pairs: list[tuple[str, _Section | _Text]], path: tuple[Key, ...]) -> list[tuple[str, Node]]:
    return [(key, node) for key, value in pairs if (node := _value(value, (*path, key)))]


def _groups(
    pairs: list[tuple[str, _Section | _Text]], first: str
) -> tuple[list[list[tuple[str, _Section | _Text]]], list[tuple[str, _Section | _Text]]]:
    """Return pairs in groups that each begin with a key, and what follows the last: keys that no other group has."""
    starts = [at for at, (key, _) in enumerate(pairs) if key == first]
    groups = [pairs[begin:end] for begin, end in zip(starts, [*starts[1:], len(pairs)], strict=True)]
    known = {key for group in groups[:-1] for key, _ in group}
    last = next((at for at, (key, _) in enumerate(groups[-1]) if key not in known), len(groups[-1]))
    rest, groups[-1] = groups[-1][last:], groups[-1][:last]
    return groups, rest


def _records(groups: list[list[tuple[str, _Section | _Text]]], path: tuple[Key, ...]) -> Node | None:
    """Return groups as a list of maps; of values, if no group has more than one pair."""
    if all(len(group) == 1 for group in groups):
        nodes = [node for at, ((_, value),) in enumerate(groups) if (node := _value(value, (*path, at)))]
    else:
        maps = [(at, tuple(_entries(group, (*path, at)))) for at, group in enumerate(groups)]
        nodes = [MapNode(entries, (*path, at), entries[0][1].place) for at, entries in maps if entries]
    return ListNode(tuple(nodes), path, nodes[0].place) if nodes else None


def _joined(entries: list[tuple[str, Node]], path: tuple[Key, ...]) -> list[tuple[str, Node]]:
    """Return entries with each key once: what stands under a key that is still there twice becomes one list."""
    by_key: dict[str, list[Node]] = {}
    for key, node in entries:
        by_key.setdefault(key, []).append(node)
    return [
        (key, nodes[0] if len(nodes) == 1 else ListNode(tuple(nodes), (*path, key), nodes[0].place))
        for key, nodes in by_key.items()
    ]
