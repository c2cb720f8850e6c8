"""Single lines of running text: headings, bullets, and keys with their values."""

from __future__ import annotations

import re
from collections.abc import Sequence

HEADING = re.compile(r"(#{1,6})\s+(.*)")
UNDERLINE = re.compile(r"\s*(?:=|-){3,}\s*")
RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}")
BULLET = re.compile(r"(\s*)(?:[-*+•‣▪◦·–]|\(?(?:\d{1,3}[.)]|[a-z]\)))\s+(?:\[[ xX]\]\s+)?(.*)")
# Possessive repeats, so that a long run of blanks is read once.
_PAIR = re.compile(
    r"(?:\*\*|__)?(?!https?:|mailto:)(?P<key>[^\W\d_][^:：=*|\n\"“”]{0,58}?)\s*+(?:\*\*|__)?+\s*+"
    r"(?:[:：]|(?<=\s)=(?=\s))\s*+(?:\*\*|__)?+(?:(?<=[\s：])|(?=[^/\d]|$)|(?<=\*\*)|(?<=__))\s*+(?P<value>.*)"
)
_BOLD = re.compile(r"(?:\*\*|__)([^*\n]{2,80}?)(?:\*\*|__)\s*+[:：]?\s*+(.*)")
_DASHED = re.compile(r"([^\W\d_][^:：–—\n]{0,40}?)\s++[-–—]{1,2}+\s++(\S.*)")
_KIND_OF_TEXT = re.compile(
    r"\b(?:brief|briefing|campaign|kampagne|campagne|campaña|campanha|project|projekt)$", re.IGNORECASE
)
_GAPPED = re.compile(r"([^\W\d_][^:：\n]{0,40}?)\s{3,}+(\S.*)")
_EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_]|`)(?=\S)(.{1,300}?)(?<=\S)\1")
_MOST_WORDS_OF_A_KEY, _LEAST_LINES = 6, 3
_SENTENCE_MARKS = (". ", "! ", "? ", "; ", ", ")


class KeyLines:
    """The manner in which a text parts keys from values: by colons always, and by what most of its lines have."""

    def __init__(self, lines: Sequence[str]) -> None:
        bare = [line.strip() for line in lines if line.strip()]
        written = [bullet[2] if (bullet := BULLET.fullmatch(line)) else line for line in bare]
        asked = sum(is_question(line) for line in written)
        self.asks = asked >= _LEAST_LINES and asked * 4 >= len(written)
        """True for a text of questions, each with its answer in the lines below it."""
        self._other = next((form for form in (_DASHED, _GAPPED) if _is_usual(form, written)), None)

    def pair(self, text: str) -> tuple[str, str] | None:
        """Return the key and the value of a line; None if it has none."""
        other = self._other.fullmatch(text) if self._other else None
        found = pair_by_colon(text) or (_as_pair(other[1], other[2]) if other else None)
        bold = None if found else _BOLD.fullmatch(text.strip())
        if bold and (is_question(bold[1]) or not bold[2]):
            return without_emphasis(bold[1]), without_emphasis(bold[2])
        return found


def _is_usual(form: re.Pattern[str], lines: Sequence[str]) -> bool:
    found = sum(bool(form.fullmatch(line)) and not pair_by_colon(line) for line in lines)
    return found >= _LEAST_LINES and found * 2 > len(lines)


def pair_by_colon(text: str) -> tuple[str, str] | None:
    """Return the key and the value of a line; None for a sentence with a colon, a time and an address."""
    found = _PAIR.fullmatch(text.strip())
    return _as_pair(found["key"], found["value"]) if found else None


def _as_pair(key: str, value: str) -> tuple[str, str] | None:
    """Return a key and a value without emphasis; None for a key that is too long or a sentence."""
    key = without_emphasis(key)
    words = key.split()
    if not key or len(words) > _MOST_WORDS_OF_A_KEY or any(mark in key + " " for mark in _SENTENCE_MARKS):
        return None
    return key, without_emphasis(value)


def titled(text: str) -> tuple[str, str] | None:
    """Return the two parts of a title such as "BRIEF – Autumn Days"; None for any other line."""
    found = _DASHED.fullmatch(text.strip())
    return _as_pair(found[1], found[2]) if found and _KIND_OF_TEXT.search(found[1]) else None


def is_question(text: str) -> bool:
    """Return True for a line that asks: up to twelve words with a question mark, and nothing behind it."""
    return text.rstrip()[-1:] in ("?", "？") and len(text.split()) <= 12 and len(text) <= 100


def is_title(text: str) -> bool:
    """Return True for a few words without an end mark, which may stand above a list."""
    return len(text) <= 40 and len(text.split()) <= 4 and text[-1] not in ".!?,;…。！？"


def without_emphasis(text: str) -> str:
    """Return a text without Markdown's marks of emphasis and code."""
    return _EMPHASIS.sub(r"\2", text).strip()
