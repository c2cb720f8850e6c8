"""Amounts of money as whole numbers of a currency's smallest unit (ISO 4217)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

_DIGITS = {
    0: ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
        "XPF"),
    3: ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"),
    4: ("CLF", "UYW"),
}  # fmt: skip
_EXPONENTS = {code: digits for digits, codes in _DIGITS.items() for code in codes}


def minor_digits(currency: str) -> int:
    """Return the digits after the decimal mark of a currency."""
    return _EXPONENTS.get(currency, 2)


def amount_of(minor: int, currency: str) -> Decimal:
    """Return an amount in the currency's smallest unit as a decimal number of the currency itself."""
    return Decimal(minor).scaleb(-minor_digits(currency))


@lru_cache(maxsize=1)
def currencies_in_use() -> frozenset[str]:
    """Return the codes of the currencies that are legal tender somewhere today, by CLDR."""
    from babel.core import get_global

    uses = (use for uses in get_global("territory_currencies").values() for use in uses)
    return frozenset(code for code, _, until, tender in uses if until is None and tender)
