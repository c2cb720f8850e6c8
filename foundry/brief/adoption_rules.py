"""Rules of adoption: the words that people use for keys, ratios, languages, regions and money."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

_SAME: dict[str, str] = {
    "tenant": "tenant brand client brand_name advertiser",
    "campaign": "campaign campaign_name name title campaign_title",
    "campaign_id": "campaign_id id brief_id reference",
    "regions": "regions region target_region target_regions market markets target_market target_markets "
    "country countries geo territory territories",
    "audience": "audience target_audience persona target_group demographic",
    "products": "products product items articles skus product_list",
    "scenes": "scenes scene setting visual visuals style mood prompt theme visual_direction visual_style "
    "background art_direction look",
    "negative_prompt": "negative_prompt avoid exclude",
    "messages": "messages message campaign_message translations localized_messages localised_messages copy "
    "messaging key_message text localizations",
    "headline": "headline tagline slogan claim",
    "subheadline": "subheadline subhead sub_headline body subtitle supporting_text",
    "call_to_action": "call_to_action cta button action",
    "offer": "offer promotion promo discount deal",
    "legal": "legal disclaimer legal_line small_print terms",
    "language": "language languages locale lang locales",
    "placements": "placements placement aspect_ratios aspect_ratio ratios ratio formats format sizes channels "
    "channel platforms output_formats",
    "budget": "budget max_budget",
    "embargo": "embargo start_date start launch_date go_live",
    "expiry": "expiry end_date end expires expiration",
    "metadata": "metadata",
    "id": "product_id sku article_number",
    "description": "description product_description details summary",
    "category": "category product_category type",
    "picture": "picture image image_path image_url photo asset asset_path product_image packshot file input_image",
    "price": "price prices product_price",
}  # fmt: skip
KEYS = {word: name for name, words in _SAME.items() for word in words.split()}
KEYS["product_name"] = "campaign"  # inside a product, `campaign` means its name
RATIOS = {
    "1:1": "meta/feed-square", "4:5": "meta/feed-portrait", "9:16": "meta/story", "2:3": "pinterest/pin",
    "16:9": "web/hero", "1.91:1": "google/landscape", "square": "meta/feed-square",
    "portrait": "meta/feed-portrait", "vertical": "meta/story", "story": "meta/story",
    "landscape": "google/landscape", "instagram": "social", "facebook": "social", "display": "display",
}  # fmt: skip
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₪": "ILS"}
_MONEY = re.compile(r"([A-Z]{3}|[€$£¥₹₪])?\s*([0-9][0-9.,\s]*)\s*([A-Z]{3}|[€$£¥₹₪])?")
_LONGEST_PRICE, _LONGEST_TAG, _LONGEST_NAME = 60, 60, 1_000


def slug(text: str) -> str:
    """Return at most 60 lower-case ASCII letters, digits and hyphens; deterministic for any text."""
    folded = unicodedata.normalize("NFKD", text[:_LONGEST_NAME]).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:60].strip("-")
    if made:
        return made
    import hashlib

    return "x" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def written_money(value: Any) -> tuple[str, str | None] | None:
    """Return (amount, currency or None) of "€49.90", "49,90 EUR", "5,000 USD", 48 or {amount, currency}."""
    if isinstance(value, dict):
        amount = written_money(value.get("amount", value.get("value")))
        code = value.get("currency")
        return (amount[0], str(code) if code else amount[1]) if amount else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    found = _MONEY.fullmatch(text) if len(text) <= _LONGEST_PRICE else None
    if not found:
        return None
    sign = found[1] or found[3]
    return _plain_number(found[2]), SIGNS.get(sign or "", sign or None)


def _plain_number(text: str) -> str:
    digits = re.sub(r"\s", "", text).rstrip(".,")
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0 and len(digits) - last - 1 in (1, 2):
        return re.sub(r"[.,]", "", digits[:last]) + "." + digits[last + 1 :]
    return re.sub(r"[.,]", "", digits)


@lru_cache(maxsize=1)
def _territories() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "de", "fr", "es"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2:
                names.setdefault(name.casefold(), code)
                names.setdefault(code.casefold(), code)
    return {**names, "usa": "US", "uk": "GB", "u.s.": "US", "united states of america": "US", "uae": "AE"}


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    names: dict[str, str] = {}
    for code, name in Locale("en").languages.items():
        if len(code) == 2:
            names[name.casefold()] = code
            names[code] = code
            try:
                own = Locale(code).get_display_name() or ""
            except UnknownLocaleError:
                continue
            names.setdefault(own.casefold(), code)
    return names


def regions_in(value: Any) -> list[str]:
    """Return the regions in a text (separated by comma, semicolon, slash or "and"), a list or a map."""
    if value is None:
        return []
    if isinstance(value, dict):
        value = [part for item in value.values() for part in (item if isinstance(item, list) else [item])]
    parts = value if isinstance(value, list) else re.split(r"[,;/]|\band\b", str(value))
    return list(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))


def territory(name: str) -> str | None:
    """Return the ISO 3166 code of a country, given by code or by its English, German, French or Spanish name."""
    return _territories().get(name.strip().casefold())


def names_a_locale(text: str) -> bool:
    """Return True if the text names a language, a locale or a country."""
    return bool(_locale(text) or territory(text))


def _locale(text: str) -> str | None:
    if len(text) > _LONGEST_TAG:
        return None
    if text.casefold() in _languages():
        return _with_territory(_languages()[text.casefold()])
    try:
        parsed = Locale.parse(text.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    return "-".join(p for p in (parsed.language, parsed.territory) if p) if parsed.territory else None


def _with_territory(language: str) -> str:
    try:
        full = Locale.parse(language)
    except UnknownLocaleError:
        return language
    from babel.core import get_global

    likely = str(get_global("likely_subtags").get(full.language, full.language))
    country = next((part for part in likely.split("_")[1:] if len(part) == 2), None)
    return f"{language}-{country}" if country else language


def locale_for(text: str, regions: list[str]) -> str:
    """Return a locale by language, tag or country of `text`, else by the first known region, else en-US."""
    found = _locale(text) if text else None
    if found:
        return found
    for name in ([text] if text else []) + regions:
        code = territory(name)
        if code:
            official = get_official_languages(code, de_facto=True)
            return f"{official[0].split('_')[0]}-{code}" if official else f"en-{code}"
    return "en-US"
