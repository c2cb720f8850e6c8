"""Words as readers see them: the same word in other letters is found too (UTS #39).

Compatibility forms such as full-width letters are folded, invisible characters are removed, and each letter is replaced
by the prototype of those that look like it. The table `look_alikes.txt` is written by `infra.supply.look_alikes`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

# Default_Ignorable_Code_Point of Unicode: such a character is shown as nothing.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_HYPHEN_WITHIN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_NO_SYLLABLES = re.compile("[^\uac00-\ud7a3]+")
_LONG_WORD = 6


def words_said(text: str, words: Iterable[str]) -> Iterator[str]:
    """Yield those of `words` that a reader of `text` would see in it, also as a part of a longer word."""
    seen = _seen(text)
    for word in words:
        if any(_holds(kind, needle) for kind, needle in zip(seen, _sought(word), strict=True) if needle):
            yield word


def within_one_word(word: str) -> bool:
    """Return True if a reader sees `word` in a text only where one of the text's own words holds it."""
    return not any(" " in needle for needle in _sought(word))


@lru_cache(maxsize=1)
def _prototypes() -> dict[int, str]:
    lines = Path(__file__).with_name("look_alikes.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" ", 1) for line in lines if not line.startswith("#"))
    table = {int(code, 16): prototype for code, prototype in pairs}
    # The data says "rn" for m. Then "modern" would say "modem": m stands for itself here, and long words are compared
    # once more with every "rn" as m.
    del table[ord("m")]
    return {code: prototype.replace("rn", "m") for code, prototype in table.items()}


@lru_cache(maxsize=1)
def _prototypes_of_letters() -> dict[int, str]:
    return {code: prototype for code, prototype in _prototypes().items() if not chr(code).isdigit()}


def _skeleton(text: str) -> str:
    """Return a text in prototypes; a token that is no word, "100" or "50ml" for instance, keeps its digits."""
    return unicodedata.normalize("NFC", " ".join(map(_token_skeleton, text.split(" "))))


@lru_cache(maxsize=16_384)
def _token_skeleton(token: str) -> str:
    if token.isascii() and token.isalpha() and token.islower():
        return token
    letters, digits = sum(map(str.isalpha, token)), sum(map(str.isdigit, token))
    is_word = letters > digits or (letters == digits and token[:1].isalpha())
    table = _prototypes() if is_word else _prototypes_of_letters()
    # The parts of a Korean syllable stand for each other, and would make another syllable.
    return _NO_SYLLABLES.sub(lambda found: unicodedata.normalize("NFD", found[0]).translate(table), token)


def _plain(text: str) -> str:
    compatible = unicodedata.normalize("NFKC", _IGNORABLE.sub("", text))
    return " ".join(_IGNORABLE.sub("", compatible).split())


@lru_cache(maxsize=1_024)
def _seen(text: str) -> tuple[str, ...]:
    """Return a text in the forms that `_sought` has of a word.

    They are: small letters; small letters after the look-alikes of capitals, I for l, in words that are not all
    capitals; capitals as they are. Then the first form without hyphens, and with "rn" as m.
    """
    plain = _plain(text)
    small = _skeleton(plain.casefold())
    mixed = " ".join(token if token.isupper() else _skeleton(token) for token in plain.split(" "))
    return small, _skeleton(mixed.casefold()), _skeleton(plain), _HYPHEN_WITHIN.sub("", small), small.replace("rn", "m")


@lru_cache(maxsize=4_096)
def _sought(word: str) -> tuple[str, ...]:
    plain = _plain(word)
    small, capitals = _skeleton(plain.casefold()), _skeleton(plain.upper())
    has_capitals = any(letter.isupper() for letter in capitals)
    as_m = small.replace("rn", "m") if len(plain) >= _LONG_WORD else ""
    return small, small, capitals if has_capitals else "", _HYPHEN_WITHIN.sub("", small), as_m


def _holds(text: str, word: str) -> bool:
    """Return True if `word` stands in `text` and no mark changes its last letter."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if end == len(text) or not unicodedata.combining(text[end]):
            return True
        at = text.find(word, at + 1)
    return False
