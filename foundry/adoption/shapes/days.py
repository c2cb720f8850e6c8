"""Days as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

DayOrder = Literal["day first", "month first"]
LONGEST = 60
_MONTHS_IN = ("en", "de", "fr", "es", "pt", "it", "nl", "sv", "nb", "da", "pl")
_SELDOM_IN = ("ru", "tr", "cs", "fi", "hu", "uk", "ro", "el")
_MORE_MONTHS = {
    "sept": 9,
    "sep": 9,
    "maerz": 3,
    "mrz": 3,
    "okt": 10,
    "dez": 12,
    "jaenner": 1,
    "janner": 1,
    "setiembre": 9,
}
_TIME = re.compile(
    r"(?:[T ,]|\s+(?:at|um|à|a las|às)\s+)\s*\d{1,2}[:.h]\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:uhr|h|am|pm)?\s*(?:Z|"
    r"[+-]\d{2}:?\d{2}|UTC|GMT|CES?T|E[SD]T|P[SD]T|JST|BST)?$",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|nesday|sday|rsday|urday)?[.,]?\s+|"
    r"^(?:mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|"
    r"mercredi|jeudi|"
    r"vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|segunda|terça|quarta|quinta|"
    r"sexta)(?:-feira)?[.,]?\s+|"
    r"\s*[(（][月火水木金土日一二三四五六](?:曜日?)?[)）]",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]| |\. )(\d{1,2})\2(\d{1,2})\.?")
_DIGITS_ONLY = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2}|['’]\d{2})")
_FAR_EASTERN = re.compile(r"(?:(\d{4})|令和(\d{1,2}|元))\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]?")
_KOREAN = re.compile(r"(\d{4})년\s*(\d{1,2})월\s*(\d{1,2})일")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[\s-]*(?:of\s+|de\s+|d')?([^\W\d_]{3,12})\.?,?[\s-]*(?:of\s+|de\s+|"
    r"del\s+)?(\d{4}|['’]?\d{2})"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,12})\.?[\s-]*(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4})")
_YEAR_MONTH_DAY = re.compile(r"(\d{4})[\s-]+([^\W\d_]{3,12})\.?[\s-]+(\d{1,2})")
_THROUGH = re.compile(
    r"\s+(?:-|–|—|to|until|till|through|bis|au|a|al|até|hasta)\s+|\s*(?:–|—|〜|~|～|→|から|至|到)\s*|"
    r"(?<=\d{4})-(?=\d{1,2}[./])|(?<=\.)-(?=\d)|(?<=\d)-(?=\d{4}[.年/])|(?<=-\d\d)/(?=\d{4}-)|"
    r"(?<!\d{4}-\d\d)(?<=\d)-(?=\d{1,2},? +[^\W\d_]|\d{1,2}, )",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"^(?:the|by|until|till|on|from|starting|ends?|ab|bis(?: zum)?|am|vom|le|el|em|até|hasta|jusqu'au|dès le|"
    r"a partir de)\s+|"
    r"\s*[(（]\w{2,10}\.?[)）]$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^(?:from|vom|von|du|del|de|desde|ab|valid|gültig|valable)\s+", re.IGNORECASE)
_MONTH_FIRST = frozenset({"US", "PH", "PW", "FM", "MH"})
_BOTH = frozenset({"CA"})
"""Countries that write both orders: French Canadians the year or the day first, the others all three."""


@dataclass(frozen=True)
class DayReading:
    """One reading of a day. order: that of a date in digits, year last; None where the text leaves no choice."""

    text: str
    day: date
    order: DayOrder | None
    score: float
    reason: str


def days_in(text: str, locales: Sequence[str] = (), order: DayOrder | None = None) -> tuple[DayReading, ...]:
    """Return the readings of a day, the best first; none for a text that names no single day ("Q1 2027", "May 2027").

    A date in digits may have two readings, 5/6/2027: the order decides between them, or else the locales if they all
    write the same one. A time of day and the name of a weekday are passed over.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or not any(letter.isdigit() for letter in text):
        return ()
    plain = _WEEKDAY.sub("", _TIME.sub("", _BESIDE.sub("", text))).strip(" ,")
    certain = _certain(plain)
    if certain:
        return (DayReading(text, certain, None, 0.97, "a date that can be read in one way"),)
    found = _YEAR_LAST.fullmatch(plain)
    if not found:
        return ()
    year = _year(found[4])
    readings = _both(text, int(found[1]), int(found[3]), year)
    if len(readings) < 2:
        return tuple(readings)
    wanted, reason = _wanted(found[2], locales, order)
    if wanted:
        return tuple(DayReading(text, one.day, one.order, 0.85, reason) for one in readings if one.order == wanted)
    return tuple(readings)


def day_range_in(
    text: str, locales: Sequence[str] = (), order: DayOrder | None = None
) -> tuple[tuple[DayReading, ...], tuple[DayReading, ...]] | None:
    """Return the readings of the first and the last day of "1 May 2027 – 31 May 2027"; None for anything else.

    The first day may leave out the year, and the month, of the last: "01.05.–31.05.2027", "May 1 – 31, 2027".
    """
    text = _FROM.sub("", text.strip())
    if len(text) > 2 * LONGEST:
        return None
    parts = [part.strip(" ,") for part in _THROUGH.split(text)]
    if len(parts) != 2:
        return None
    first, last = parts
    order = order or day_order_of(parts)
    until = days_in(last, locales, order)
    if not until and (head := re.match(r"\d{4}年", first)):
        until = days_in(head[0] + last, locales, order)
    since = days_in(first, locales, order) if until else ()
    if until and not since:
        since = next((found for whole in _completed(first, last) if (found := days_in(whole, locales, order))), ())
    if not until and (same := re.match(r"([^\W\d_]{3,12})\.?\s", first)):
        until = days_in(f"{same[1]} {last}", locales, order)
        year = until[0].day.year if until else 0
        since = days_in(f"{first.rstrip(',')}, {year}", locales, order) if until else ()
    return (since, until) if since and until else None


def _completed(first: str, last: str) -> Iterable[str]:
    """Yield the first part of a range with the year, or the month and the year, of the last part."""
    if year := re.search(r"\d{4}", last):
        if first.endswith("."):
            yield first + year[0]
        yield f"{first}, {year[0]}"
        yield f"{first} {year[0]}"
        yield f"{year[0]}年{first}"
    if found := re.match(r"\d{1,2}\.?(.*)$", last):
        yield (
            first.rstrip(".")
            + ("." if last[len(first.rstrip(".")) : len(first.rstrip(".")) + 1] == "." else "")
            + found[1]
        )


def day_order_of(texts: Iterable[str]) -> DayOrder | None:
    """Return the order that dates in digits of one file show by a day beyond 12; None if none or both do."""
    shown = set()
    for text in texts:
        readings = days_in(text)
        if len(readings) == 1 and readings[0].order:
            shown.add(readings[0].order)
    return shown.pop() if len(shown) == 1 else None


def _certain(text: str) -> date | None:
    """Return the day of a text that has a year first, a month's name, or characters for year, month and day."""
    return next((read(found) for form, read in _CERTAIN if (found := form.fullmatch(text))), None)


def _far_eastern_year(found: re.Match[str]) -> int:
    """Return the year of a date, which may be one of the era Reiwa; its first is 2019."""
    return int(found[1]) if found[1] else 2018 + (1 if found[2] == "元" else int(found[2]))


def _both(text: str, first: int, second: int, year: int) -> list[DayReading]:
    """Return the readings of two numbers before a year; one if the numbers are the same or one is beyond 12."""
    made: list[DayReading] = []
    for order, day, month in (("day first", first, second), ("month first", second, first)):
        found = _day(year, month, day)
        if found and all(found != other.day for other in made):
            reading: DayOrder = "day first" if order == "day first" else "month first"
            made.append(DayReading(text, found, reading, 0.5, f"read with the {order}"))
    if len(made) == 1:
        same = first == second
        reason = "a date that can be read in one way"
        return [DayReading(text, made[0].day, None if same else made[0].order, 0.95, reason)]
    return made


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _wanted(mark: str, locales: Sequence[str], order: DayOrder | None) -> tuple[DayOrder | None, str]:
    """Return the order of a date in digits with its reason; None where two orders are possible."""
    if order:
        return order, "the order of the other dates"
    wanted = _order_of(locales)
    if mark != ".":
        return wanted, "the order of the market"
    return (None, "") if wanted == "month first" else ("day first", "dates with dots begin with the day")


def _year(text: str) -> int:
    digits = text.strip("'’")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(word: str) -> int:
    """Return the number of a month by its name in one of many languages; 0 for other words."""
    folded = _folded(word)
    return _months(_MONTHS_IN).get(folded) or _months(_SELDOM_IN).get(folded, 0)


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).rstrip(".")


@lru_cache(maxsize=2)
def _months(languages: tuple[str, ...]) -> dict[str, int]:
    from babel import Locale

    names = dict(_MORE_MONTHS)
    for tag in languages:
        months = Locale(tag).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months.get(context, {}).get(width, {}).items():
                    names.setdefault(_folded(str(name)), int(number))
    return names


def _order_of(locales: Sequence[str]) -> DayOrder | None:
    """Return the order that all these locales write; None if they differ, or if there are none."""
    countries = {tag.replace("_", "-").rsplit("-", 1)[-1].upper() for tag in locales}
    if not countries or countries & _BOTH:
        return None
    orders = {country in _MONTH_FIRST for country in countries}
    if len(orders) > 1:
        return None
    return "month first" if orders.pop() else "day first"


_CERTAIN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date | None]], ...] = (
    (_YEAR_FIRST, lambda found: _day(int(found[1]), int(found[3]), int(found[4]))),
    (_DIGITS_ONLY, lambda found: _day(int(found[1]), int(found[2]), int(found[3]))),
    (_FAR_EASTERN, lambda found: _day(_far_eastern_year(found), int(found[3]), int(found[4]))),
    (_KOREAN, lambda found: _day(int(found[1]), int(found[2]), int(found[3]))),
    (_DAY_MONTH, lambda found: _day(_year(found[3]), _month(found[2]), int(found[1]))),
    (_MONTH_DAY, lambda found: _day(int(found[3]), _month(found[1]), int(found[2]))),
    (_YEAR_MONTH_DAY, lambda found: _day(int(found[1]), _month(found[2]), int(found[3]))),
)
"""The forms of a date that can be read in one way, and the days that they mean."""
