"""Checks of the words: characters that fonts cover, words that the brand never says, placeholders that are filled.

A text that no product changes is checked once. Products' own texts are written one after another and never kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from foundry.brief.brief import Brief, Message, Product
from foundry.brief.copywriting import (
    FIELDS,
    PLACEHOLDERS,
    PRODUCT_VALUES,
    Days,
    copy_template,
    placeholder_values,
    unfilled_placeholders,
)
from foundry.errors import FoundryError, Problem, shorten
from foundry.tenant import Tenant
from pipelines.planning.text_checks import TextChecks

KNOWN = PRODUCT_VALUES | {"from", "until"}
MAX_FILLED = 4_000
"""Characters of one text of a message with its placeholders filled."""


def check_copy(brief: Brief, tenant: Tenant) -> Iterator[FoundryError]:
    """Yield the problems of all texts that a brief brings: messages, subtitles, product names, prices."""
    checks = TextChecks(tenant)
    for locale, message in brief.messages.items():
        yield from _check_message(brief, checks, locale, message)
    for locale, lines in (brief.film.subtitles if brief.film else {}).items():
        for index, line in enumerate(lines):
            yield from checks.problems_of_setting(f"film.subtitles.{locale}[{index}].text", line.text)
            yield from checks.problems_of_words(f"film.subtitles.{locale}[{index}].text", line.text)
    for index, product in enumerate(brief.products):
        if not checks.can_be_set(product.name):
            yield from checks.problems_of_setting(f"products[{index}].name", product.name)


def _check_message(brief: Brief, checks: TextChecks, locale: str, message: Message) -> Iterator[FoundryError]:
    for field in FIELDS:
        text, path = getattr(message, field), f"messages.{locale}.{field}"
        yield from checks.problems_of_setting(path, text)
        yield from checks.problems_of_words(path, text)
        yield from _check_placeholders(brief, locale, path, text)
    yield from _check_filled(brief, checks, locale, message)


def _check_placeholders(brief: Brief, locale: str, path: str, text: str) -> Iterator[FoundryError]:
    """Yield the placeholders of a text that are unknown, each once, and those that a product cannot fill."""
    asked = tuple(dict.fromkeys(unfilled_placeholders(text, {})))
    known = [key for key in asked if key.strip() in KNOWN]
    for key in asked:
        if key not in known:
            remedy = "use one of " + ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            yield Problem(path, shorten(text), f"has the unknown placeholder {{{key}}}", remedy)
    days = Days(brief.embargo, brief.expiry)
    for product in brief.products if known else ():
        for key in _lacking(product, known, locale, days):
            wrong = f"needs {{{key}}}, which product {product.id!r} lacks for {locale}"
            remedy = "give the product that field (a price in the locale's currency) or drop it"
            yield Problem(path, shorten(text), wrong, remedy)


def _lacking(product: Product, keys: list[str], locale: str, days: Days) -> list[str]:
    """Return those of the keys for which a product has no value."""
    values = placeholder_values(product, locale, days)
    return [key for key in keys if not values.get(key.strip())]


def _check_filled(brief: Brief, checks: TextChecks, locale: str, message: Message) -> Iterator[FoundryError]:
    """Check the texts that products' fields and prices bring into the copy; a text that is wrong is told once."""
    template = copy_template(message, locale, Days(brief.embargo, brief.expiry))
    written = [field for field, text in template.fixed.items() if text != getattr(message, field)]
    told: set[str] = set()
    for product in brief.products:
        words = template.fill(product)
        for field in ("price", *written, *template.asked):
            text = getattr(words, field)
            if text in told or (len(text) <= MAX_FILLED and checks.can_be_set(text) and checks.may_be_said(text)):
                continue
            told.add(text)
            path = f"messages.{locale}.{field}, filled for product {product.id}"
            if field == "price":
                path = f"products.{product.id}.prices, written for {locale}"
            yield from _problems_of_filled(checks, path, text)
        written = []  # the same for every other product


def _problems_of_filled(checks: TextChecks, path: str, text: str) -> Iterator[FoundryError]:
    if len(text) > MAX_FILLED:
        limit = f"has {len(text)} characters once it is filled; the limit is {MAX_FILLED}"
        yield Problem(path, shorten(text), limit, "fill in less")
        return
    yield from checks.problems_of_setting(path, text)
    yield from checks.problems_of_words(path, text)
