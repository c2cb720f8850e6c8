"""Languages in scopes, as far as the file states them."""

from __future__ import annotations

from foundry.adoption.shapes import LocaleReading

_TRADITIONAL = frozenset({"Hant", "TW", "HK", "MO"})


def scope_of(reading: LocaleReading) -> str:
    """Return a language as scopes hold it: "de-AT", or "de" and "zh-Hant" where the file names no country."""
    if reading.stated:
        return reading.tag
    language, *rest = reading.tag.split("-")
    return "zh-Hant" if language == "zh" and _TRADITIONAL & set(rest) else language
