"""The limits of a strict brief: its budget, its days, its priority, its alternatives, and the films it asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.facts import Facts, leaves, place_of
from foundry.adoption.saying.files import SOUNDS, named_files
from foundry.adoption.saying.locales import locale_named, same_language
from foundry.adoption.saying.notebook import Notebook
from foundry.adoption.saying.prices import currency_named
from foundry.adoption.shapes import DayOrder, DayReading, day_order_of, day_range_in, days_in, money_in
from foundry.brief.copywriting import currency_of

_PRIORITIES = {
    8: "high highest urgent critical top hoch höchste dringend urgente haute élevée alta 高 最高 緊急 紧急",
    5: "medium normal standard mittel moyenne media média 中 普通",
    2: "low lowest niedrig gering basse faible baja baixa 低",
}
_DOLLARS = "USD"
_ORDERS: tuple[DayOrder, DayOrder] = ("day first", "month first")
_SECONDS = re.compile(
    r"(?:0?0:)?(\d{1,2}(?:[.,]\d{1,3})?)\s*(?:s|sec\.?|secs|seconds?|sekunden?|secondes?|segundos?|秒|[\"”″])?"
)
_SHORTEST, _LONGEST = 6, 30
_COUNT = re.compile(r"\d{1,4}")
_MOST_ALTERNATIVES = 1_000


def say_limits(facts: Facts, locales: Sequence[str], folder: Path, notebook: Notebook) -> dict[str, Any]:
    """Return budget, embargo, expiry, priority, alternatives and film, as far as the file states them."""
    made: dict[str, Any] = {}
    if budget := _budget(facts, locales, notebook):
        made["budget"] = {"amount": budget}
    made |= _days(facts, locales, notebook)
    if priority := _priority(facts, notebook):
        made["priority"] = priority
    if alternatives := _alternatives(facts, notebook):
        made["alternatives"] = alternatives
    if film := _film(facts, locales, folder, notebook):
        made["film"] = film
    return made


def _budget(facts: Facts, locales: Sequence[str], notebook: Notebook) -> str:
    claims = facts.of(Meaning.BUDGET)
    found = ""
    for claim in claims:
        readings = money_in(claim.text, locales)
        if not readings or readings[0].beside:
            notebook.leave([claim.leaf], f"{claim.text[:60]!r} is no single amount of money")
            continue
        beside = (*facts.beside(claim, Meaning.CURRENCY), *facts.common_currencies)
        stating = [one for one in beside if currency_named(one.text, locales)][:1]
        stated = currency_named(stating[0].text, locales) if stating else ""
        strict = claim.leaf.path[-2:] == ("budget", "amount")
        usual = currency_of(locales[0]) if locales and not strict else _DOLLARS
        currency = readings[0].currency or stated or usual or ""
        if currency != _DOLLARS or found:
            reason = "there is a budget already" if found else f"cards are priced in {_DOLLARS}, and this is {currency}"
            notebook.leave([claim.leaf], reason)
            continue
        found = readings[0].amount
        notebook.decide(
            "budget",
            f"{found} {_DOLLARS}",
            claim.reason,
            [claim, *(stating if stated == currency else [])],
            score=readings[0].score,
        )
    return found


def _days(facts: Facts, locales: Sequence[str], notebook: Notebook) -> dict[str, str]:
    """Return the first and the last day, as ISO 8601 writes them."""
    claims = {field: facts.of(meaning) for field, meaning in (("embargo", Meaning.EMBARGO), ("expiry", Meaning.EXPIRY))}
    order = _order(notebook) or day_order_of(claim.text for each in claims.values() for claim in each)
    found: dict[str, dict[date, list[Claim]]] = {}
    for field, each in claims.items():
        for claim in each:
            readings = days_in(claim.text, locales, order)
            both = None if readings else day_range_in(claim.text, locales, order)
            if not readings and not both:
                notebook.leave([claim.leaf], f"{claim.text[:60]!r} is no single day")
            for name, some in ((field, readings),) if not both else (("embargo", both[0]), ("expiry", both[1])):
                _take_day(name, some, claim, found, notebook)
    return {field: _one_day(field, days, notebook) for field, days in found.items()}


def _order(notebook: Notebook) -> DayOrder | None:
    answer = notebook.answer("date order").casefold()
    return next((order for order in _ORDERS if order == answer), None)


def _take_day(
    field: str,
    readings: tuple[DayReading, ...],
    claim: Claim,
    found: dict[str, dict[date, list[Claim]]],
    notebook: Notebook,
) -> None:
    if not readings:
        return
    if len(readings) > 1:
        choices = [Choice(each.order or "", f"{claim.text} is {each.day.isoformat()}") for each in readings]
        text = f"The date {claim.text!r} can be read in two ways. Which number comes first?"
        notebook.ask("date order", text, choices, [claim.leaf], default=_ORDERS[0], shared=True)
    found.setdefault(field, {}).setdefault(readings[0].day, []).append(claim)
    day, reason = readings[0].day.isoformat(), f"{claim.reason}; {readings[0].reason}"
    notebook.decide(field, day, reason, [claim], score=readings[0].score)


def _one_day(field: str, days: dict[date, list[Claim]], notebook: Notebook) -> str:
    """Return the only day of a field, or ask which of several stands."""
    answer = notebook.answer(field)
    if len(days) > 1 and answer not in [day.isoformat() for day in days]:
        choices = [Choice(day.isoformat(), place_of(claims[0].leaf)) for day, claims in days.items()]
        all_claims = [claim for claims in days.values() for claim in claims]
        text = f"There are {len(days)} days for the {field}. Which one stands?"
        notebook.ask(field, text, choices, leaves(all_claims), default=choices[0].value)
    return answer if answer in [day.isoformat() for day in days] else next(iter(days)).isoformat()


def _priority(facts: Facts, notebook: Notebook) -> int | None:
    for claim in facts.of(Meaning.PRIORITY):
        word = claim.text.strip().casefold()
        found = next((number for number, words in _PRIORITIES.items() if word in words.split()), None)
        if found is None and len(word) == 1 and word.isascii() and word.isdigit():
            found = int(word)
        if found is not None:
            notebook.decide("priority", str(found), f"{claim.reason}; of 0 to 9, 9 goes first", [claim], score=0.7)
            return found
        notebook.leave([claim.leaf], f"{claim.text[:60]!r} is no priority from 0 to 9")
    return None


def _alternatives(facts: Facts, notebook: Notebook) -> int | None:
    counts: dict[int, list[Claim]] = {}
    for claim in facts.of(Meaning.ALTERNATIVES):
        number = int(claim.text) if _COUNT.fullmatch(claim.text.strip()) else 0
        if 1 <= number <= _MOST_ALTERNATIVES:
            counts.setdefault(number, []).append(claim)
        else:
            notebook.leave([claim.leaf], f"{claim.text[:60]!r} is no number from 1 to {_MOST_ALTERNATIVES}")
    if not counts:
        return None
    most = max(counts)
    for number, claims in counts.items():
        if number == most:
            notebook.take("alternatives", claims, str(number))
        else:
            notebook.leave(leaves(claims), "a brief has one number of alternatives, and the largest stands")
    return most


def _film(facts: Facts, locales: Sequence[str], folder: Path, notebook: Notebook) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for claim in facts.of(Meaning.FILM_SECONDS):
        found = _SECONDS.fullmatch(claim.text.strip().casefold())
        seconds = Decimal(found[1].replace(",", ".")) if found else Decimal(0)
        if _SHORTEST <= seconds <= _LONGEST and made.get("seconds", str(seconds)) == str(seconds):
            made["seconds"] = str(seconds)
            notebook.take("film.seconds", [claim], str(seconds))
        else:
            notebook.leave([claim.leaf], f"films have one length of {_SHORTEST} to {_LONGEST} seconds")
    for claim in facts.of(Meaning.MUSIC):
        file = named_files(claim.text, folder, SOUNDS)[0]
        if file.name and "music" not in made:
            made["music"] = file.name
            _take_sound("film.music", file.name, file.because, claim, notebook)
        else:
            notebook.leave([claim.leaf], file.because or "a film has one piece of music")
    voices = _voices(facts, locales, folder, notebook)
    return made | ({"voice_over": voices} if voices else {})


def _voices(facts: Facts, locales: Sequence[str], folder: Path, notebook: Notebook) -> dict[str, str]:
    found: dict[str, str] = {}
    for claim in facts.of(Meaning.VOICE_OVER):
        tag = locale_named(claim.scope.locale) if claim.scope.locale else ""
        wanted = same_language(tag, locales) if tag else tuple(locales[:1])
        file = named_files(claim.text, folder, SOUNDS)[0]
        if not file.name or not wanted or any(each in found for each in wanted):
            notebook.leave([claim.leaf], file.because or "no copy in its language, or a second voice-over for it")
            continue
        for each in wanted:
            found[each] = file.name
            _take_sound(f"film.voice_over.{each}", file.name, file.because, claim, notebook)
    return found


def _take_sound(field: str, name: str, because: str, claim: Claim, notebook: Notebook) -> None:
    reason = "; ".join(part for part in (claim.reason, because) if part)
    notebook.decide(field, name, reason, [claim])
