"""The shapes that a value may have, with scores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from foundry.adoption.shapes.amounts import money_in
from foundry.adoption.shapes.days import day_range_in, days_in
from foundry.adoption.shapes.markers import FileKind, address_in, approval_in, colour_in, file_name_in
from foundry.adoption.shapes.parts import is_sentence, parts_of
from foundry.adoption.shapes.regions import countries_in
from foundry.adoption.shapes.slots import may_name_placements, placements_in
from foundry.adoption.shapes.tongues import locales_in


class Shape(StrEnum):
    """A shape of a value. A list has the shape of its items, and LIST besides."""

    LOCALE = "locale"
    COUNTRY = "country"
    MONEY = "money"
    NUMBER = "number"
    PERCENTAGE = "percentage"
    DAY = "day"
    DAY_RANGE = "day range"
    PLACEMENT = "placement"
    COLOUR = "colour"
    PICTURE_FILE = "picture file"
    MODEL_FILE = "model file"
    SOUND_FILE = "sound file"
    FILM_FILE = "film file"
    FONT_FILE = "font file"
    OTHER_FILE = "other file"
    ADDRESS = "address"
    APPROVAL = "approval"
    IDENTIFIER = "identifier"
    SENTENCE = "sentence"
    PHRASE = "phrase"
    LIST = "list"


_OF_FILES: dict[FileKind, Shape] = {
    "picture": Shape.PICTURE_FILE, "drawing": Shape.PICTURE_FILE, "model": Shape.MODEL_FILE, "sound": Shape.SOUND_FILE,
    "film": Shape.FILM_FILE, "font": Shape.FONT_FILE, "document": Shape.OTHER_FILE,
}  # fmt: skip
_NUMBER = re.compile(r"[-+]?\d[\d.,'’ \u00a0\u202f]*")
_PERCENTAGE = re.compile(r"[-+−]?\s?\d[\d.,]*\s?[%％]")
_IDENTIFIER = re.compile(
    r"(?=.*[\d_-])[A-Za-z0-9]+(?:[-_.:][A-Za-z0-9]+)*|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)
_LONGEST_SHORT = 80


def shapes_of(text: str) -> dict[Shape, float]:
    """Return the shapes that a text may have, each with a score from 0 to 1; shapes that it cannot have are left out.

    A list's score for the shape of its items is that of its least certain item, times the share of items that have it.
    """
    return dict(_shapes(text.strip()))


@lru_cache(maxsize=10_000)
def _shapes(text: str) -> Mapping[Shape, float]:
    if not text:
        return {}
    found: dict[Shape, float] = {}
    parts = parts_of(text)
    if len(parts) > 1:
        found[Shape.LIST] = 0.5 if is_sentence(text) else 0.9
    _add_words(found, text)
    if len(text) <= _LONGEST_SHORT:
        _add_short(found, text)
    _add_listed(found, text, max(len(parts), 1))
    return found


def _add_words(found: dict[Shape, float], text: str) -> None:
    if is_sentence(text):
        found[Shape.SENTENCE] = 0.9
    elif any(letter.isalpha() for letter in text):
        found[Shape.PHRASE] = 0.6
    if " " not in text and _IDENTIFIER.fullmatch(text):
        found[Shape.IDENTIFIER] = 0.6 if any(mark in text for mark in "-_") else 0.4


def _add_short(found: dict[Shape, float], text: str) -> None:
    if money := money_in(text):
        found[Shape.MONEY] = money[0].score if money[0].currency else 0.4
    if _NUMBER.fullmatch(text):
        found[Shape.NUMBER] = 0.95
    if _PERCENTAGE.fullmatch(text):
        found[Shape.PERCENTAGE] = 0.95
    if days := days_in(text):
        found[Shape.DAY] = max(days[0].score, 0.8)
    elif day_range_in(text):
        found[Shape.DAY_RANGE] = 0.95
    if approval_in(text):
        found[Shape.APPROVAL] = 0.4 if text.isdigit() else 0.8


def _add_listed(found: dict[Shape, float], text: str, count: int) -> None:
    """Add the shapes of items: of a text of one item, its own."""
    listed = (
        (Shape.LOCALE, locales_in(text)),
        (Shape.COUNTRY, countries_in(text)),
        (Shape.COLOUR, colour_in(text)),
        (Shape.PLACEMENT, placements_in(text) if may_name_placements(text) else ()),
        (Shape.ADDRESS, address_in(text)),
    )
    for shape, readings in listed:
        if readings:
            share = min(len(readings) / count, 1.0)
            score = min(reading.score for reading in readings) * share
            if score >= 0.2:
                found[shape] = round(score, 3)
    for file in file_name_in(text):
        shape = _OF_FILES[file.kind]
        found[shape] = max(found.get(shape, 0.0), file.score)
