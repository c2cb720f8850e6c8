"""Values of several parts as the one text that a TSV feed has for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any


def structured_text(source: str, content: str) -> str:
    """Return a structured title or description as Google writes it in text: `trained_algorithmic_media:"content"`."""
    if not content:
        return ""
    return f'{source}:"{content}"' if source else content


def joined_links(before: Iterable[str], link: str) -> str:
    """Return addresses joined by commas; a comma within the new one is escaped."""
    return ",".join([*before, link.replace(",", "%2C")])


def price_text(value: Mapping[str, Any]) -> str | None:
    """Return the price that an object of Google's APIs describes; None for another object."""
    currency = value.get("currency") or value.get("currencyCode") or ""
    if "amountMicros" in value:
        try:
            amount = str(Decimal(str(value["amountMicros"])) / 1_000_000)
        except ArithmeticError:
            amount = str(value["amountMicros"])
    elif "value" in value:
        amount = str(value["value"])
    else:
        return None
    return f"{amount} {currency}".strip()
