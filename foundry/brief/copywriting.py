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
from functools import cached_property, lru_cache
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_territory_currencies,
)
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
PRODUCT_VALUES = frozenset(PLACEHOLDERS[:4])
"""The placeholders whose value differs between products."""


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
            return format_amount(price.amount, price.currency, locale)
    return ""


def format_amount(amount: Decimal, currency: str, locale: str) -> str:
    """Return an amount as CLDR writes it, from the pattern that all amounts with as many digits share."""
    whole = amount == amount.to_integral_value()
    places = 0 if whole else get_currency_precision(currency)
    digits = f"{amount:.{places}f}".replace(".", "")
    parts, native = _amount_parts(currency, locale, len(digits) - places, places)
    written = digits.translate(native)
    return "".join(part if at is None else written[at] for part, at in parts)


AmountParts = tuple[tuple[tuple[str, int | None], ...], dict[int, int]]
"""The parts of a written amount, each a text or the index of a digit, and the digits of the locale's system."""


@lru_cache(maxsize=10_000)
def _amount_parts(currency: str, locale: str, before: int, places: int) -> AmountParts:
    """Return the parts of amounts with so many digits before and after the decimal mark.

    Babel takes a tenth of a millisecond to write an amount: it writes one of ones, and others take the ones' places.
    """
    system = _system(Locale.parse(locale, sep="-"))
    one = "1".translate(DIGITS[system])
    sample = write_by_babel(Decimal("1" * before + ("." + "1" * places if places else "")), currency, locale)
    parts: list[tuple[str, int | None]] = []
    for letter in sample:
        is_digit = letter == one
        parts.append((letter, sum(at is not None for _, at in parts) if is_digit else None))
    return tuple(parts), DIGITS[system]


def write_by_babel(number: Decimal, currency: str, locale: str) -> str:
    """Return an amount as CLDR writes it, at the cost of a tenth of a millisecond."""
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


def _product_values(product: Product) -> dict[str, str]:
    return {
        "product.name": product.name,
        "product.description": product.description,
        "product.category": product.category,
    }


def placeholder_values(product: Product, locale: str, days: Days = Days()) -> dict[str, str]:
    """Return the text of each placeholder for one product in one locale; empty where the brief has none."""
    return {
        **_product_values(product),
        "price": price_of(product, locale),
        "from": format_figure(f"date {days.first}", locale) if days.first else "",
        "until": format_figure(f"date {days.last}", locale) if days.last else "",
    }


def unfilled_placeholders(text: str, values: dict[str, str], locale: str = "en-US") -> list[str]:
    """Return the placeholders in `text` that have no value, unknown ones included."""
    keys = PLACEHOLDER.findall(text)
    return [key for key in keys if not values.get(key.strip()) and not format_figure(key, locale)]


@dataclass(frozen=True)
class CopyTemplate:
    """A message in one locale, of which everything that no product changes is written already.

    `fields` has each text in parts: words as they stand, or the name of a product's value that is filled in.
    """

    locale: str
    fields: tuple[tuple[str, tuple[TemplatePart, ...]], ...]

    @cached_property
    def fixed(self) -> dict[str, str]:
        """The texts that are the same for every product, by field."""
        return {
            field: "".join(part.text for part in parts)
            for field, parts in self.fields
            if not any(part.filled for part in parts)
        }

    @cached_property
    def asked(self) -> dict[str, tuple[str, ...]]:
        """The values of a product that each other text asks for, by field."""
        return {
            field: tuple(dict.fromkeys(part.text for part in parts if part.filled))
            for field, parts in self.fields
            if field not in self.fixed
        }

    @cached_property
    def _filled(self) -> tuple[tuple[str, tuple[TemplatePart, ...]], ...]:
        return tuple((field, parts) for field, parts in self.fields if field not in self.fixed)

    def fill(self, product: Product) -> Copy:
        """Return the copy of one product."""
        price = price_of(product, self.locale)
        if not self._filled:
            return Copy(**self.fixed, price=price, product_name=product.name)
        values = {**_product_values(product), "price": price}
        filled = {
            field: "".join(values[part.text] if part.filled else part.text for part in parts)
            for field, parts in self._filled
        }
        return Copy(**self.fixed, **filled, price=price, product_name=product.name)


class TemplatePart(NamedTuple):
    """Words as they stand, or, where `filled`, the name of a product's value."""

    text: str
    filled: bool


@lru_cache(maxsize=1_024)
def copy_template(message: Message, locale: str, days: Days = Days()) -> CopyTemplate:
    """Return a message as a template for one locale: days and figures are written, products' values are not."""
    shown = {"from": days.first, "until": days.last}
    written = {key: format_figure(f"date {day}", locale) if day else "" for key, day in shown.items()}
    return CopyTemplate(locale, tuple((field, _parts(getattr(message, field), locale, written)) for field in FIELDS))


def _parts(text: str, locale: str, written: dict[str, str]) -> tuple[TemplatePart, ...]:
    parts, at = [], 0
    for found in PLACEHOLDER.finditer(text):
        key = found[1].strip()
        words = TemplatePart(key, True) if key in PRODUCT_VALUES else TemplatePart("", False)
        if not words.filled:
            words = TemplatePart(written.get(key) or format_figure(found[1], locale), False)
        parts += [TemplatePart(text[at : found.start()], False), words]
        at = found.end()
    return (*parts, TemplatePart(text[at:], False))


def write_copy(message: Message, product: Product, locale: str, days: Days = Days()) -> Copy:
    """Return the copy for one product in one locale."""
    return copy_template(message, locale, days).fill(product)
