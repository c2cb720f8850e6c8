"""The part of a key that is no name of a fact but says where it belongs: `headline_de`, `copy.fr-CA`, `Price (EUR)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from foundry.adoption.meaning import COPY, Meaning, Section
from foundry.adoption.shapes import LocaleReading, countries_in, locales_in
from foundry.adoption.understanding.keys import Phrase, words_of
from foundry.adoption.understanding.senses import Sense, is_known, is_passing, sure_sense_of

_SURE = 0.8
"""Score from which the rest of a key is a word of the vocabulary, so that the part beside it can be a scope."""
_LEAST_COUNTRY = 0.5
_USUAL_COUNTRIES = ("us", "uk")
"""Codes that stand in keys for countries although they are words, or codes of languages, too."""
_SIGN = re.compile(r"[€$£¥₹₩₪₺]")
_LONGEST_SCOPE = 3
_NUMBERED_LETTERS = "abcdefgh"


@dataclass(frozen=True)
class KeyParts:
    """A key without its scope. locale: the reading of the part that names a language; market, currency: that part."""

    key: str
    locale: LocaleReading | None = None
    market: str = ""
    currency: str = ""
    number: int = 0


@lru_cache(maxsize=8192)
def parts_of_key(key: str, section: Section | None) -> KeyParts:
    """Return a key's name and its scope. A key that the vocabulary has as a whole has no locale and no market."""
    words = words_of(key)
    number = next((int(word) for word in words if word.isdecimal() and len(word) < 4), 0) or _letter(words)
    if found := _currency(key, words, section):
        return KeyParts(found[0], currency=found[1], number=number)
    if is_known(key, section):
        return KeyParts(key, number=number)
    for rest, part in _splits(words):
        best = _best(rest, section)
        if best is None:
            continue
        if found_scope := _scope(part, best):
            return KeyParts(" ".join(rest), *found_scope, number=number)
    return KeyParts(key, number=number)


def _letter(words: Phrase) -> int:
    """Return 2 for `product_b`."""
    if len(words) < 2 or len(words[-1]) != 1:
        return 0
    return _NUMBERED_LETTERS.find(words[-1].casefold()) + 1


def _currency(key: str, words: Phrase, section: Section | None) -> tuple[str, str] | None:
    if sign := _SIGN.search(key):
        return key.replace(sign[0], " "), sign[0]
    if len(words) < 2:
        return None
    for word, rest in ((words[-1], words[:-1]), (words[0], words[1:])):
        if len(word) == 3 and word.isascii() and word.upper() in _currencies():
            best = _best(rest, section)
            if best and best.meaning in (Meaning.PRICE, Meaning.BUDGET):
                return " ".join(rest), word.upper()
    return None


def is_currency(key: str) -> bool:
    """Return True if a key is the code or the sign of a currency."""
    return bool(_SIGN.fullmatch(key.strip())) or key.strip().upper() in _currencies()


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def _splits(words: Phrase) -> Iterator[tuple[Phrase, Phrase]]:
    """Yield a key's name and the part before or behind it, longer parts first."""
    for length in range(min(_LONGEST_SCOPE, len(words) - 1), 0, -1):
        yield words[:-length], words[-length:]
        if not is_passing(" ".join(words[:length])):
            yield words[length:], words[:length]


def _best(words: Phrase, section: Section | None) -> Sense | None:
    rest = " ".join(words)
    found = sure_sense_of(rest, section)
    return found if found and found.score >= _SURE and not (is_passing(rest) and not is_known(rest)) else None


def _scope(part: Phrase, best: Sense) -> tuple[LocaleReading | None, str] | None:
    """Return the language and the market that a part of a key names: one of them."""
    locale = _locale(part)
    market = _market(part)
    if locale and market and not locale.stated:
        return (locale, "") if best.meaning in (*COPY, Meaning.VOICE_OVER) else (None, market)
    if locale:
        return locale, ""
    return (None, market) if market else None


def _locale(part: Phrase) -> LocaleReading | None:
    short = all(len(word) <= 4 and word.isascii() for word in part)
    found = locales_in(("-" if short else " ").join(part))
    return found[0] if len(found) == 1 else None


def _market(part: Phrase) -> str:
    text = " ".join(part)
    if is_passing(text) and not text.isupper():
        return ""
    found = countries_in(text)
    usual = text.casefold() in _USUAL_COUNTRIES
    return text if len(found) == 1 and (usual or found[0].score >= _LEAST_COUNTRY) else ""
