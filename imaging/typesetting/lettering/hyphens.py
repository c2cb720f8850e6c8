"""Division of long Latin words: TeX's patterns, through pyphen."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyphen import Pyphen  # type: ignore[import-untyped]

WORD = re.compile(r"[^\W\d_]+(?:\u00ad[^\W\d_]+)*")
SHORTEST, LONGEST = 7, 80
EACH_SIDE = 3
CAPITALISED_NOUNS = ("de", "lb")
# The s that joins German nouns to what follows; the patterns alone put it on the wrong side ("Feuchtigkeitss-pendend").
JOINT = re.compile("(?<=...)(?:heits|keits|ungs|ions|schafts|täts|tums|lings)(?=[^\\W\\d_]{3})")


@lru_cache(maxsize=16)
def _patterns(locale: str) -> Pyphen | None:
    from pyphen import Pyphen, language_fallback

    known = language_fallback(locale.replace("-", "_"))
    return Pyphen(lang=known, left=EACH_SIDE, right=EACH_SIDE) if known else None


@lru_cache(maxsize=8_192)
def divisions(word: str, locale: str) -> tuple[tuple[int, bool], ...]:
    """Return (index at which `word` may be divided, whether that is a joint of a compound), sorted.

    Each lies three letters or more from the word's ends. Short words and names have none: names are words with capitals
    inside or, except in German, at their beginning. A word with soft hyphens is divided only there, by `breaking`.
    """
    if not SHORTEST <= len(word) <= LONGEST or "\u00ad" in word or word[1:] != word[1:].lower():
        return ()
    if word[0].isupper() and locale.split("-", maxsplit=1)[0] not in CAPITALISED_NOUNS:
        return ()
    patterns = _patterns(locale)
    if patterns is None:
        return ()
    german = locale.split("-", maxsplit=1)[0] in CAPITALISED_NOUNS
    joints = [joint.end() for joint in JOINT.finditer(word)] if german else []
    plain = [at for at in map(int, patterns.positions(word)) if all(abs(at - joint) > 2 for joint in joints)]
    return tuple(sorted([(at, False) for at in plain] + [(at, True) for at in joints]))
