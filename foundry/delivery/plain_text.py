"""Texts as other programs take them: one line, without control characters, and safe in either direction of writing."""

from __future__ import annotations

import re
import unicodedata

from foundry.locales import is_rtl

LEFT_TO_RIGHT, RIGHT_TO_LEFT, FIRST_STRONG, END = "\u2066", "\u2067", "\u2068", "\u2069"
"""Isolates of the bidirectional algorithm (UAX #9), and their end."""
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_SPACE = re.compile(r"[\s\u2028\u2029]+")
_SENTENCE_ENDS = ".!?…。！？।۔։؟"


def plain(text: str, most: int) -> str:
    """Return a text as one line of at most `most` characters, without control characters and marks of direction.

    A text that is too long ends at a space, with an ellipsis.
    """
    line = _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()
    return line if len(line) <= most else cut(line, most)


def cut(line: str, most: int) -> str:
    """Return the beginning of a line, at most `most` characters with its ellipsis, and no part of a character.

    It ends at a space if there is one in its second half.
    """
    if len(line) <= most:
        return line
    stop = most - 1
    while stop > 0 and (
        unicodedata.combining(line[stop]) or line[stop] in "\u200d\ufe0f" or line[stop - 1] == "\u200d"
    ):
        stop -= 1
    space = line.rfind(" ", stop // 2, stop + 1)
    return line[: space if space > 0 else stop].rstrip() + "…"


def isolated(text: str, locale: str) -> str:
    """Return a text that may stand within one of a locale: between isolates where letters run against the locale.

    A text in both directions keeps that of the locale; one that is wholly foreign, such as a name, has its own.
    """
    if text.isascii() and not is_rtl(locale):
        return text
    own, against = (("R", "AL"), ("L",)) if is_rtl(locale) else (("L",), ("R", "AL"))
    runs = {unicodedata.bidirectional(letter) for letter in text}
    if runs.isdisjoint(against):
        return text
    if runs.isdisjoint(own):
        return f"{FIRST_STRONG}{text}{END}"
    return f"{RIGHT_TO_LEFT if is_rtl(locale) else LEFT_TO_RIGHT}{text}{END}"


def ends_sentence(text: str) -> bool:
    """Return whether a text ends as a sentence does, whatever quotation marks or isolates close it."""
    return text.rstrip("»”“\"'’)）」』" + END)[-1:] in tuple(_SENTENCE_ENDS)
