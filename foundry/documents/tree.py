"""Plain values from the parts of a document, built within limits and without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from unicodedata import combining

from foundry.documents.limits import DocumentLimits
from foundry.errors import Problem, shorten

Key = str | int | float | bool | None
Mark = TypeVar("Mark")
_KEY_DIGITS = 18
_LONE = re.compile("[\ud800-\udfff]")


class TreeBuilder(Generic[Mark]):
    """The documents of one text, in the order in which a reader meets their parts.

    A reader calls `begin_map`, `begin_list`, `scalar` and `end`; within a map it calls `key` before each value. Each
    call brings the reader's own mark of the place, which `place` turns into words if something is wrong there.
    """

    keeps_text = False
    """True for a builder that takes keys as they are written; otherwise YAML's `no` and `1` are no texts as keys."""

    def __init__(self, limits: DocumentLimits, place: Callable[[Mark], str], code: str) -> None:
        self._limits, self._place, self._code = limits, place, code
        self._open: list[dict[Key, Any] | list[Any]] = []
        self._keys: list[Key] = []
        self._leaves = 0
        self.documents: list[Any] = []

    def refuse(self, mark: Mark, wrong: str, remedy: str, value: str = "") -> Problem:
        """Return the problem that stands at `mark`; `wrong` is a whole clause."""
        limit = f"is refused: {wrong}" if value else wrong
        return Problem(self._place(mark), value, limit, remedy, self._code)

    def begin_map(self, mark: Mark) -> None:
        """Open a map as the next value."""
        self._begin({}, mark)

    def begin_list(self, mark: Mark) -> None:
        """Open a list as the next value."""
        self._begin([], mark)

    def _begin(self, empty: dict[Key, Any] | list[Any], mark: Mark) -> None:
        if len(self._open) >= self._limits.depth:
            wrong = f"it is nested deeper than {self._limits.depth} levels"
            raise self.refuse(mark, wrong, "write it flatter")
        self._put(empty, mark)
        self._open.append(empty)

    def end(self) -> None:
        """Close the list or map that was opened last."""
        self._open.pop()

    @property
    def in_map(self) -> bool:
        """True if the innermost open container is a map."""
        return bool(self._open) and isinstance(self._open[-1], dict)

    def key(self, key: Key, mark: Mark) -> None:
        """Name the next value of the open map."""
        if isinstance(key, str):
            self._check_text(key, mark)
        elif len(str(key)) > _KEY_DIGITS:
            raise self.refuse(mark, "a number is no key", "write it in quotes", shorten(key))
        inner = self._open[-1]
        if key in inner:
            raise self.refuse(mark, f"the key {shorten(key)} stands twice", "remove one of them")
        if len(inner) >= self._limits.keys:
            wrong = f"a map has more than {self._limits.keys} keys"
            raise self.refuse(mark, wrong, "write a list, or fewer keys")
        self._keys.append(key)

    def scalar(self, value: Key, mark: Mark) -> None:
        """Add a text, number, boolean or null."""
        if isinstance(value, str):
            self._check_text(value, mark)
        self._put(value, mark)

    def text(self, text: str, mark: Mark) -> None:
        """Add a text."""
        self.scalar(text, mark)

    def digits(self, text: str, mark: Mark) -> None:
        """Add the number that a text writes."""
        self.scalar(self.number(text, mark), mark)

    def word(self, text: str, value: bool | None, mark: Mark) -> None:  # noqa: ARG002 - a builder may keep the text
        """Add the boolean or null that a text writes."""
        self.scalar(value, mark)

    def _put(self, value: Any, mark: Mark) -> None:
        self._leaves += 1
        if self._leaves > self._limits.leaves:
            wrong = f"it holds more than {self._limits.leaves} values"
            raise self.refuse(mark, wrong, "split it into several files")
        if not self._open:
            self._add_document(value, mark)
            return
        inner = self._open[-1]
        if isinstance(inner, dict):
            inner[self._keys.pop()] = value
        else:
            inner.append(value)

    def _add_document(self, value: Any, mark: Mark) -> None:
        if len(self.documents) >= self._limits.documents:
            wrong = f"it holds more than {self._limits.documents} documents"
            raise self.refuse(mark, wrong, "split it into several files")
        self.documents.append(value)

    def number(self, text: str, mark: Mark) -> int | float:
        """Return the number that `text` writes in JSON's grammar."""
        if len(text) > self._limits.digits:
            wrong = f"a number has {len(text)} characters; the limit is {self._limits.digits}"
            raise self.refuse(mark, wrong, "write it in quotes, or shorter", shorten(text))
        if text.lstrip("+-").isdigit():
            return int(text)
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise self.refuse(mark, "the number is too large", "write a smaller one", shorten(text))
        return value

    def _check_text(self, text: str, mark: Mark) -> None:
        if wrong := wrong_with_text(text, self._limits):
            raise self.refuse(mark, *wrong)


def wrong_with_text(text: str, limits: DocumentLimits) -> tuple[str, str] | None:
    """Return why a text from outside is refused, and the remedy; None for a good one."""
    if len(text) > limits.text:
        return f"a text has {len(text)} characters; the limit is {limits.text}", "shorten it"
    if "\0" in text:
        return "a text holds a NUL character", "remove it"
    if text.isascii():
        return None
    if _LONE.search(text):
        return "a text holds half a character (a lone surrogate)", "write the whole character"
    marks = 0
    for letter in text:
        marks = marks + 1 if combining(letter) else 0
        if marks > limits.marks:
            return f"a letter has more than {limits.marks} combining marks", "remove them"
    return None
