"""Where long Latin words may be divided: TeX's patterns, through pyphen."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyphen import Pyphen  # type: ignore[import-untyped]

WORD = re.compile(r"[^\W\d_]+(?:\u00ad[^\W\d_]+)*")
SHORTEST = 7
EACH_SIDE = 3
CAPITALISED_NOUNS = ("de", "lb")


@lru_cache(maxsize=16)
def _patterns(locale: str) -> Pyphen | None:
    from pyphen import Pyphen, language_fallback

    known = language_fallback(locale.replace("-", "_"))
    return Pyphen(lang=known, left=EACH_SIDE, right=EACH_SIDE) if known else None


@lru_cache(maxsize=8_192)
def divisions(word: str, locale: str) -> tuple[int, ...]:
    """Indices at which `word` may be divided, at least three letters from its ends; none for short words and names.

    A word that has soft hyphens is divided only there, by `breaking`; so are words with capitals inside or, but in
    German, at their beginning (which may be names).
    """
    if len(word) < SHORTEST or "\u00ad" in word or word[1:] != word[1:].lower():
        return ()
    if word[0].isupper() and locale.split("-")[0] not in CAPITALISED_NOUNS:
        return ()
    patterns = _patterns(locale)
    return tuple(int(at) for at in patterns.positions(word)) if patterns else ()
