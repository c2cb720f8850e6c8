"""Copy of one rendition from a message: placeholders filled, figures formatted for the locale.

A placeholder is a field of the product or brief (`{price}`, `{until}`), or a figure that is formatted where it stands
(`{percent 20}`, `{number 1200}`, `{date 2027-05-31}`, `{unit 50 milliliter}`), so that one message suits many locales.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_territory_currencies
from babel.units import UnknownUnitError, format_unit

from foundry.brief.brief import PLACEHOLDER, Message, Product
from foundry.copy import Copy

FIELDS = ("headline", "subheadline", "call_to_action", "offer", "legal")
# Babel writes a numbering system's separators, and leaves the digits European.
DIGITS = {
    system: str.maketrans("0123456789", digits)
    for system, digits in {
        "latn": "0123456789", "arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹", "deva": "०१२३४५६७८९",
    }.items()
}  # fmt: skip
PLACEHOLDERS = (
    "product.name", "product.description", "product.category", "price", "from", "until",
    "percent 20", "number 1200", "date 2027-05-31", "unit 50 milliliter",
)  # fmt: skip


@dataclass(frozen=True)
class Days:
    """The first and the last day on which a campaign is shown: the brief's embargo and expiry."""

    first: date | None = None
    last: date | None = None


@lru_cache(maxsize=512)
def currency_of(locale: str) -> str | None:
    """Return the currency of the locale's country, or of its language's most likely country (CLDR)."""
    parsed = Locale.parse(locale, sep="-")
    if parsed.territory is None:
        parsed = Locale.parse(str(parsed), resolve_likely_subtags=True)
        tag = Locale.parse(f"und_{parsed.language}", resolve_likely_subtags=True)
        parsed = tag if parsed.territory is None else parsed
    codes = get_territory_currencies(parsed.territory) if parsed.territory else []
    return codes[0] if codes else None


def price_of(product: Product, locale: str) -> str:
    """Return the product's price as the locale writes it; empty if it has none in the locale's currency."""
    currency = currency_of(locale)
    for price in product.prices:
        if price.currency == currency:
            return _format_amount(str(price.amount), price.currency, locale)
    return ""


@lru_cache(maxsize=10_000)
def _format_amount(amount: str, currency: str, locale: str) -> str:
    number = Decimal(amount)
    parsed = Locale.parse(locale, sep="-")
    whole = number == number.to_integral_value()
    system = _system(parsed)
    pattern = parsed.currency_formats["standard"].pattern
    text = format_currency(
        number,
        currency,
        pattern.replace(".00", "") if whole else pattern,
        locale=parsed,
        currency_digits=not whole,
        numbering_system=system,
    )
    return _native(text, system).replace("\u200f", "").replace("\u200e", "").strip()


def _system(locale: Locale) -> str:
    system = locale.default_numbering_system
    return system if system in DIGITS else "latn"


def _native(text: str, system: str) -> str:
    """Replace digits by those of the numbering system, and the percent sign by the Arabic one for its systems."""
    return text.translate(DIGITS[system]).replace("%", "٪" if system.startswith("arab") else "%")


def _percent(value: str, locale: Locale) -> str:
    return format_percent(
        Decimal(value) / 100, "#,##0.##%" if "." in value else None, locale, numbering_system=_system(locale)
    )


def _number(value: str, locale: Locale) -> str:
    return format_decimal(Decimal(value), locale=locale, numbering_system=_system(locale))


def _unit(value: str, locale: Locale) -> str:
    amount, unit = value.split(" ", 1)
    return format_unit(Decimal(amount), unit, "short", locale=locale, numbering_system=_system(locale))


def _date(value: str, locale: Locale) -> str:
    """Return a day with month and year, in the form that the locale uses in a sentence."""
    return format_date(date.fromisoformat(value), "long", locale)


FIGURES: dict[str, Callable[[str, Locale], str]] = {
    "percent": _percent, "number": _number, "date": _date, "unit": _unit,
}  # fmt: skip


FIGURE = re.compile(r"-?\d{1,12}(\.\d{1,4})?( [a-z-]{1,40})?|\d{4}-\d\d-\d\d")


@lru_cache(maxsize=10_000)
def format_figure(placeholder: str, locale: str) -> str:
    """Return a figure such as `percent 20` as the locale writes it (CLDR).

    Empty for a placeholder that is no figure, and for a value that is no number, day or unit.
    """
    kind, _, value = placeholder.strip().partition(" ")
    parsed = Locale.parse(locale, sep="-")
    if kind not in FIGURES or not FIGURE.fullmatch(value.strip()):
        return ""
    try:
        return _native(FIGURES[kind](value.strip(), parsed), _system(parsed))
    except (InvalidOperation, UnknownUnitError, ValueError):
        return ""


def placeholder_values(product: Product, locale: str, days: Days = Days()) -> dict[str, str]:
    """Return the text of each placeholder for one product in one locale; empty where the brief has none."""
    return {
        "product.name": product.name,
        "product.description": product.description,
        "product.category": product.category,
        "price": price_of(product, locale),
        "from": format_figure(f"date {days.first}", locale) if days.first else "",
        "until": format_figure(f"date {days.last}", locale) if days.last else "",
    }


def unfilled_placeholders(text: str, values: dict[str, str], locale: str = "en-US") -> list[str]:
    """Return the placeholders in `text` that have no value, unknown ones included."""
    keys = PLACEHOLDER.findall(text)
    return [key for key in keys if not values.get(key.strip()) and not format_figure(key, locale)]


def write_copy(message: Message, product: Product, locale: str, days: Days = Days()) -> Copy:
    """Return the copy for one product in one locale."""
    values = placeholder_values(product, locale, days)

    def fill(text: str) -> str:
        return PLACEHOLDER.sub(lambda found: values.get(found[1].strip()) or format_figure(found[1], locale), text)

    texts = {name: fill(getattr(message, name)) for name in FIELDS}
    return Copy(**texts, price=values["price"], product_name=product.name)
