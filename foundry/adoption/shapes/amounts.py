"""Amounts of money as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from foundry.adoption.shapes.currencies import currencies_of, digits_of, known_words

LONGEST = 80
_BLANKS = " \u00a0\u202f\u2009"
_NUMBER = re.compile(rf"[0-9](?:[0-9.,'’{_BLANKS}]*[0-9])?")
_OTHER_DIGITS = str.maketrans(
    "０１２３４５６７８９．，￥＄٠١٢٣٤٥٦٧٨٩٫٬۰۱۲۳۴۵۶۷۸۹", "0123456789.,¥$0123456789.,0123456789"
)
_DASH_FOR_ZEROS = re.compile(r"(?<=\d)(?:[.,:]\s?[-–—]+|/-)")
_SIGN_FOR_POINT = re.compile(r"(?<=\d)\s?([€£$])\s?(\d\d)$")
_TIMES = {
    "k": 3, "tsd": 3, "tsd.": 3, "thousand": 3, "tausend": 3, "mil": 3, "mille": 3, "m": 6, "mn": 6, "mio": 6,
    "mio.": 6, "million": 6,
    "millions": 6, "millionen": 6, "millones": 6, "milhões": 6, "mm": 6, "lakh": 5, "crore": 7, "万": 4, "萬": 4,
    "千": 3, "億": 8, "亿": 8,
}  # fmt: skip
_TAX = re.compile(
    r"\b(?:incl?\.?|inkl\.?|including|excl?\.?|plus|zzgl\.?|ex|iva|com|con)?\s*(?:vat|tax(?:es)?|mwst\.?|ust\.?|iva|"
    r"tva|ttc|ht|gst|"
    r"impuestos|incluido|inclus[oa]?)\b\.?|税込み?|税抜き?|税別|含税|含稅|不含税|未税|未稅",
    re.IGNORECASE,
)
_NOTHING_SAID = re.compile(
    r"^(?:price|preis|prix|precio|preço|rrp|msrp|uvp|pvp|only|nur|ca\.?|about|approx\.?|total)$", re.IGNORECASE
)
_PRICE_BEHIND = re.compile(
    r"(?P<name>\S.{0,120})\s*(?:[(（\[](?P<inside>[^()（）\[\]]{2,40})[)）\]]|(?:\s[-–—|]|[:：|]|"
    r",(?=\s))\s*(?P<behind>[^()]{2,30}))"
)
_FROM = frozenset({"from", "ab", "à partir de", "dès", "desde", "a partir de", "から", "起"})
_RANGE = re.compile(r"\d\s*[-–—~〜]\s*\D{0,3}\d")


@dataclass(frozen=True)
class MoneyReading:
    """One reading of an amount. amount: a decimal number with a point ("1299.00").

    currency: an ISO 4217 code; empty where the text names none. beside: the words that stand beside the amount and
    change its sense ("from", "per month"); empty for most. reason: a clause for people.
    """

    text: str
    amount: str
    currency: str
    beside: str
    score: float
    reason: str


def money_in(text: str, locales: Sequence[str] = ()) -> tuple[MoneyReading, ...]:
    """Return the readings of an amount of money, the best first; none for a text that is no single amount.

    "€49.90", "49,90 EUR", "499 kr", "CHF 1'299.00", "49,- €", "5万円", "1.5 Mio. EUR", "£1,299" and a bare number are
    amounts. The locales decide what "kr", "$" and "¥" mean; where they leave several currencies, each is a reading. A
    separator before three digits parts thousands, unless the currency has three decimal places: then both are readings.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or _RANGE.search(text):
        return ()
    plain = _DASH_FOR_ZEROS.sub("", _SIGN_FOR_POINT.sub(r".\2 \1", text.translate(_OTHER_DIGITS)))
    numbers = _NUMBER.findall(plain)
    if len(numbers) != 1:
        return ()
    number = numbers[0]
    before, _, after = plain.partition(number)
    if before.rstrip().endswith("-"):
        return ()
    return _readings(text, number, before, after, tuple(locales))


def price_list_in(text: str, locales: Sequence[str] = ()) -> tuple[tuple[MoneyReading, ...], ...]:
    """Return the readings of each amount in "€49.90 / $55 / £45"; none unless every part is an amount."""
    if one := money_in(text, locales):
        return (one,)
    parts = [part for part in re.split(r"\s*[/|;\n、]\s*|,\s+|\s+(?:and|und|et|y|e|oder|or)\s+", text.strip()) if part]
    found = tuple(money_in(part, locales) for part in parts) if 1 < len(parts) <= 50 else ()
    return found if all(found) and all(readings[0].currency for readings in found) else ()


def name_and_price_in(text: str, locales: Sequence[str] = ()) -> tuple[str, tuple[MoneyReading, ...]] | None:
    """Return the name and the readings of the price in "Stove Kettle (£45)" or "Ruby Tonic – 49,90 €"; else None.

    The price has a currency and stands at the end, in brackets or behind a dash, a colon,
    a bar or a comma with a blank.
    """
    found = _PRICE_BEHIND.fullmatch(text.strip()) if len(text) <= 3 * LONGEST else None
    if not found:
        return None
    readings = money_in(found["inside"] or found["behind"], locales)
    return (found["name"].strip(), readings) if readings and readings[0].currency else None


def _readings(text: str, number: str, before: str, after: str, locales: tuple[str, ...]) -> tuple[MoneyReading, ...]:
    times, after = _times(after, is_money=bool(_signs_end().search(before.rstrip(_BLANKS))))
    sign, before, after = _sign(before, after)
    beside = _beside(before, after)
    if beside is None or (not sign and beside and beside.casefold() not in _FROM):
        return ()
    if not sign:
        score = 0.35 if beside else 0.6
        found = [MoneyReading(text, amount, "", beside, score, "a number") for amount in _amounts(number, 2, locales)]
        return tuple(replace(reading, amount=_multiplied(reading.amount, times)) for reading in found)
    made = [
        MoneyReading(
            text, _multiplied(amount, times), code, beside, score * (0.6 if beside else 1), f"an amount in {code}"
        )
        for code, score in currencies_of(sign, locales)
        for amount in _amounts(number, digits_of(code), locales)
    ]
    return tuple(sorted(made, key=lambda reading: -reading.score))


def _times(after: str, *, is_money: bool) -> tuple[int, str]:
    """Return the power of ten behind a number, and the text behind that."""
    found = re.match(rf"[{_BLANKS}]*(万|萬|千|億|亿|[A-Za-zõÕ]+(?![^\W\d_])\.?)", after)
    if not found:
        return 0, after
    word = found[1]
    power = _TIMES.get(word.casefold(), 0)
    if word in ("m", "mm") and not is_money:  # metres and millimetres
        power = 0
    return (power, after[found.end() :]) if power else (0, after)


def _sign(before: str, after: str) -> tuple[str, str, str]:
    """Return the currency's code, sign or name, and what is left before and after."""
    after = re.sub(r"^\s*\(([^()]{1,12})\)", r" \1", after)
    behind = _signs_begin().match(after.lstrip(_BLANKS))
    if behind and currencies_of(behind[1], ()):
        rest = after.lstrip(_BLANKS)[behind.end() :]
        return behind[1], before if not _is_same(before, behind[1]) else "", rest
    ahead = _signs_end().search(before.rstrip(_BLANKS))
    if ahead and currencies_of(ahead[1], ()):
        left = before.rstrip(_BLANKS)[: ahead.start()]
        if left.strip().isupper() and currencies_of(left, ()):  # "MXN $499"
            return left.strip(), "", after
        return ahead[1], left, after
    return "", before, after


def _is_same(before: str, sign: str) -> bool:
    """Return True for "€" before "49 EUR"."""
    other = currencies_of(before, ())
    return (bool(other) and other[0][0] in dict(currencies_of(sign, ()))) or (bool(other) and before.strip() == "$")


@lru_cache(maxsize=1)
def _any_sign() -> str:
    words = sorted((re.escape(word) for word in known_words()), key=len, reverse=True)
    return rf"(?:{'|'.join(words)}|[A-Za-z]{{3}})"


@lru_cache(maxsize=1)
def _signs_begin() -> re.Pattern[str]:
    return re.compile(rf"({_any_sign()})(?![A-Za-zÀ-ÿ])", re.IGNORECASE)


@lru_cache(maxsize=1)
def _signs_end() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-zÀ-ÿ])({_any_sign()})$", re.IGNORECASE)


def _beside(before: str, after: str) -> str | None:
    """Return the words beside an amount that change its sense; None if there are too many for an amount."""
    found = []
    for words in (before, after):
        left = _TAX.sub("", words).strip(f"{_BLANKS}()（）[]:：,.;*+")
        if left and not _NOTHING_SAID.match(left):
            found.append(left)
    beside = " … ".join(found)
    return beside if len(beside) <= 24 and not any(letter.isdigit() for letter in beside) else None


def _multiplied(amount: str, power: int) -> str:
    return format((Decimal(amount) * 10**power).normalize(), "f") if power else amount


def _amounts(number: str, digits: int, locales: tuple[str, ...]) -> list[str]:
    """Return the numbers that digits with separators may mean, in a currency of so many decimal places."""
    bare = re.sub(rf"['’{_BLANKS}]", "", number)
    marks = [letter for letter in bare if letter in ".,"]
    if not marks:
        return [bare.lstrip("0") or "0"]
    last = marks[-1]
    whole, _, tail = bare.rpartition(last)
    if marks.count(last) > 1 or (
        len(set(marks)) == 1 and len(tail) == 3 and digits != 3 and 0 < len(whole) <= 3 and whole != "0"
    ):
        if marks.count(last) > 1 and len(set(marks)) > 1:
            return []
        return [_whole(bare)]
    if len(set(marks)) == 1 and len(tail) == 3 and digits == 3 and 0 < len(whole) <= 3:
        decimal_comma = _decimal_comma(locales)
        as_decimal, as_whole = f"{_whole(whole)}.{tail}", _whole(bare)
        if decimal_comma is None:
            return [as_decimal, as_whole]
        return [as_decimal if (last == ",") == decimal_comma else as_whole]
    return [f"{_whole(whole) or '0'}.{tail}"]


def _whole(text: str) -> str:
    return re.sub(r"[.,]", "", text).lstrip("0") or "0"


def _decimal_comma(locales: tuple[str, ...]) -> bool | None:
    """Return True if all these locales write decimals with a comma, False if none does, None if they differ."""
    from babel import Locale, UnknownLocaleError

    found = set()
    for tag in locales:
        try:
            symbols = Locale.parse(tag, sep="-").number_symbols
        except (UnknownLocaleError, ValueError):
            continue
        found.add(symbols.get("latn", {}).get("decimal") == ",")
    return found.pop() if len(found) == 1 else None
