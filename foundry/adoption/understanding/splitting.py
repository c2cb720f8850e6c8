"""Leaves that list several values in one text: regions, languages, placements, products."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.shapes import colour_in, countries_in, file_name_in, is_sentence, locales_in, parts_of
from foundry.adoption.understanding.context import Context

_AT_WORDS = frozenset({Meaning.REGION, Meaning.LOCALE, Meaning.PLACEMENT})
_LISTS = _AT_WORDS | {Meaning.BANNED_WORD, Meaning.BRAND_FONT}
_LONGEST_NAME = 60


def parts_meant(text: str, meaning: Meaning, context: Context) -> tuple[tuple[Meaning, str], ...]:
    """Return the parts of a text with this meaning, each with its own: a region may be a language, and vice versa."""
    if meaning in (Meaning.REGION, Meaning.LOCALE):
        parts = _places(text) or (text,)
        meaning = Meaning.LOCALE if only_languages(parts) else meaning
        return tuple((_place_or_language(part, meaning), part if part in text else text) for part in parts)
    if meaning in _LISTS:
        parts = parts_of(text, at_words=meaning in _AT_WORDS)
    elif meaning is Meaning.BRAND_COLOUR:
        parts = tuple(dict.fromkeys(reading.text for reading in colour_in(text)))
    elif meaning in (Meaning.PRODUCT_PICTURE, Meaning.BRAND_LOGO):
        parts = tuple(reading.text for reading in file_name_in(text))
    elif meaning is Meaning.PRODUCT_NAME:
        single = context.is_item or context.scope.product is not None
        parts = (text,) if single else _products(text, several=context.several is Section.PRODUCTS)
    elif meaning is Meaning.SCENE and context.several is Section.SCENES and not context.is_item:
        parts = tuple(line.strip(" \t-*•") for line in text.splitlines() if line.strip(" \t-*•"))
    else:
        parts = (text,)
    return tuple((meaning, part) for part in parts if part in text) or ((meaning, text),)


def only_languages(texts: Sequence[str]) -> bool:
    """Return True for several codes of which each can be a language, and one nothing else: "en, fr"."""
    return len(texts) > 1 and all(locales_in(text) for text in texts) and any(not countries_in(text) for text in texts)


@lru_cache(maxsize=4096)
def _places(text: str) -> tuple[str, ...]:
    parts = parts_of(text)
    if len(parts) == 1:
        places = tuple(reading.text for reading in countries_in(text))
        languages = tuple(reading.text for reading in locales_in(text))
        known = max(places, languages, key=len)
        if len(known) > 1:
            return known
    return parts


@lru_cache(maxsize=4096)
def _place_or_language(part: str, meaning: Meaning) -> Meaning:
    languages, places = locales_in(part), countries_in(part)
    if meaning is Meaning.REGION and languages and (languages[0].stated or not places):
        return Meaning.LOCALE
    if meaning is Meaning.LOCALE and places and not languages:
        return Meaning.REGION
    return meaning


def _products(text: str, *, several: bool) -> tuple[str, ...]:
    """Return the names in a text; without a key in the plural, only a list of capitalised names is one."""
    parts = parts_of(text, at_words=several)
    if several and text[-1] not in ".!?":
        return parts
    names = all(len(part) <= _LONGEST_NAME and (part[0].isupper() or not part[0].isascii()) for part in parts)
    return parts if names and not is_sentence(text) and not any(part[0].isdigit() for part in parts) else (text,)
