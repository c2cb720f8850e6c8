"""Facts about locales, from the CLDR."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale


@lru_cache(maxsize=512)
def is_rtl(locale: str) -> bool:
    """Return True if the script of a locale (BCP 47 tag) runs from right to left."""
    return bool(Locale.parse(locale, sep="-").text_direction == "rtl")


@lru_cache(maxsize=512)
def is_traditional_chinese(locale: str) -> bool:
    """Return True if a locale writes Chinese in traditional characters, by its script or by its country."""
    language, *parts = locale.split("-")
    if language not in ("zh", "yue") or "Hans" in parts:
        return False
    return "Hant" in parts or language == "yue" or not {"TW", "HK", "MO"}.isdisjoint(parts)
