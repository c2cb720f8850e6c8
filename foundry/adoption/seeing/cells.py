"""The text of a spreadsheet's cell as the sheet shows it, except that days are written year first."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from foundry.adoption.leaf import BLANKS

CellKind = Literal["text", "number", "boolean"]
_BRACKETED_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-([0-9A-Fa-f]+))?\]")
_LITERALS = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_DECIMALS = re.compile(r"[0#?](?:[.,]([0#?]+))?(?![0#?,.])")
_SIGNS = "€$£¥₹₪₩₽₴₺₫฿₱"
_CODES = re.compile(
    r"\b(?:EUR|USD|GBP|CHF|JPY|CNY|SEK|NOK|DKK|CAD|AUD|NZD|PLN|CZK|HUF|INR|BRL|MXN|KRW|TRY|ZAR|AED|SGD|HKD|TWD)\b"
)
_WORDS = re.compile(r"\b(?:kr|zł|Kč|Ft|Fr|R\$|лв)\.?(?!\w)")
_OF_PLACES = {
    "41D": "SEK", "414": "NOK", "814": "NOK", "406": "DKK", "40F": "ISK", "409": "USD", "1009": "CAD", "C0C": "CAD",
    "C09": "AUD", "1409": "NZD",
    "80A": "MXN", "411": "JPY", "804": "CNY", "404": "TWD", "C04": "HKD", "1004": "SGD", "416": "BRL", "2C0A": "ARS",
}  # fmt: skip
"""The currencies of Windows' numbers of places, where a sign alone may mean several."""


def shown(value: Any, number_format: str) -> tuple[str, CellKind]:
    """Return the text of a cell's value in its number format, and its kind.

    A day is "2027-05-31", a time "9:16", a percentage "20%", an amount in a currency format "49.90 €" or "499.00 SEK".
    Other numbers have the decimal places and leading zeros of their format, with a point and without grouping.
    """
    if isinstance(value, bool):
        return str(value).upper(), "boolean"
    if isinstance(value, int | float):
        return _number(value, number_format or "General"), "number"
    if isinstance(value, date | time | timedelta):
        return _day_or_time(value), "text"
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").strip(BLANKS), "text"


def _day_or_time(value: date | time | timedelta) -> str:
    if isinstance(value, datetime) and value.time() != time():
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, time):
        return _time(value.hour, value.minute, value.second)
    seconds = int(value.total_seconds())
    return _time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _time(hours: int, minutes: int, seconds: int) -> str:
    return f"{hours}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")


def _number(value: float, number_format: str) -> str:
    section = number_format.split(";", maxsplit=1)[0]
    if section in ("General", "@", ""):
        return _plain(value)
    pattern = _LITERALS.sub("", _BRACKETED_CURRENCY.sub("", section))
    if "%" in pattern:
        return f"{_with_places(Decimal(_plain(value)) * 100, pattern)}%"
    if "E+" in pattern or not re.search(r"[0#]", pattern):
        return _plain(value)
    amount = _with_places(Decimal(_plain(value)), pattern)
    currency = currency_of_format(section)
    if not currency:
        whole = re.match(r"0+", pattern)
        return amount.zfill(len(whole[0])) if whole and whole[0] == pattern else amount
    return f"{amount} {currency}"


def currency_of_format(section: str) -> str:
    """Return the currency's sign, word or code in a number format; empty if it has none."""
    if found := _BRACKETED_CURRENCY.search(section):
        sign, place = found[1].strip(), (found[2] or "").upper()
        if sign and sign != "€" and place in _OF_PLACES:
            return _OF_PLACES[place]
        if sign:
            return sign
    words = "".join((mark[1] or mark[2] or "") + " " for mark in _LITERALS.finditer(section)) + section
    for pattern in (_CODES, _WORDS):
        if word := pattern.search(words):
            return word[0]
    return next((letter for letter in words if letter in _SIGNS), "")


def _with_places(value: Decimal, pattern: str) -> str:
    """Return a number with the decimal places of a format; `#` stands for a place that may be left out."""
    found = re.search(r"\.([0#?]+)", pattern)
    places = found[1] if found else ""
    text = format(round(value, len(places)), "f")
    optional = len(places) - len(places.rstrip("#?"))
    while optional and "." in text and text.endswith("0"):
        text, optional = text[:-1], optional - 1
    return text.rstrip(".")


def _plain(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return format(Decimal(format(value, ".15g")), "f")
