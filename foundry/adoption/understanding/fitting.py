"""The fit of a value to a meaning: a day fits an expiry, a sentence does not fit a currency."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from foundry.adoption.leaf import Kind, Leaf
from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.shapes import (
    address_in,
    approval_in,
    colour_in,
    countries_in,
    day_range_in,
    days_in,
    file_name_in,
    is_sentence,
    locales_in,
    money_in,
    parts_of,
    placements_in,
)

FITS, LIKELY, UNLIKELY, WRONG = 1.0, 0.8, 0.45, 0.15
"""Factors on the score of a meaning."""
LONG_NAME, LONG_LINE, LONGEST_READ = 80, 300, 2_000
_NUMBER = re.compile(r"[-+]?\d[\d.,'’  ]*")
_SECONDS = re.compile(
    r"\d+([.,]\d+)?\s*(s|sec|secs|second|seconds|sek|sekunden|secondes|segundos|秒|\"|''|″)?", re.IGNORECASE
)
_COUNT = re.compile(r"\d{1,4}")
_CURRENCY = re.compile(r"[A-Z]{3}|[€$£¥₹₩₪₺zł元円kr.]{1,3}|[a-z]{3}")
_BRACKETED = re.compile(r"\[[^\[\]]{1,80}\]|<[A-Za-z][A-Za-z ]{2,60}>")
_PLACEHOLDERS = frozenset({
    "tbd", "tbc", "tba", "n/a", "-", "--", "—", "–", "?", "??", "???", "xx", "xxx", "xxxx", "todo", "to do",
    "to be defined", "to be confirmed", "to be determined", "to follow", "placeholder", "none", "null", "folgt",
    "wird nachgereicht",
    "noch offen", "à définir", "à confirmer", "por definir", "por confirmar", "a definir",
    "a confirmar", "未定", "待定",
})  # fmt: skip
_AGE = re.compile(r"\d{1,2}\s*\+")
_PERCENT = re.compile(r"[-+–]?\s*\d+([.,]\d+)?\s*[%％]")


def fit(meaning: Meaning, leaf: Leaf, section: Section | None) -> float:
    """Return the factor, 0 to 1, by which a value fits a meaning in a section."""
    if meaning is Meaning.NOTE:
        return FITS
    factor = _fit(meaning, leaf.text[:LONGEST_READ], leaf.kind)
    return factor * _fit_of_section(meaning, section, factor)


_UNUSUAL: dict[tuple[Section, Meaning], float] = {
    (Section.PRODUCTS, Meaning.BRAND_COLOUR): 0.4,
    (Section.PRODUCTS, Meaning.BRAND_FONT): 0.6,
    (Section.COPY, Meaning.BRAND_FONT): 0.4,
    (Section.COPY, Meaning.BRAND_COLOUR): 0.4,
    (Section.PRODUCTS, Meaning.AUDIENCE): 0.9,
    (Section.PLACEMENTS, Meaning.BUDGET): 0.5,
    (Section.BRAND, Meaning.HEADLINE): 0.6,
    (Section.BRAND, Meaning.MESSAGE): 0.6,
    (Section.BRAND, Meaning.STYLE): 0.75,
    (Section.BRAND, Meaning.AVOID): 0.7,
    (Section.SCENES, Meaning.BRAND_TONE): 0.7,
    (Section.SCENES, Meaning.BRAND_COLOUR): 0.7,
    (Section.SCENES, Meaning.APPROVAL): 0.8,
}
_OF_NOTES = frozenset({
    Meaning.BRAND, Meaning.CAMPAIGN_NAME, Meaning.CAMPAIGN_ID, Meaning.REGION, Meaning.LOCALE, Meaning.AUDIENCE,
    Meaning.EMBARGO, Meaning.EXPIRY, Meaning.APPROVAL, Meaning.BUDGET, Meaning.PRIORITY, Meaning.NOTE, Meaning.LEGAL,
})  # fmt: skip
"""Meanings that notes and metadata may state for the campaign."""


def _fit_of_section(meaning: Meaning, section: Section | None, factor: float) -> float:
    if section is Section.NOTES and meaning not in _OF_NOTES:
        return UNLIKELY
    if section is Section.PRODUCTS and meaning is Meaning.PLACEMENT and factor < FITS:
        return UNLIKELY
    return _UNUSUAL.get((section, meaning), FITS) if section else FITS


@lru_cache(maxsize=16384)
def _fit(meaning: Meaning, text: str, kind: Kind) -> float:
    if kind == "boolean" or (kind == "text" and text.casefold() in ("true", "false")):
        return _BOOLEANS.get(meaning, WRONG)
    judge = _JUDGES.get(meaning, _words)
    return judge(text)


_BOOLEANS = {Meaning.APPROVAL: FITS, Meaning.PLACEMENT: LIKELY}


def is_placeholder(text: str) -> bool:
    """Return True for what people write where a value will stand: "TBD", "[headline]", "Lorem ipsum dolor"."""
    plain = " ".join(text.casefold().split()).strip(" .…")
    return plain in _PLACEHOLDERS or plain.startswith("lorem ipsum") or bool(_BRACKETED.fullmatch(text.strip()))


def is_number(text: str) -> bool:
    """Return True if a text is a number and nothing else."""
    return bool(_NUMBER.fullmatch(text))


def _words(text: str) -> float:
    if is_number(text) or ("#" in text and colour_in(text)):
        return WRONG
    return UNLIKELY if file_name_in(text) or _is_address(text) else FITS


def _is_address(text: str) -> bool:
    found = address_in(text)
    return bool(found) and found[0].kind != "handle" and found[0].score >= 0.8


def _copy(text: str) -> float:
    if _words(text) < FITS:
        return WRONG
    return UNLIKELY if not any(letter.isalpha() for letter in text) else FITS


def _short_copy(text: str) -> float:
    factor = _copy(text)
    return factor if len(text) <= LONG_LINE else factor * LIKELY


def _legal(text: str) -> float:
    return FITS if _AGE.fullmatch(text) else _copy(text)


def _offer(text: str) -> float:
    if _PERCENT.fullmatch(text):
        return FITS
    return LIKELY * 0.8 if is_number(text) else _copy(text)


def _name(text: str) -> float:
    if _words(text) < FITS and not is_number(text):
        return UNLIKELY
    if len(text) > LONG_NAME:
        return UNLIKELY
    return LIKELY if is_number(text) or (is_sentence(text) and text[-1] in ".!?") else FITS


def _brand(text: str) -> float:
    return UNLIKELY if is_number(text) else _name(text)


def _identity(text: str) -> float:
    return UNLIKELY if len(text) > LONG_NAME or is_sentence(text) or file_name_in(text) else FITS


def _region(text: str) -> float:
    if countries_in(text) or locales_in(text):
        return FITS
    if is_number(text) or _is_address(text) or colour_in(text):
        return WRONG
    return UNLIKELY if is_sentence(text) or len(text) > LONG_LINE else 0.9


def _locale(text: str) -> float:
    if locales_in(text):
        return FITS
    if countries_in(text):
        return 0.9
    return WRONG if is_number(text) else UNLIKELY * 0.8


def _money(text: str) -> float:
    if is_number(text) or money_in(text, ()):
        return FITS
    return UNLIKELY if any(letter.isdigit() for letter in text) else WRONG


def _price(text: str) -> float:
    return max(_money(text), 0.7 if any(letter.isdigit() for letter in text) else WRONG)


def _day(text: str) -> float:
    if days_in(text, ()) or day_range_in(text, ()):
        return FITS
    return 0.7 if any(letter.isdigit() for letter in text) and len(text) < 40 else 0.3


def _currency(text: str) -> float:
    return FITS if _CURRENCY.fullmatch(text.strip()) else UNLIKELY if len(text) < 30 and not is_number(text) else WRONG


def _file_of(*kinds: str, otherwise: float) -> Callable[[str], float]:
    def judge(text: str) -> float:
        found = file_name_in(text)
        if found:
            return FITS if found[0].kind in kinds else WRONG
        if _is_address(text) or ("/" in text and " " not in text):
            return LIKELY
        if is_number(text):
            return WRONG
        return otherwise * (0.4 if is_sentence(text) else 1.0)

    return judge


def _colour(text: str) -> float:
    if colour_in(text):
        return FITS
    return WRONG if is_number(text) or is_sentence(text) else UNLIKELY


def _font(text: str) -> float:
    found = file_name_in(text)
    if found:
        return FITS if found[0].kind == "font" else WRONG
    return WRONG if is_number(text) else UNLIKELY if is_sentence(text) else FITS


def _placement(text: str) -> float:
    if placements_in(text):
        return FITS
    if is_number(text) or colour_in(text):
        return WRONG
    return UNLIKELY if is_sentence(text) or len(text) > LONG_NAME else 0.65


def _approval(text: str) -> float:
    return FITS if approval_in(text) else 0.4


def _count(text: str) -> float:
    return FITS if _COUNT.fullmatch(text.strip()) else WRONG


def _priority(text: str) -> float:
    return FITS if _COUNT.fullmatch(text.strip()) else 0.65 if len(text) < 20 else WRONG


def _seconds(text: str) -> float:
    return FITS if _SECONDS.fullmatch(text.strip()) else WRONG


def _audience(text: str) -> float:
    return WRONG if _is_address(text) or file_name_in(text) else FITS


def _banned(text: str) -> float:
    return WRONG if is_number(text) else FITS if parts_of(text) else UNLIKELY


_JUDGES: dict[Meaning, Callable[[str], float]] = {
    Meaning.BRAND: _brand,
    Meaning.CAMPAIGN_NAME: _name,
    Meaning.PRODUCT_NAME: _name,
    Meaning.SCENE_NAME: _name,
    Meaning.CAMPAIGN_ID: _identity,
    Meaning.PRODUCT_ID: _identity,
    Meaning.REGION: _region,
    Meaning.LOCALE: _locale,
    Meaning.AUDIENCE: _audience,
    Meaning.PRODUCT_PICTURE: _file_of("picture", "drawing", otherwise=0.55),
    Meaning.PRODUCT_MODEL: _file_of("model", otherwise=UNLIKELY),
    Meaning.BRAND_LOGO: _file_of("picture", "drawing", otherwise=0.55),
    Meaning.MUSIC: _file_of("sound", "film", otherwise=0.4),
    Meaning.VOICE_OVER: _file_of("sound", otherwise=0.4),
    Meaning.PRICE: _price,
    Meaning.BUDGET: _money,
    Meaning.CURRENCY: _currency,
    Meaning.EMBARGO: _day,
    Meaning.EXPIRY: _day,
    Meaning.BRAND_COLOUR: _colour,
    Meaning.BRAND_FONT: _font,
    Meaning.PLACEMENT: _placement,
    Meaning.APPROVAL: _approval,
    Meaning.ALTERNATIVES: _count,
    Meaning.PRIORITY: _priority,
    Meaning.FILM_SECONDS: _seconds,
    Meaning.BANNED_WORD: _banned,
    Meaning.LEGAL: _legal,
    Meaning.OFFER: _offer,
    Meaning.CALL_TO_ACTION: _short_copy,
    Meaning.HEADLINE: _short_copy,
    Meaning.SUBHEADLINE: _copy,
    Meaning.MESSAGE: _copy,
}
