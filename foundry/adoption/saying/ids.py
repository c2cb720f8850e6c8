"""Ids of campaigns, products and scenes, made of the names that people give them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_LONGEST_NAME = 1_000
# Letters that have no decomposition, as people write them in addresses.
_SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "å": "a", "đ": "d", "ł": "l", "œ": "oe", "þ": "th", "ð": "d"})


def slug(text: str) -> str:
    """Return at most 60 lower-case ASCII letters, digits and hyphens; deterministic for any text."""
    small = text[:_LONGEST_NAME].lower().translate(_SPELLED)
    folded = unicodedata.normalize("NFKD", small).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:60].strip("-")
    if made:
        return made
    import hashlib

    return "x" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


class UniqueIds:
    """Ids that are told apart by a number where several would be the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def take(self, wanted: str, ending: str) -> str:
        """Return `wanted` if it is free, else with `ending`, else with the next number that makes it free."""
        found = wanted
        if found in self._taken:
            found = f"{wanted[: 62 - len(ending)]}{ending}"
        start = wanted[:50]
        while found in self._taken:
            self._numbers[start] += 1
            found = f"{start}-{self._numbers[start]}"
        self._taken.add(found)
        return found
