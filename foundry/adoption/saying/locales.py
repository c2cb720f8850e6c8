"""The locales of a campaign: those that are ordered, and those that copy of a language or of a market is for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from foundry.adoption.shapes import countries_in, locale_of_country, locales_in, locales_of_country

LATIN_AMERICA = "es-419"
_USUAL = {"en": ("GB", "CA", "AU", "SG", "IN"), "es": ("MX",), "fr": ("CA", "BE"), "ar": ("SA", "AE"), "de": ("AT",)}
"""The regions whose form of a language is usual in a group of countries that leaves out the language's home."""


def language(tag: str) -> str:
    """Return the language of a BCP 47 tag, with the script where that decides the words: "zh-Hant" for zh-TW."""
    parts = tag.split("-")
    if parts[0] == "zh":
        return "zh-Hant" if {"Hant", "TW", "HK", "MO"} & set(parts) else "zh"
    return "nb" if parts[0] == "no" else parts[0]


def territory(tag: str) -> str:
    """Return the region of a BCP 47 tag, "DE" of "de-DE"; "" if it names none."""
    return next((part for part in tag.split("-")[1:] if len(part) == 2 or part.isdigit()), "")


@lru_cache(maxsize=512)
def likely(tag: str) -> str:
    """Return a locale with the region where its language is most at home: "de-DE" for "de" (CLDR's likely subtags)."""
    from babel.core import get_global

    if territory(tag):
        return tag
    plain = language(tag)
    subtags = str(get_global("likely_subtags").get(plain.replace("-", "_"), ""))
    country = next((part for part in subtags.split("_")[1:] if len(part) == 2), "")
    return f"{plain.split('-')[0]}-{country}" if country else tag


@lru_cache(maxsize=2_048)
def countries_of(market: str) -> tuple[str, ...]:
    """Return the ISO 3166 codes of the countries that a market names; empty for one that is no country or group."""
    if territory(market) and (tag := locale_named(market)):
        return (territory(tag),)
    return tuple(dict.fromkeys(code for reading in countries_in(market) for code in reading.countries))


@lru_cache(maxsize=2_048)
def locale_named(text: str) -> str:
    """Return the tag of the locale that a text names, or of the language if it names no region; "" for other texts."""
    readings = locales_in(text)
    if not readings:
        return ""
    best = max(readings, key=lambda reading: reading.score)
    return best.tag if best.stated else language(best.tag)


@lru_cache(maxsize=512)
def spoken_in(country: str) -> tuple[str, ...]:
    """Return the locales of a country, the one of most people first."""
    main = locale_of_country(country)
    return tuple(dict.fromkeys((*([main] if main else []), *locales_of_country(country))))


def in_countries(tag: str, countries: Sequence[str]) -> str:
    """Return a language's locale in the first of some countries where it is spoken, best where it is most at home."""
    if territory(tag):
        return tag
    wanted, home = language(tag), likely(tag)
    there = [spoken for country in countries for spoken in spoken_in(country) if language(spoken) == wanted]
    if len(there) > 3 and wanted == "es" and "MX" in map(territory, there):
        return LATIN_AMERICA if home not in there else home
    if home in there:
        return home
    if not there:
        return abroad(wanted, countries)
    usual = (f"{wanted.split('-')[0]}-{country}" for country in _USUAL.get(wanted, ()))
    return next((each for each in usual if each in there), there[0])


def same_language(tag: str, tags: Iterable[str]) -> tuple[str, ...]:
    """Return those of the tags that are of a tag's language, and of its region if it has one."""
    region = territory(tag)
    return tuple(each for each in tags if language(each) == language(tag) and region in ("", territory(each)))


def abroad(language_code: str, countries: Sequence[str]) -> str:
    """Return a language's locale for countries that do not speak it: English as it is written in Germany, "en-DE".

    Where the CLDR has no such form, the language's own.
    """
    from babel.localedata import exists

    for country in countries[:1]:
        if exists(f"{language_code}_{country}"):
            return f"{language_code}-{country}"
    return likely(language_code)
