"""YAML without anchors, aliases, tags, merge keys, repeated keys, and guesses at dates and base-60 numbers."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from foundry.documents.decoding import decode, place_at
from foundry.documents.limits import LIMITS, DocumentLimits
from foundry.documents.tree import Key, TreeBuilder
from foundry.errors import Problem

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {
    spelling: value
    for value, words in ((True, "yes true on"), (False, "no false off"))
    for word in words.split()
    for spelling in (word, word.capitalize(), word.upper())
}
_NUMBER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*+)(\.[0-9]++([eE][-+]?[0-9]++)?)?")
_TAG_DIRECTIVE: Final = re.compile(r"^%TAG", re.MULTILINE)


def load_yaml(data: bytes, where: str, limits: DocumentLimits = LIMITS, *, code: str = "bad_document") -> list[Any]:
    """Return the documents of a YAML text, without the empty ones.

    Dates stay texts. The cost is linear in the length of `data`. Problem, of `code`, says what is wrong and at which
    line and column; `where` names the text in it.
    """
    text = decode(data, where, limits, code)
    builder = TreeBuilder[Any](limits, lambda mark: place_of_mark(where, mark), code)
    read_yaml_text(text, builder, where, code)
    return [document for document in builder.documents if document is not None]


def read_yaml_text(text: str, builder: TreeBuilder[Any], where: str, code: str) -> None:
    """Hand the documents of a YAML text to a builder; marks are those of the YAML library."""
    try:
        # The parser compares each of these directives with all others.
        if _TAG_DIRECTIVE.search(text):
            raise Problem(where or "file", "", "tags are not allowed", "remove the %TAG lines", code)
        _read(text, builder)
    except yaml.MarkedYAMLError as error:
        wrong = f"not YAML ({_one_line(error.problem)})"
        raise Problem(place_of_mark(where, error.problem_mark), "", wrong, "correct the YAML there", code) from error
    except yaml.reader.ReaderError as error:
        place = place_at(where, text.encode()[: error.position].decode(errors="replace"))
        wrong = f"not YAML ({_one_line(error.reason)})"
        raise Problem(place, "", wrong, "save the file as plain text", code) from error


def _one_line(words: str | None) -> str:
    return " ".join(str(words).split())[:200]


def place_of_mark(where: str, mark: Any) -> str:
    """Return the line and the column of a mark in the text that is called `where`."""
    return f"{where} line {mark.line + 1}, column {mark.column + 1}".strip() if mark else where or "file"


def _read(text: str, builder: TreeBuilder[Any]) -> None:
    parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    # True for each open map in which a key comes next, False where a value does, None for a list.
    expected: list[bool | None] = []
    try:
        while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
            _take(event, builder, expected)
    finally:
        parser.dispose()


def _take(event: Any, builder: TreeBuilder[Any], expected: list[bool | None]) -> None:
    mark = event.start_mark
    if isinstance(event, yaml.NodeEvent):
        _refuse_references(event, builder)
        is_key = bool(expected) and expected[-1] is True
        if expected and expected[-1] is not None:
            expected[-1] = not expected[-1]
        if isinstance(event, yaml.ScalarEvent):
            if is_key:
                builder.key(_key(event, builder), mark)
            else:
                _hand_over(event, builder)
        elif is_key:
            raise builder.refuse(mark, "a key must be text", "correct the YAML there")
        elif isinstance(event, yaml.MappingStartEvent):
            builder.begin_map(mark)
            expected.append(True)
        else:
            builder.begin_list(mark)
            expected.append(None)
    elif isinstance(event, yaml.CollectionEndEvent):
        builder.end()
        expected.pop()


def _refuse_references(event: Any, builder: TreeBuilder[Any]) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise builder.refuse(event.start_mark, "anchors and aliases are not allowed", "write the value out")
    if event.anchor is not None:
        raise builder.refuse(event.start_mark, "anchors and aliases are not allowed", "write the value out")
    if event.tag is not None:
        raise builder.refuse(event.start_mark, "tags are not allowed", "remove the tag that begins with '!'")


def _key(event: Any, builder: TreeBuilder[Any]) -> Key:
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text == "<<":
        raise builder.refuse(event.start_mark, "merge keys are not allowed", "write the keys out")
    if builder.keeps_text:
        return text
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return builder.number(text, event.start_mark) if _NUMBER.fullmatch(text) else text


def _hand_over(event: Any, builder: TreeBuilder[Any]) -> None:
    """Hand the scalar of an event to the builder, by the kind of its text; a quoted one is a text."""
    text, mark = event.value, event.start_mark
    if not event.implicit[0]:
        builder.text(text, mark)
    elif text in _NULL:
        builder.word(text, None, mark)
    elif text in _BOOLEANS:
        builder.word(text, _BOOLEANS[text], mark)
    elif _NUMBER.fullmatch(text):
        builder.digits(text, mark)
    else:
        builder.text(text, mark)
