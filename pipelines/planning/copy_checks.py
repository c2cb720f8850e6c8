"""Checks of the words: characters that fonts cover, words that the brand never says, placeholders that are filled."""

from __future__ import annotations

from collections.abc import Iterator

from foundry.brief.brief import PLACEHOLDER, Brief, Message
from foundry.brief.copywriting import FIELDS, PLACEHOLDERS, Days, placeholder_values, unfilled_placeholders, write_copy
from foundry.errors import FoundryError, Problem, shorten
from foundry.fonts import hostile_characters, missing_characters
from foundry.look_alikes import words_said
from foundry.tenant import Tenant

MAX_FILLED = 4_000
"""Characters of one text of a message with its placeholders filled."""


def check_copy(brief: Brief, tenant: Tenant) -> Iterator[FoundryError]:
    """Yield the problems of all texts that a brief brings: messages, subtitles, product names, prices."""
    for locale, message in brief.messages.items():
        yield from _check_message(brief, tenant, locale, message)
    families = (tenant.brand.fonts.display, tenant.brand.fonts.body)
    for locale, lines in (brief.film.subtitles if brief.film else {}).items():
        for index, line in enumerate(lines):
            yield from _check_text(f"film.subtitles.{locale}[{index}].text", line.text, families)
            yield from _check_banned(f"film.subtitles.{locale}[{index}].text", line.text, tenant)
    for index, product in enumerate(brief.products):
        yield from _check_text(f"products[{index}].name", product.name, families)


def _check_message(brief: Brief, tenant: Tenant, locale: str, message: Message) -> Iterator[FoundryError]:
    families = (tenant.brand.fonts.display, tenant.brand.fonts.body)
    for field in FIELDS:
        text, path = getattr(message, field), f"messages.{locale}.{field}"
        yield from _check_text(path, text, families)
        yield from _check_banned(path, text, tenant)
        for product in brief.products if PLACEHOLDER.search(text) else ():
            yield from _check_placeholders(
                path, text, placeholder_values(product, locale, Days(brief.embargo, brief.expiry)), product.id, locale
            )
    yield from _check_filled(brief, tenant, locale, message)


def _check_filled(brief: Brief, tenant: Tenant, locale: str, message: Message) -> Iterator[FoundryError]:
    """Check the texts that products' fields and prices bring into the copy, each text once."""
    families = (tenant.brand.fonts.display, tenant.brand.fonts.body)
    templated = [field for field in FIELDS if PLACEHOLDER.search(getattr(message, field))]
    found: dict[str, str] = {}
    for product in brief.products:
        words = write_copy(message, product, locale, Days(brief.embargo, brief.expiry))
        found.setdefault(words.price, f"products.{product.id}.prices, written for {locale}")
        for field in templated:
            found.setdefault(getattr(words, field), f"messages.{locale}.{field}, filled for product {product.id}")
    for text, path in found.items():
        if len(text) > MAX_FILLED:
            limit = f"has {len(text)} characters once it is filled; the limit is {MAX_FILLED}"
            yield Problem(path, shorten(text), limit, "fill in less")
            continue
        yield from _check_text(path, text, families)
        yield from _check_banned(path, text, tenant)


def _check_text(path: str, text: str, families: tuple[str, ...]) -> Iterator[FoundryError]:
    if controls := hostile_characters(text):
        codes = ", ".join(f"U+{ord(c):04X}" for c in controls)
        yield Problem(path, shorten(text), f"holds control characters ({codes})", "remove them")
    elif missing := missing_characters(text, families):
        shown = ", ".join(f"{c} U+{ord(c[0]):04X}" for c in missing[:5])
        yield Problem(path, shorten(text),
            f"has {len(missing)} character(s) that no font covers: {shown}",
            f"reword it, or add a font to templates/fonts (asked: {', '.join(families)})",
        )  # fmt: skip


def _check_banned(path: str, text: str, tenant: Tenant) -> Iterator[FoundryError]:
    for word in words_said(text, tenant.brand.banned_words):
        yield Problem(path, shorten(text), f"says {shorten(word)}, which {tenant.id} never says", "choose another word")


def _check_placeholders(
    path: str, text: str, values: dict[str, str], product: str, locale: str
) -> Iterator[FoundryError]:
    for key in unfilled_placeholders(text, values):
        if key in PLACEHOLDERS:
            wrong = f"needs {{{key}}}, which product {product!r} lacks for {locale}"
            remedy = "give the product that field (a price in the locale's currency) or drop it"
        else:
            wrong = f"has the unknown placeholder {{{key}}}"
            remedy = "use one of " + ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
        yield Problem(path, shorten(text), wrong, remedy)
