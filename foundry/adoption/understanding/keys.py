"""Keys as people write them, split into words: `campaignName` and `Campaign-Name` are the same phrase."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

Phrase = tuple[str, ...]
LONGEST_KEY = 200
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BEYOND_FOLDING = 0x2000
"""Marks are taken off letters below this code point alone: those of kana tell sounds apart."""


@lru_cache(maxsize=8192)
def words_of(key: str) -> Phrase:
    """Return the words of a key as they stand: split at blanks and signs, changes of case and of script, and digits."""
    words: list[str] = []
    start = True
    text = unicodedata.normalize("NFKC", key[:LONGEST_KEY])
    for index, letter in enumerate(text):
        kind = _kind(letter)
        if not kind:
            start = True
            continue
        if start or _begins_word(text, index):
            words.append("")
        words[-1] += letter
        start = False
    return tuple(words)


@lru_cache(maxsize=8192)
def phrase_of(key: str) -> Phrase:
    """Return the words of a key in small letters."""
    return tuple(word.casefold() for word in words_of(key))


def spelled(phrase: Phrase) -> str:
    """Return a phrase with blanks between its words."""
    return " ".join(phrase)


def folded(phrase: Phrase) -> Phrase:
    """Return a phrase with the marks taken off its letters: é is e, ä is a."""
    return tuple(_folded_word(word) for word in phrase)


def umlauts_spelled(phrase: Phrase) -> Phrase:
    """Return a phrase as keyboards without umlauts write it: ä is ae."""
    return tuple(word.translate(_UMLAUTS) for word in phrase)


def without_numbers(phrase: Phrase) -> Phrase:
    """Return a phrase without its numbers; the phrase itself if it has nothing else."""
    return tuple(word for word in phrase if not word.isdecimal()) or phrase


def is_uncased(word: str) -> bool:
    """Return True if a word is written in letters without case, such as Han and kana."""
    return any(_kind(letter) == "other" for letter in word)


@lru_cache(maxsize=8192)
def _folded_word(word: str) -> str:
    if any(ord(letter) >= _BEYOND_FOLDING for letter in word):
        return word
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))


def _kind(letter: str) -> str:
    """Return the sort of a character of a word: digit, upper, lower, other letters, mark; "" between words."""
    if letter.isdecimal():
        return "digit"
    if unicodedata.category(letter).startswith("M"):
        return "mark"
    if not letter.isalnum():
        return ""
    if letter.isupper():
        return "upper"
    return "lower" if letter.islower() and letter not in "ªº" else "other"


def _begins_word(text: str, index: int) -> bool:
    """Return True if a word begins at a letter that follows another one without a blank."""
    before, here = _kind(text[index - 1]), _kind(text[index])
    after = _kind(text[index + 1]) if index + 1 < len(text) else ""
    if here == "mark" or before == "mark":
        return False
    if here == "upper":
        return before != "upper" or (after == "lower" and not _is_plural(text, index))
    if here == "lower":
        return before not in ("lower", "upper")
    return before != here


def _is_plural(text: str, index: int) -> bool:
    """Return True where capitals end in a plural s: `IDs`, `SKUs`, `CTAs`."""
    following = text[index + 1 : index + 3]
    return following[:1] == "s" and not following[1:].isalpha()
