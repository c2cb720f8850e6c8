"""Languages and locales, by the names and tags that people give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from foundry.adoption.shapes.parts import parts_of
from foundry.adoption.shapes.regions import FAR_EASTERN, HAN_OR_KANA, NAMED_IN, country_named, country_of_code

LONGEST_NAME, LONGEST = 50, 2_000
_WORDS = re.compile(r"[\s()（）\[\]_.,:/–—-]+")
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|419))?(?:\.utf-?8)?", re.IGNORECASE)
_OWN_NAMES = {
    "deutsch": "de", "english": "en", "français": "fr", "francais": "fr", "español": "es", "espanol": "es",
    "castellano": "es", "castilian": "es",
    "português": "pt", "portugues": "pt", "italiano": "it", "nederlands": "nl", "svenska": "sv", "norsk": "nb",
    "bokmål": "nb", "norsk bokmål": "nb",
    "nynorsk": "nn", "norsk nynorsk": "nn", "norwegian": "nb", "norwegisch": "nb", "norvégien": "nb",
    "noruego": "nb", "norueguês": "nb",
    "ノルウェー語": "nb", "挪威语": "nb", "dansk": "da", "suomi": "fi", "íslenska": "is", "polski": "pl",
    "čeština": "cs",
    "slovenčina": "sk",
    "slovenščina": "sl", "magyar": "hu", "română": "ro", "hrvatski": "hr", "български": "bg", "ελληνικά": "el",
    "русский": "ru", "українська": "uk",
    "türkçe": "tr", "turkce": "tr", "eesti": "et", "latviešu": "lv", "lietuvių": "lt", "català": "ca",
    "euskara": "eu", "galego": "gl",
    "日本語": "ja", "日語": "ja", "日语": "ja", "日文": "ja", "中文": "zh", "汉语": "zh", "漢語": "zh",
    "mandarin": "zh", "普通话": "zh",
    "简体中文": "zh_Hans", "簡体中文": "zh_Hans", "简体": "zh_Hans", "simplified chinese": "zh_Hans",
    "chinese simplified": "zh_Hans",
    "chinesisch vereinfacht": "zh_Hans", "繁體中文": "zh_Hant", "繁体中文": "zh_Hant", "繁體": "zh_Hant",
    "traditional chinese": "zh_Hant",
    "chinese traditional": "zh_Hant", "chinesisch traditionell": "zh_Hant", "cantonese": "zh_HK", "한국어": "ko",
    "ไทย": "th", "tiếng việt": "vi",
    "bahasa indonesia": "id", "bahasa melayu": "ms", "filipino": "fil", "tagalog": "fil", "हिन्दी": "hi",
    "العربية": "ar", "עברית": "he", "فارسی": "fa",
    "英語": "en", "英语": "en", "英文": "en", "独語": "de", "德语": "de", "德文": "de", "仏語": "fr", "法语": "fr",
    "法文": "fr",
    "西班牙文": "es",
    "葡萄牙文": "pt", "意大利文": "it", "韩文": "ko", "韓文": "ko",
}  # fmt: skip
_OF_COUNTRIES = {
    "canadian": "CA", "canadien": "CA", "kanadisch": "CA", "kanadisches": "CA", "brazilian": "BR",
    "brasilianisch": "BR", "brasilianisches": "BR",
    "brésilien": "BR", "brasileiro": "BR", "mexican": "MX", "mexikanisch": "MX", "mexikanisches": "MX",
    "mexicano": "MX", "swiss": "CH",
    "schweizer": "CH", "schweizerisch": "CH", "austrian": "AT", "österreichisch": "AT", "österreichisches": "AT",
    "british": "GB", "britisch": "GB",
    "britisches": "GB", "britannique": "GB", "american": "US", "amerikanisch": "US", "amerikanisches": "US",
    "américain": "US", "australian": "AU",
    "belgian": "BE", "belgisch": "BE", "belge": "BE", "argentinian": "AR", "argentine": "AR", "argentino": "AR",
    "colombian": "CO", "chilean": "CL",
    "indian": "IN", "irish": "IE", "flemish": "BE", "latam": "419", "latin american": "419",
    "latinoamericano": "419", "neutral": "419",
    "international": "419", "uk": "GB", "米": "US", "英国": "GB", "カナダ": "CA", "ブラジル": "BR", "巴西": "BR",
    "墨西哥": "MX",
}  # fmt: skip
_EUROPEAN = {
    "european": {"es": "ES", "pt": "PT", "fr": "FR"},
    "europeu": {"pt": "PT"},
    "europäisches": {"es": "ES", "pt": "PT"},
}
_THREE = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "esp": "es", "por": "pt",
    "ita": "it", "jpn": "ja", "zho": "zh",
    "chi": "zh", "kor": "ko", "nld": "nl", "dut": "nl", "swe": "sv", "dan": "da", "nor": "nb", "fin": "fi",
    "pol": "pl", "rus": "ru", "tur": "tr",
    "ara": "ar", "hin": "hi", "fil": "fil", "chs": "zh_Hans", "cht": "zh_Hant",
}  # fmt: skip
_SAME = {
    "no": "nb",
    "iw": "he",
    "tl": "fil",
    "jp": "ja",
    "cn": "zh",
    "kr": "ko",
    "gr": "el",
    "cz": "cs",
    "dk": "da",
    "se": "sv",
    "ua": "uk",
    "cat": "ca",
}
_ONLY_WITH_LOW_SCORE = frozenset({"jp", "cn", "kr", "gr", "cz", "dk", "se", "ua"})
"""Codes of countries that people write for the language; `se` is also Northern Sami, which nobody means."""
_WORDS_TOO = frozenset(
    [
        "am",
        "as",
        "at",
        "be",
        "do",
        "go",
        "he",
        "hi",
        "id",
        "in",
        "is",
        "it",
        "lo",
        "me",
        "my",
        "no",
        "of",
        "on",
        "or",
        "so",
        "to",
        "us",
        "we",
    ]
)
_MOST_USED = frozenset(
    [
        "af",
        "am",
        "ar",
        "az",
        "be",
        "bg",
        "bn",
        "bs",
        "ca",
        "cs",
        "cy",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "eu",
        "fa",
        "fi",
        "fil",
        "fr",
        "ga",
        "gl",
        "gu",
        "he",
        "hi",
        "hr",
        "hu",
        "hy",
        "id",
        "is",
        "it",
        "ja",
        "ka",
        "kk",
        "km",
        "kn",
        "ko",
        "lo",
        "lt",
        "lv",
        "mk",
        "ml",
        "mn",
        "mr",
        "ms",
        "mt",
        "my",
        "nb",
        "ne",
        "nl",
        "nn",
        "pa",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sq",
        "sr",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tr",
        "uk",
        "ur",
        "uz",
        "vi",
        "zh",
        "zu",
    ]
)


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
        _SAME.get(name, name) for name in (tag.split("_")[0] for tag in found) if name in _MOST_USED or name == "no"
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
    known = _SAME.get(language, _THREE.get(language, language)) if language not in _ONLY_WITH_LOW_SCORE else language
    place = country_of_code(country.upper()) if country and country != "419" else country
    if known.split("_")[0] not in _MOST_USED or (country and not place):
        return None
    if script and script.title() not in ("Latn", "Cyrl", "Hans", "Hant", "Arab"):
        return None
    tag = full_tag(known.split("_")[0], script.title() if script else "", place or "")
    as_tags_are = written.islower() and (not country or country.isupper() or country == "419")
    return LocaleReading(part, tag, bool(place), 0.98 if as_tags_are else 0.9)


def _from_code(part: str, written: str) -> LocaleReading | None:
    code = written.lower()
    known = _SAME.get(code) or _THREE.get(code) or code
    language, _, script = known.partition("_")
    if language not in _MOST_USED or (len(code) == 3 and code not in _THREE and code != "fil"):
        return _from_words(part, part, code, "")
    score = 0.35 if code in _ONLY_WITH_LOW_SCORE else 0.45 if code in _WORDS_TOO else 0.7
    return LocaleReading(part, full_tag(language, script, ""), False, score if written.islower() else score - 0.1)


def _from_words(part: str, name: str, language: str, country: str) -> LocaleReading | None:
    """Return the locale of a language's name and a country's, which may be missing; codes stand for names too."""
    known = _OWN_NAMES.get(language) or _names(far_eastern=bool(HAN_OR_KANA.search(language))).get(language)
    by_name = known is not None
    if not known and country and len(language) in (2, 3):
        known = _SAME.get(language) or (language if language in _MOST_USED else _THREE.get(language))
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
    if words in _OF_COUNTRIES:
        return _OF_COUNTRIES[words]
    if words in _EUROPEAN:
        return _EUROPEAN[words].get(language)
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
            if code.split("_")[0] in _MOST_USED and code.count("_") < 2:
                names.setdefault(name.casefold(), code)
    return names
