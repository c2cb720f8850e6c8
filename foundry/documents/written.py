"""Documents as they are written: each value as the text that stands in the file, with its kind and its line.

`no` stays "no", `1.50` stays "1.50" and `007` stays "007". Limits and refusals are those of the strict reader.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from foundry.documents.decoding import place_at
from foundry.documents.json_text import read_json_text
from foundry.documents.limits import LIMITS, DocumentLimits
from foundry.documents.tree import Mark, TreeBuilder
from foundry.documents.yaml_text import place_of_mark, read_yaml_text
from foundry.errors import shorten

_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_NO_COMMENT = re.compile(
    r"\s*(#(?!(?:todo|tbd|tbc|fixme|xxx|optional|required)\b)(?:[0-9A-Fa-f]{3,8}|\w+(?:\s+#\w+)*|\d+\s+[^#]+?))\s*(?:\s#.*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it is written. kind: as its format takes it, where a quoted text is always a text. line: from 1."""

    text: str
    kind: Literal["text", "number", "boolean", "nothing"]
    line: int


def written_yaml(text: str, where: str, limits: DocumentLimits = LIMITS, *, code: str = "bad_document") -> list[Any]:
    """Return the documents of a YAML text as maps and lists of Written.

    `true` and `false` are booleans, and `yes`, `no`, `on` and `off` texts, as in YAML 1.2. A colour, a hashtag or
    "#1" in the place of a value is that value, though YAML takes it for a comment. Problem as of `load_yaml`.
    """
    lines = _LINE_BREAK.split(text)
    builder = _WrittenBuilder[Any](
        limits,
        lambda mark: place_of_mark(where, mark),
        code,
        line=lambda mark: int(mark.line) + 1,
        behind=lambda mark: lines[mark.line][mark.column :] if mark.line < len(lines) else "",
    )
    read_yaml_text(text, builder, where, code)
    return builder.documents


def written_json(text: str, where: str, limits: DocumentLimits = LIMITS, *, code: str = "bad_document") -> Any:
    """Return the value of a JSON text as maps and lists of Written. Problem as of `load_json`."""
    breaks = [at for at, letter in enumerate(text) if letter == "\n"]
    builder = _WrittenBuilder[int](
        limits, lambda at: place_at(where, text[:at]), code, line=lambda at: bisect_right(breaks, at) + 1
    )
    return read_json_text(text, builder)


class _WrittenBuilder(TreeBuilder[Mark]):
    """A builder of maps and lists that hold Written."""

    keeps_text = True

    def __init__(
        self,
        limits: DocumentLimits,
        place: Callable[[Mark], str],
        code: str,
        *,
        line: Callable[[Mark], int],
        behind: Callable[[Mark], str] = lambda mark: "",  # noqa: ARG005 - JSON has no comments
    ) -> None:
        super().__init__(limits, place, code)
        self._line, self._behind = line, behind

    def text(self, text: str, mark: Mark) -> None:
        """Add a text."""
        self._check_text(text, mark)
        self._put(Written(text, "text", self._line(mark)), mark)

    def digits(self, text: str, mark: Mark) -> None:
        """Add a number as its digits."""
        if len(text) > self._limits.digits:
            wrong = f"a number has {len(text)} characters; the limit is {self._limits.digits}"
            raise self.refuse(mark, wrong, "write it in quotes, or shorter", shorten(text))
        self._put(Written(text, "number", self._line(mark)), mark)

    def word(self, text: str, value: bool | None, mark: Mark) -> None:
        """Add a word that means a boolean or nothing; the other words of YAML 1.1 are texts."""
        if not text and (found := _NO_COMMENT.match(self._behind(mark))):
            self.text(found[1], mark)
            return
        words = ("true", "false")
        kind: Literal["text", "boolean", "nothing"] = "text" if value is not None else "nothing"
        self._put(Written(text, "boolean" if text.lower() in words else kind, self._line(mark)), mark)
