"""Briefs as plain text or Markdown: headings, lines of `Key: value`, bullets, tables, blocks of data and paragraphs."""

from __future__ import annotations

import re

from foundry.adoption.leaf import MapNode, Node
from foundry.adoption.seeing.key_lines import (
    BULLET,
    HEADING,
    RULE,
    UNDERLINE,
    KeyLines,
    is_question,
    is_title,
    pair_by_colon,
    titled,
    without_emphasis,
)
from foundry.adoption.seeing.sections import PARAGRAPH, Section, Text, joined, node_of
from foundry.adoption.seeing.separated import see_separated
from foundry.adoption.seeing.table import Table
from foundry.adoption.seeing.trees import see_json, see_yaml
from foundry.documents.limits import LIMITS
from foundry.documents.tree import wrong_with_text
from foundry.errors import Problem, Unusable

_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"(?:```|~~~)\s*(\w*).*")
_WRAPPED, _LONGEST_PARAGRAPH, _MOST_DEPTH, _MOST_LINES, _MOST_FENCES = 40, 10_000, 20, 20_000, 20
_READERS = {"json": see_json, "jsonc": see_json, "json5": see_json, "yaml": see_yaml, "yml": see_yaml}


def see_prose(text: str, name: str) -> tuple[tuple[Node, ...], list[tuple[str, Table]], tuple[str, ...]]:
    """Return the tree of a text, its tables between bars with the headings above them, and notes.

    Headings are keys of maps; `Key: value` lines are entries; bullets are items of the key above them; a key
    that comes again begins a record each time; running text stands under its heading, or as "paragraph" beside other
    keys. Front matter in YAML, and blocks of YAML and JSON between fences, are parts of the same tree.
    """
    front = _FRONT_MATTER.match(text)
    reader = _Reader(_lines(text, name), text.count("\n", 0, front.end()) if front else 0, name)
    body = node_of(reader.read(), ())
    documents, notes = see_yaml(front[1], name) if front else ((), ())
    entries = [entry for node in (*documents, *reader.documents) if isinstance(node, MapNode) for entry in node.entries]
    if entries:
        body_entries = body.entries if isinstance(body, MapNode) else ((PARAGRAPH, body),) if body else ()
        body = MapNode(tuple(joined([*entries, *body_entries], ())), (), entries[0][1].place)
    return ((body,) if body else ()), reader.tables, (*notes, *reader.notes)


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
        self._root = Section(1)
        self._headings: list[tuple[int, Section]] = [(0, self._root)]
        self._bullets: list[tuple[int, Section]] = []
        self._key: Section | None = None
        self._last: Text | None = None
        self._title = ""
        self._keys = KeyLines(lines[first:])
        self.tables: list[tuple[str, Table]] = []
        self.documents: list[Node] = []
        self.notes: list[str] = []
        self._fences = 0

    def read(self) -> Section:
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
        elif heading := HEADING.fullmatch(bare):
            self._open_heading(len(heading[1]), heading[2].rstrip("# "), number)
        elif self._at < len(self._lines) and self._is_underlined(bare):
            level = 1 if self._lines[self._at].strip().startswith("=") else 2
            self._at += 1
            self._open_heading(level, bare, number)
        elif RULE.fullmatch(bare):
            self._last = None
        elif _FENCE.fullmatch(bare):
            self._fence(bare)
        elif bullet := BULLET.fullmatch(line):
            self._bullet(len(bullet[1]), bullet[2], number)
        else:
            self._line(bare.lstrip("> "), number, indented=len(line) - len(line.lstrip()))

    def _fence(self, bare: str) -> None:
        """Take in a block of JSON or YAML behind a fence; lines of any other block are read like the rest."""
        self._last, self._fences = None, self._fences + 1
        if self._fences > _MOST_FENCES:
            return
        behind = range(self._at, len(self._lines))
        end = next((at for at in behind if self._lines[at].strip() == bare[:3]), len(self._lines))
        block = "\n" * self._at + "\n".join(self._lines[self._at : end])
        language = bare[3:].strip().split(" ", maxsplit=1)[0].lower()
        if block.lstrip()[:1] in ("{", "["):
            language = "json"
        try:
            documents, notes = _READERS[language](block, self._name)
        except (KeyError, Problem):  # not what it says it is
            return
        if documents and all(isinstance(node, MapNode) for node in documents):
            self.documents += documents
            self.notes += notes
            self._at = end + 1

    def _is_underlined(self, bare: str) -> bool:
        below = self._lines[self._at]
        return (
            bool(UNDERLINE.fullmatch(below))
            and len(below.strip()) >= 3
            and not BULLET.fullmatch(bare)
            and not pair_by_colon(bare)
        )

    @property
    def _section(self) -> Section:
        return self._headings[-1][1]

    def _open_heading(self, level: int, title: str, number: int) -> None:
        while self._headings[-1][0] >= level:
            self._headings.pop()
        self._forget()
        self._title = without_emphasis(title).rstrip(":：")
        pair = pair_by_colon(title)
        if pair and pair[1]:
            self._section.pairs.append((pair[0], Text(pair[1], number)))
            self._headings.append((level, self._section))
            return
        made = Section(number)
        self._section.pairs.append((self._title, made))
        self._headings.append((level, made))

    def _forget(self) -> None:
        self._bullets, self._key, self._last = [], None, None

    def _line(self, bare: str, number: int, *, indented: int) -> None:
        pair = self._keys.pair(bare) or (None if self._root.pairs or self._root.paragraphs else titled(bare))
        if pair and (section := self._bullet_above(indented)):
            self._add_pair(section, pair, number)
        elif pair:
            self._bullets = []
            self._add_pair(self._key if indented and self._key else self._section, pair, number)
        elif (self._keys.asks and is_question(bare)) or (
            self._last is None and is_title(bare) and self._bullet_follows()
        ):
            self._add_pair(self._section, (without_emphasis(bare), ""), number)
        elif self._last is not None and len(self._last.text) < _LONGEST_PARAGRAPH:
            self._last.text += f" {without_emphasis(bare)}"
        else:
            self._last = Text(without_emphasis(bare), number)
            (self._key or self._section).paragraphs.append(self._last)

    def _bullet_above(self, indented: int) -> Section | None:
        """Return the section of the bullet that a line with so many blanks stands below; None if there is none."""
        return next((section for indent, section in reversed(self._bullets) if indent < indented), None)

    def _bullet_follows(self) -> bool:
        return self._at < len(self._lines) and bool(BULLET.fullmatch(self._lines[self._at].expandtabs(4).rstrip()))

    def _add_pair(self, section: Section, pair: tuple[str, str], number: int) -> None:
        key, value = pair
        if value:
            text = Text(value, number)
            self._last = text if len(value) >= _WRAPPED else None  # a short value does not go on in the next line
            section.pairs.append((key, text))
            if section is self._section:
                self._key = None
        else:
            self._key, self._last = Section(number), None
            section.pairs.append((key, self._key))

    def _bullet(self, indent: int, text: str, number: int) -> None:
        while self._bullets and self._bullets[-1][0] >= indent:
            self._bullets.pop()
        section = self._bullets[-1][1] if self._bullets else self._key or self._section
        pair = self._keys.pair(text)
        self._last, inner = None, section
        if pair and pair[1]:
            self._last = Text(pair[1], number)
            section.pairs.append((pair[0], self._last))
        elif pair:
            inner = Section(number)
            section.pairs.append((pair[0], inner))
        else:
            self._last = Text(without_emphasis(text), number)
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
