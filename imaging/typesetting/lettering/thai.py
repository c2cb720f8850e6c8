"""Word boundaries of Thai, written without spaces: the fewest dictionary words that cover a stretch of letters."""

from __future__ import annotations

import re
from functools import lru_cache

from templates import TEMPLATES

STRETCH = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]+")
LISTS = ("thai.txt", "thai-advertising.txt")
LONGEST = 32
LEADING_VOWELS = frozenset("เแโใไ")
DEPENDENT = frozenset("ฯะัาำิีึืฺุูๅๆ็่้๊๋์ํ๎")
SILENCED = re.compile("[\u0e01-\u0e2e][\u0e34\u0e35\u0e38]?\u0e4c")
UNKNOWN_COST = 100


@lru_cache(maxsize=1)
def dictionary() -> frozenset[str]:
    """Return all words of `templates/words`."""
    texts = ((TEMPLATES / "words" / name).read_text(encoding="utf-8") for name in LISTS)
    return frozenset(word for text in texts for word in text.split())


def word_breaks(text: str) -> list[int]:
    """Return the indices in `text` at which a Thai word ends and the next begins."""
    found = []
    for stretch in STRETCH.finditer(text):
        found += [stretch.start() + at for at in _inside(stretch[0])]
    return found


@lru_cache(maxsize=2_048)
def _inside(letters: str) -> tuple[int, ...]:
    """Return the boundaries within one stretch; letters of no known word stay with the word before them."""
    at, ends = len(letters), []
    back = _cheapest(letters)
    while at > 0:
        start, known = back[at]
        if known and start:
            ends.append(start)
        at = start
    return tuple(reversed(ends))


def _cheapest(letters: str) -> dict[int, tuple[int, bool]]:
    """Return, for each boundary, the boundary before it on the cheapest path, and whether a word lies between.

    A letter of no word costs 100, a word 1.
    """
    words = dictionary()
    ends = [*(at for at in range(1, len(letters)) if _may_part(letters, at)), len(letters)]
    costs: dict[int, int] = {0: 0}
    back: dict[int, tuple[int, bool]] = {}
    starts = [0]
    for end in ends:
        best = (costs[starts[-1]] + UNKNOWN_COST * (end - starts[-1]), starts[-1], False)
        for start in reversed(starts):
            if end - start > LONGEST:
                break
            if letters[start:end] in words:
                best = min(best, (costs[start] + 1, start, True), key=lambda found: found[0])
        costs[end] = best[0]
        back[end] = (best[1], best[2])
        starts.append(end)
    return back


def _may_part(letters: str, at: int) -> bool:
    """Return whether a word may begin at `at`: not within a vowel, before a mark, or before a silenced letter."""
    if letters[at] in DEPENDENT or letters[at - 1] in LEADING_VOWELS:
        return False
    return SILENCED.match(letters, at) is None
