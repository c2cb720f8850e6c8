"""Currencies by their codes, signs and names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

SIGNS: dict[str, str] = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₪": "ILS", "₩": "KRW", "₽": "RUB", "₴": "UAH", "₺": "TRY", "₫": "VND",
    "฿": "THB", "₱": "PHP", "₦": "NGN",
    "₡": "CRC", "₲": "PYG", "₸": "KZT", "₾": "GEL", "₼": "AZN", "₮": "MNT", "₵": "GHS",
    "r$": "BRL", "us$": "USD", "u$s": "USD", "$us": "USD", "usd$": "USD", "ca$": "CAD", "c$": "CAD", "cad$": "CAD",
    "$ca": "CAD", "a$": "AUD", "au$": "AUD",
    "aud$": "AUD", "nz$": "NZD", "hk$": "HKD", "nt$": "TWD", "s$": "SGD", "sg$": "SGD", "mx$": "MXN", "mex$": "MXN",
    "ar$": "ARS", "cl$": "CLP",
    "col$": "COP", "s/": "PEN", "s/.": "PEN", "zł": "PLN", "zl": "PLN", "kč": "CZK", "ft": "HUF", "лв": "BGN",
    "лв.": "BGN", "руб": "RUB",
    "руб.": "RUB", "грн": "UAH", "lei": "RON", "sfr": "CHF", "sfr.": "CHF", "fr.": "CHF", "rm": "MYR", "rp": "IDR",
    "rs.": "INR", "dhs": "AED",
    "dh": "AED", "tl": "TRY", "บาท": "THB", "د.إ": "AED", "ر.س": "SAR", "ج.م": "EGP", "円": "JPY", "日元": "JPY",
    "元": "CNY", "人民币": "CNY", "人民幣": "CNY", "rmb": "CNY",
    "美元": "USD", "欧元": "EUR",
    "歐元": "EUR", "港元": "HKD", "港币": "HKD", "新台币": "TWD", "新臺幣": "TWD", "ドル": "USD", "米ドル": "USD",
    "ユーロ": "EUR",
    "ポンド": "GBP",
    "원": "KRW", "đ": "VND", "euro": "EUR", "euros": "EUR", "eur": "EUR", "us dollar": "USD", "us dollars": "USD",
    "us-dollar": "USD", "pounds sterling": "GBP",
    "pounds": "GBP", "pound": "GBP", "libras": "GBP", "yen": "JPY", "yuan": "CNY", "renminbi": "CNY",
    "rupees": "INR", "rupien": "INR",
    "reais": "BRL", "real": "BRL", "swiss francs": "CHF", "schweizer franken": "CHF", "franken": "CHF",
    "francs suisses": "CHF",
    "zloty": "PLN", "złoty": "PLN", "złotych": "PLN", "forint": "HUF", "won": "KRW", "rand": "ZAR",
    "canadian dollars": "CAD",
    "australian dollars": "AUD", "pesos mexicanos": "MXN", "dirhams": "AED", "shekels": "ILS", "baht": "THB",
    "dong": "VND",
}  # fmt: skip
"""Signs and names that mean one currency, in small letters."""
_DOLLARS = ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP")
_CROWNS = ("SEK", "NOK", "DKK", "ISK")
_SEVERAL: dict[str, tuple[str, ...]] = {
    "$": _DOLLARS, "dollar": _DOLLARS, "dollars": _DOLLARS, "dólares": _DOLLARS, "kr": _CROWNS, "kr.": _CROWNS,
    "kronor": ("SEK",),
    "kroner": ("NOK", "DKK"), "kronen": ("SEK", "NOK", "DKK"), "crowns": _CROWNS, "¥": ("JPY", "CNY"),
    "￥": ("JPY", "CNY"), "fr": ("CHF",),
    "francs": ("CHF", "XOF", "XAF"), "rs": ("INR", "PKR", "LKR"), "r": ("ZAR",),
    "pesos": ("MXN", "ARS", "CLP", "COP", "PHP"),
    "peso": ("MXN", "ARS", "CLP", "COP", "PHP"), "rupee": ("INR", "PKR"), "kn": ("HRK",), "din": ("RSD",), "cents": (),
}  # fmt: skip
"""Signs that several countries use; that of most people comes first."""
_WHERE_UNKNOWN = {"$": 0.75, "dollar": 0.75, "dollars": 0.75}
"""Signs that mean their first currency where no locale uses one of them."""


def currencies_of(sign: str, locales: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Return the currencies that a code, a sign or a name may mean to readers of these locales, with scores.

    A sign that several countries share means those of the locales; without locales, all of them, or the usual one.
    """
    folded = sign.strip().casefold()
    if len(sign.strip()) == 3 and sign.strip().upper() in _codes() and (sign.strip().isupper() or folded in SIGNS):
        return ((sign.strip().upper(), 0.98),)
    if folded in SIGNS:
        return ((SIGNS[folded], 0.95),)
    if folded.upper() in _codes():
        return ((folded.upper(), 0.9),)
    several = _SEVERAL.get(folded, ())
    local = [code for code in several if code in set(_of_locales(locales))]
    if local:
        return tuple((code, 0.9 if len(local) == 1 else 0.6) for code in local)
    if folded in _WHERE_UNKNOWN:
        return ((several[0], 0.85 if locales else _WHERE_UNKNOWN[folded]),)
    return tuple((code, 0.85 if len(several) == 1 else 0.5) for code in several)


def digits_of(currency: str) -> int:
    """Return the decimal places of a currency."""
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency)


def names_a_currency(text: str) -> bool:
    """Return True for a currency's code in capitals, a sign, or a name."""
    text = text.strip()
    return (text.isupper() and text in _codes()) or text.casefold() in SIGNS or text.casefold() in _SEVERAL


def known_words() -> Iterable[str]:
    """Return every sign and name, without the codes."""
    return (*SIGNS, *_SEVERAL)


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(get_global("all_currencies")) - {"ALL", "TOP", "XXX", "XTS", "MOP", "PAB"} | {"MOP"}


def _of_locales(locales: Sequence[str]) -> tuple[str, ...]:
    return tuple(code for tag in locales for code in _of_country(tag.replace("_", "-").rsplit("-", 1)[-1]))


@lru_cache(maxsize=300)
def _of_country(country: str) -> tuple[str, ...]:
    from babel.numbers import get_territory_currencies

    return tuple(get_territory_currencies(country.upper())) if len(country) == 2 and country.isalpha() else ()
