"""From a message to the words on one rendition: placeholders filled, prices written as the locale does."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, get_territory_currencies

from foundry.brief import PLACEHOLDER, Message, Product
from foundry.copy import Copy

FIELDS = ("headline", "subheadline", "call_to_action", "offer", "legal")
# Babel writes a numbering system's separators, and leaves the digits European.
DIGITS = {
    system: str.maketrans("0123456789", digits)
    for system, digits in {
        "latn": "0123456789", "arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹", "deva": "०१२३४५६७८९",
    }.items()
}  # fmt: skip
PLACEHOLDERS = ("product.name", "product.description", "product.category", "price")


@lru_cache(maxsize=512)
def currency_of(locale: str) -> str | None:
    """The currency of the locale's country, or of its language's most likely country (CLDR)."""
    parsed = Locale.parse(locale, sep="-")
    if parsed.territory is None:
        parsed = Locale.parse(str(parsed), resolve_likely_subtags=True)
        tag = Locale.parse(f"und_{parsed.language}", resolve_likely_subtags=True)
        parsed = tag if parsed.territory is None else parsed
    codes = get_territory_currencies(parsed.territory) if parsed.territory else []
    return codes[0] if codes else None


def price_of(product: Product, locale: str) -> str:
    """The product's price as the locale writes it; empty if it has none in the locale's currency."""
    currency = currency_of(locale)
    for price in product.prices:
        if price.currency == currency:
            return _written(str(price.amount), price.currency, locale)
    return ""


@lru_cache(maxsize=10_000)
def _written(amount: str, currency: str, locale: str) -> str:
    from decimal import Decimal

    number = Decimal(amount)
    parsed = Locale.parse(locale, sep="-")
    whole = number == number.to_integral_value()
    system = parsed.default_numbering_system
    system = system if system in DIGITS else "latn"
    pattern = parsed.currency_formats["standard"].pattern
    text = format_currency(
        number,
        currency,
        pattern.replace(".00", "") if whole else pattern,
        locale=parsed,
        currency_digits=not whole,
        numbering_system=system,
    )
    return text.translate(DIGITS[system]).replace("\u200f", "").replace("\u200e", "").strip()


def fills(product: Product, locale: str) -> dict[str, str]:
    """Placeholder → text for one product in one locale."""
    return {
        "product.name": product.name,
        "product.description": product.description,
        "product.category": product.category,
        "price": price_of(product, locale),
    }


def unfilled(text: str, values: dict[str, str]) -> list[str]:
    """The placeholders in `text` that have no value, unknown ones included."""
    return [key for key in PLACEHOLDER.findall(text) if not values.get(key.strip())]


def write(message: Message, product: Product, locale: str) -> Copy:
    """The copy for one product in one locale."""
    values = fills(product, locale)

    def filled(text: str) -> str:
        return PLACEHOLDER.sub(lambda match: values.get(match[1].strip(), ""), text)

    texts = {name: filled(getattr(message, name)) for name in FIELDS}
    return Copy(**texts, price=values["price"], product_name=product.name)
