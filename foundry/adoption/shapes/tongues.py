"""Languages and locales, by the names and tags that people give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from foundry.adoption.shapes.parts import parts_of
from foundry.adoption.shapes.regions import FAR_EASTERN, HAN_OR_KANA, NAMED_IN, country_named, country_of_code
from foundry.adoption.shapes.tongue_names import (
    EUROPEAN,
    MOST_USED,
    OF_COUNTRIES,
    ONLY_WITH_LOW_SCORE,
    OWN_NAMES,
    SAME,
    THREE,
    WORDS_TOO,
)

LONGEST_NAME, LONGEST = 50, 2_000
_WORDS = re.compile(r"[\s()（）\[\]_.,:/–—-]+")
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|419))?(?:\.utf-?8)?", re.IGNORECASE)


@dataclass(frozen=True)
class LocaleReading:
    """A language as a locale. text: its part of the text. tag: a BCP 47 tag with a country ("de-DE", "es-419").

    stated: True if the text itself names the country; otherwise the tag has the country where most speakers live.
    """

    text: str
    tag: str
    stated: bool
    score: float


@lru_cache(maxsize=8192)
def locales_in(text: str) -> tuple[LocaleReading, ...]:
    """Return the languages that a text lists, in its order, by tag, by code, or by name in ten languages.

    "de_AT", "German (Austria)", "Brazilian Portuguese",
    "繁體中文" and "LATAM Spanish" are known. Items that are none are
    left out: compare with `parts_of(text)` to find them. The name of a country alone is no language; its code can be,
    and scores low.
    """
    if not text.strip() or len(text) > LONGEST:
        return ()
    if whole := _locale(text):
        return (whole,)
    parts = parts_of(text)
    words = text.split()
    if len(parts) == 1 and len(words) > 1 and all(_TAG.fullmatch(word) for word in words):
        parts = tuple(words)
    found = (_locale(part) for part in parts)
    return tuple(reading for reading in found if reading)


def locale_of_country(country: str) -> str:
    """Return the locale of a country's first official language: "de-CH" for "CH"."""
    return locales_of_country(country)[0]


@lru_cache(maxsize=300)
def locales_of_country(country: str) -> tuple[str, ...]:
    """Return the locales of a country's official languages, that of most people first; at least one."""
    from babel.languages import get_official_languages

    found = get_official_languages(country, de_facto=True)
    languages = [
        SAME.get(name, name) for name in (tag.split("_")[0] for tag in found) if name in MOST_USED or name == "no"
    ]
    return tuple(dict.fromkeys(f"{language}-{country}" for language in languages)) or (f"en-{country}",)


def _locale(part: str) -> LocaleReading | None:
    name = part.strip().strip(".")
    if not name or len(name) > LONGEST_NAME:
        return None
    if tag := _TAG.fullmatch(name):
        return _from_tag(part, tag)
    words = [word for word in _WORDS.split(name.casefold()) if word]
    if not words or len(words) > 6:
        return None
    for at in range(len(words), 0, -1):
        for language_words, country_words in (
            (words[:at], words[at:]),
            (words[len(words) - at :], words[: len(words) - at]),
        ):
            if reading := _from_words(part, name, " ".join(language_words), " ".join(country_words)):
                return reading
    return None


def _from_tag(part: str, found: re.Match[str]) -> LocaleReading | None:
    written, script, country = found[1], found[2], found[3]
    language = written.lower()
    if not country and not script:
        return _from_code(part, written)
    if country and not script and len(written) == 2 and _is_turned(written, country):
        language, written, country = country.lower(), country.lower(), written
    known = SAME.get(language, THREE.get(language, language)) if language not in ONLY_WITH_LOW_SCORE else language
    place = country_of_code(country.upper()) if country and country != "419" else country
    if known.split("_")[0] not in MOST_USED or (country and not place):
        return None
    if script and script.title() not in ("Latn", "Cyrl", "Hans", "Hant", "Arab"):
        return None
    tag = full_tag(known.split("_")[0], script.title() if script else "", place or "")
    as_tags_are = written.islower() and (not country or country.isupper() or country == "419")
    return LocaleReading(part, tag, bool(place), 0.98 if as_tags_are else 0.9)


def _is_turned(first: str, second: str) -> bool:
    """Return True for a country before its language, "AT-de"."""
    turned = SAME.get(second.lower(), second.lower()) in MOST_USED and country_of_code(first.upper()) is not None
    return turned and ((first.isupper() and second.islower()) or first.lower() not in MOST_USED)


def _from_code(part: str, written: str) -> LocaleReading | None:
    code = written.lower()
    known = SAME.get(code) or THREE.get(code) or code
    language, _, script = known.partition("_")
    if language not in MOST_USED or (len(code) == 3 and code not in THREE and code != "fil"):
        return _from_words(part, part, code, "")
    score = 0.35 if code in ONLY_WITH_LOW_SCORE else 0.45 if code in WORDS_TOO else 0.7
    return LocaleReading(part, full_tag(language, script, ""), False, score if written.islower() else score - 0.1)


def _from_words(part: str, name: str, language: str, country: str) -> LocaleReading | None:
    """Return the locale of a language's name and a country's, which may be missing; codes stand for names too."""
    known = OWN_NAMES.get(language) or _names(far_eastern=bool(HAN_OR_KANA.search(language))).get(language)
    by_name = known is not None
    if not known and country and len(language) in (2, 3):
        known = SAME.get(language) or (language if language in MOST_USED else THREE.get(language))
    if not known:
        return None
    tongue, _, rest = known.partition("_")
    script, place = (rest, "") if len(rest) == 4 else ("", rest)
    if country:
        found = _country(country, tongue, name)
        if not found:
            return None
        place = found
    return LocaleReading(part, full_tag(tongue, script, place), bool(place), 0.95 if by_name else 0.85)


def _country(words: str, language: str, name: str) -> str | None:
    if words in OF_COUNTRIES:
        return OF_COUNTRIES[words]
    if words in EUROPEAN:
        return EUROPEAN[words].get(language)
    if words in (
        "latin america",
        "lateinamerika",
        "latinoamérica",
        "américa latina",
        "amérique latine",
        "419",
        "latam",
    ):
        return "419"
    if len(words) in (2, 3) and words.isascii():
        return country_of_code(words.upper()) if words.upper() in name or len(words) == 2 else None
    return country_named(words)


def full_tag(language: str, script: str, country: str) -> str:
    """Return a tag with its country; the script stands in it only where the country does not imply it."""
    if not country:
        country = _likely(f"{language}_{script}" if script else language)[2]
    if script and _likely(f"{language}_{country}")[1] == script:
        script = ""
    return "-".join(word for word in (language, script, country) if word)


@lru_cache(maxsize=300)
def _likely(tag: str) -> tuple[str, str, str]:
    """Return language, script and country that most people mean by a shorter tag; empty where nothing is known."""
    from babel.core import get_global

    known = get_global("likely_subtags")
    full = known.get(tag) or known.get(tag.split("_", maxsplit=1)[0], tag)
    words = full.split("_")
    script = next((word for word in words[1:] if len(word) == 4), "")
    country = next((word for word in words[1:] if len(word) == 2), "")
    return words[0], script, country


@lru_cache(maxsize=2)
def _names(*, far_eastern: bool) -> dict[str, str]:
    """Return the names of languages in small letters, each with its code, or with that of a language and a country."""
    from babel import Locale

    names: dict[str, str] = {}
    for tag in FAR_EASTERN if far_eastern else NAMED_IN:
        for code, name in Locale.parse(tag).languages.items():
            if code.split("_")[0] in MOST_USED and code.count("_") < 2:
                names.setdefault(name.casefold(), code)
    return names
