"""JSON (RFC 8259) without repeated keys, and with places in the sentences about what is wrong."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from foundry.documents.decoding import decode, place_at
from foundry.documents.limits import LIMITS, DocumentLimits
from foundry.documents.plain_json import NOT_PLAIN, read_plain
from foundry.documents.tree import TreeBuilder
from foundry.errors import Problem, shorten

# One token: a text, a number, a word or a mark. Possessive repeats, so that no text is read twice.
_TOKEN: Final = re.compile(
    r'(?P<text>"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+)"
    r"|(?P<word>[A-Za-z]++)"
    r"|(?P<mark>[\[\]{},:])"
)
_BLANK: Final = re.compile(r"[ \t\n\r]*+")
SHORT: Final = 10_000
_WORDS: Final = {"true": True, "false": False, "null": None}
_NOT_NUMBERS: Final = frozenset({"NaN", "Infinity"})


def load_json(data: bytes, where: str, limits: DocumentLimits = LIMITS, *, code: str = "bad_document") -> Any:
    """Return the value of a JSON text.

    The cost is linear in the length of `data`. A long text without fault is read by the standard library. Problem, of
    `code`, says what is wrong and at which line and column; `where` names the text in it.
    """
    text = decode(data, where, limits, code)
    if len(text) >= SHORT and (found := read_plain(text, limits)) is not NOT_PLAIN:
        return found
    return read_json_text(text, TreeBuilder[int](limits, lambda at: place_at(where, text[:at]), code))


def read_json_text(text: str, builder: TreeBuilder[int]) -> Any:
    """Return the value of a JSON text as a builder makes it; marks are offsets in the text."""
    return _Reader(text, builder).value()


class _Reader:
    """The tokens of one text, handed to a builder."""

    def __init__(self, text: str, builder: TreeBuilder[int]) -> None:
        self._text, self._builder = text, builder
        self._at = 0
        self._begin = 0

    def value(self) -> Any:
        """Return the only value of the text."""
        closing: list[str] = []
        kind, part = self._next()
        while True:
            opened = self._take(kind, part, closing)
            if opened:
                kind, part = self._next()
                if part != closing[-1] or kind != "mark":
                    kind, part = self._after_key(kind, part, closing)
                    continue
                self._close(closing)
            while closing:
                kind, part = self._next()
                if kind != "mark" or part not in (",", closing[-1]):
                    raise self._wrong(f"expected ',' or '{closing[-1]}'")
                if part == ",":
                    break
                self._close(closing)
            else:
                return self._end()
            kind, part = self._after_key(*self._next(), closing)

    def _after_key(self, kind: str, part: str, closing: list[str]) -> tuple[str, str]:
        """Return the part that begins a value; within a map, the one after the key and its colon."""
        if closing[-1] == "]":
            return kind, part
        if kind != "text":
            raise self._wrong("expected a key in double quotes")
        self._builder.key(_unquoted(part), self._begin)
        if self._next() != ("mark", ":"):
            raise self._wrong("expected ':' after a key")
        return self._next()

    def _take(self, kind: str, part: str, closing: list[str]) -> bool:
        """Hand the value that `part` begins to the builder; True if it is a list or a map that is now open."""
        builder, at = self._builder, self._begin
        if kind == "text":
            builder.text(_unquoted(part), at)
        elif kind == "number":
            builder.digits(part, at)
        elif part in _WORDS:
            builder.word(part, _WORDS[part], at)
        elif part in _NOT_NUMBERS:
            raise builder.refuse(at, "not a number in JSON", "write a finite number", part)
        elif part == "{":
            builder.begin_map(at)
            closing.append("}")
            return True
        elif part == "[":
            builder.begin_list(at)
            closing.append("]")
            return True
        else:
            raise self._wrong("expected a value")
        return False

    def _close(self, closing: list[str]) -> None:
        self._builder.end()
        closing.pop()

    def _end(self) -> Any:
        self._begin = self._skip(self._at)
        if self._begin < len(self._text):
            raise self._wrong("expected the end of the text")
        return self._builder.documents[0]

    def _skip(self, at: int) -> int:
        blank = _BLANK.match(self._text, at)
        return blank.end() if blank else at

    def _next(self) -> tuple[str, str]:
        self._begin = self._skip(self._at)
        found = _TOKEN.match(self._text, self._begin)
        if found is None:
            raise self._wrong(
                "the text ends too early" if self._begin == len(self._text) else "no JSON value begins here"
            )
        self._at = found.end()
        return str(found.lastgroup), found[0]

    def _wrong(self, wrong: str) -> Problem:
        beginning = self._text[self._begin : self._begin + 20]
        found = f", found {shorten(beginning)}" if beginning else ""
        return self._builder.refuse(self._begin, f"not JSON ({wrong}{found})", "correct the file")


def _unquoted(part: str) -> str:
    return json.loads(part) if "\\" in part else part[1:-1]
