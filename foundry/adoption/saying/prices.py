"""Prices of products, and the currencies that they are in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.facts import Facts, leaves, place_of
from foundry.adoption.saying.locales import countries_of, in_countries, locale_named, spoken_in
from foundry.adoption.saying.notebook import Notebook
from foundry.adoption.shapes import MoneyReading, price_list_in
from foundry.brief.copywriting import currency_of

_FAR = 0.15
_LONGEST_AMOUNT, _CODE = 12, 3


@dataclass
class _Prices:
    """The prices of one product while they are read: amounts with their claims, by currency."""

    product: int
    name: str
    facts: Facts
    notebook: Notebook
    found: dict[str, tuple[str, list[Claim]]] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """The id of the question about the product's price."""
        return f"price of {self.name}"


def say_prices(
    product: int, name: str, facts: Facts, locales: Sequence[str], notebook: Notebook
) -> list[dict[str, Any]]:
    """Return the strict prices of one product, at most one per currency."""
    prices = _Prices(product, name, facts, notebook)
    for claim in facts.of_product(product, Meaning.PRICE):
        there = _locales_of(claim, locales)
        amounts = price_list_in(claim.text, there)
        if not amounts:
            notebook.leave([claim.leaf], f"{claim.text!r} is no single amount of money")
        for readings in amounts:
            _take(readings, claim, there, prices)
    return [{"amount": amount, "currency": currency} for currency, (amount, _) in prices.found.items()]


def _locales_of(claim: Claim, locales: Sequence[str]) -> tuple[str, ...]:
    """Return the locales by which a price is read: its own, its market's, or the campaign's."""
    if claim.scope.locale and (tag := locale_named(claim.scope.locale)):
        return (in_countries(tag, countries_of(claim.scope.market)),)
    there = [spoken_in(country)[0] for country in countries_of(claim.scope.market) if spoken_in(country)]
    return tuple(there or locales)


def _take(readings: tuple[MoneyReading, ...], claim: Claim, there: tuple[str, ...], prices: _Prices) -> None:
    """Add a price by its best reading; ask where two readings are close."""
    code, stating = _stated_currency(claim, there, prices)
    fitting = tuple(each for each in readings if each.currency == code) or readings
    best = _best(fitting, claim, prices)
    if best.beside or len(best.amount) > _LONGEST_AMOUNT:
        prices.notebook.leave([claim.leaf], f"{claim.text!r} is no plain price")
        return
    currency, reason = best.currency, claim.reason
    if not currency and code:
        currency, reason = code, f"{reason}; its currency stands in a place of its own"
    elif not currency and there and (usual := currency_of(there[0])):
        currency, reason = usual, f"{reason}; no currency is named, so it is that of {there[0]}"
    if not currency:
        prices.notebook.leave([claim.leaf], "its currency is stated nowhere, and its market's is not known")
        return
    _add(best, currency, reason, [claim, *(stating if code == currency else [])], prices)


def _best(readings: tuple[MoneyReading, ...], claim: Claim, prices: _Prices) -> MoneyReading:
    best, others = readings[0], readings[1:]
    answer = prices.notebook.answer(prices.question)
    if answered := [each for each in readings if _written(each) == answer]:
        return answered[0]
    if others and best.score - others[0].score <= _FAR:
        choices = [Choice(_written(each), each.reason) for each in readings[:6]]
        text = f"The price {claim.text!r} can be read in several ways. Which one is it?"
        prices.notebook.ask(prices.question, text, choices, [claim.leaf], default=choices[0].value)
    return best


def _written(reading: MoneyReading) -> str:
    return f"{reading.amount} {reading.currency}".strip()


def _add(best: MoneyReading, currency: str, reason: str, claims: list[Claim], prices: _Prices) -> None:
    """Add an amount; ask where there is another one in its currency."""
    amount, (earlier, its) = best.amount, prices.found.get(currency, ("", []))
    answer = prices.notebook.answer(prices.question)
    if earlier and earlier != amount:
        if answer in (f"{earlier} {currency}", f"{amount} {currency}"):
            amount = answer.split()[0]
        else:
            amounts = {earlier: place_of(its[0].leaf), amount: place_of(claims[0].leaf)}
            choices = [Choice(f"{each} {currency}", place) for each, place in amounts.items()]
            text = f"{prices.name} has two prices in {currency}. Which one stands?"
            prices.notebook.ask(prices.question, text, choices, leaves([*its, *claims]), default=choices[0].value)
            return
    prices.found[currency] = (amount, [*its, claims[0]])
    prices.notebook.decide(f"prices of {prices.name}", f"{amount} {currency}", reason, claims, score=best.score)


def _stated_currency(claim: Claim, there: tuple[str, ...], prices: _Prices) -> tuple[str, list[Claim]]:
    """Return the currency that another leaf states for a price, with its claim; "" where none does."""
    near = prices.facts.beside(claim, Meaning.CURRENCY)
    same = [one for one in near if one.leaf == claim.leaf]
    own = prices.facts.of_product(prices.product, Meaning.CURRENCY)
    fitting = [
        [one for one in group if one.scope.market in ("", claim.scope.market)]
        for group in (own, prices.facts.common_currencies)
    ]
    for group in (same, near, *fitting):
        codes = {code for one in group if (code := currency_named(one.text, there))}
        if len(codes) == 1:
            return codes.pop(), group[:1]
    return _currency_of_key(claim, there), []


def _currency_of_key(claim: Claim, there: tuple[str, ...]) -> str:
    """Return the currency at the end of a price's key: "price_eur", "Price (EUR)", or "EUR" below "price"."""
    keys = [key for key in claim.leaf.path if isinstance(key, str)]
    last = re.split(r"[\W_]+", keys[-1].strip(" )"))[-1] if keys else ""
    return currency_named(last.upper(), there) if len(last) == _CODE else ""


def currency_named(text: str, locales: Sequence[str]) -> str:
    """Return the ISO 4217 code of a currency that a text names ("EUR", "€", "Euro"); "" for any other text."""
    for readings in price_list_in(f"1 {text.strip()}"[:40], tuple(locales)):
        if readings[0].currency and not readings[0].beside:
            return readings[0].currency
    return ""
