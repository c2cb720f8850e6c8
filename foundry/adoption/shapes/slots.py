"""Placements by the names, ratios and sizes that people give them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from foundry.adoption.shapes.parts import parts_of
from foundry.adoption.shapes.slot_words import (
    CHANNELS,
    FILM_RATIOS,
    GROUPS,
    NEAREST,
    OF_A_CHANNEL,
    PREFERRED,
    RATIOS,
    SHAPES,
    SLOTS,
    STANDARD_RATIOS,
)
from foundry.channel.placement import Placement, placement_sets, placements

LONGEST_PART, LONGEST = 80, 2_000
_RATIO = re.compile(
    r"(?<![\d.,:/])(\d{1,2}(?:[.,]\d{1,2})?)\s*(?:[:：/x×]|by)\s*(\d{1,2}(?:[.,]\d{1,2})?)(?![\d.,:/])", re.IGNORECASE
)
_SIZE = re.compile(r"(?<!\d)(\d{2,5})\s*(?:px)?\s*[x×*✕хX]\s*(\d{2,5})(?!\d)\s*(?:px|pixels?)?", re.IGNORECASE)
_FILM = re.compile(
    r"\b(?:videos?|films?|clips?|spots?|motion|animated|animation|mp4|mov|gif|vídeos?|vidéos?|bumper|pre-?roll|"
    r"in-?stream|\d{1,3}\s?(?:s|sec|secs|seconds|sek|\"))(?![\w])|動画|ビデオ|视频|影片",
    re.IGNORECASE,
)
_X = re.compile(r"\bX\s*[/(]\s*Twitter\b\)?", re.IGNORECASE)


@dataclass(frozen=True)
class PlacementReading:
    """The placements that a part of a text names. names: of placements and sets, as the strict brief takes them.

    exact: True for a name of this project, or for a size that is a placement's own. reason: a clause for people.
    """

    text: str
    names: tuple[str, ...]
    exact: bool
    score: float
    reason: str


_BRACKETS = re.compile(r"(?P<before>[^()]{2,40}?)\s*\((?P<inside>[^()]{3,80})\)")


@lru_cache(maxsize=8192)
def placements_in(text: str) -> tuple[PlacementReading, ...]:
    """Return the placements that a text lists: names, sets, ratios, pixel sizes, and the words of channels.

    "meta/story", "9:16", "300x250", "Instagram Story", "IG Reels (video)" and "Google Display 300x250" are known. Items
    that name none are left out: compare with `parts_of(text)` to find them.
    """
    if not text.strip() or len(text) > LONGEST:
        return ()
    if len(text) <= LONGEST_PART and (named := _named(text)):
        return (named,)
    parts = _parts(_X.sub("Twitter", text))
    readings = [reading for part in parts if (reading := _placement(part))]
    return tuple(readings)


def _parts(text: str) -> tuple[str, ...]:
    """Return the items of a list; one of sizes or ratios alone may have blanks between them."""
    words = text.split()
    if len(words) > 1 and all(_SIZE.fullmatch(word) or _RATIO.fullmatch(word) for word in words):
        return tuple(words)
    return tuple(item for part in parts_of(text) for one in _in_brackets(part) for item in _beside_slashes(one))


def _in_brackets(part: str) -> tuple[str, ...]:
    """Return `Instagram 1:1` and `Instagram 9:16` for "Instagram (1:1, 9:16)"; another text as it stands."""
    found = _BRACKETS.fullmatch(part)
    inside = parts_of(found["inside"]) if found else ()
    if not found or len(inside) < 2:
        return (part,)
    return tuple(f"{found['before']} {item}" for item in inside)


def _beside_slashes(part: str) -> Iterable[str]:
    """Yield the items of "1:1 / 9:16" and "1:1/9:16", which are no fractions."""
    items = [item.strip() for item in re.split(r"\s*/\s*", part)]
    if len(items) > 1 and all(
        _SIZE.fullmatch(item) or re.fullmatch(r"\d+(?:\.\d+)?[:x]\d+(?:\.\d+)?", item) for item in items
    ):
        return items
    return [part]


def _named(text: str) -> PlacementReading | None:
    name = text.strip().lower()
    if name in placements() or name in placement_sets():
        return PlacementReading(text, (name,), True, 0.98, "the name of a placement or set")
    return None


def _placement(part: str) -> PlacementReading | None:
    if len(part) > LONGEST_PART:
        return None
    if named := _named(part):
        return named
    words = re.sub(r"[_/·|-]+", " ", part.strip().lower())
    channels = [
        name for name, pattern in _compiled(_CHANNELS_KEY) if pattern.search(words) or pattern.search(part.lower())
    ]
    size, ratio = _size_in(part), _ratio_in(part)
    if not channels and not size and not ratio:
        return _by_words(part, words)
    moves = bool(_FILM.search(part))
    channels = _by_own_name(channels)
    if not channels:
        return _by_size(part, size, None, moves) if size else _by_ratio(part, str(ratio), moves)
    return _in_channel(part, words, channels[0], size, ratio, moves)


def _by_own_name(channels: list[str]) -> list[str]:
    """Return the channels of a part; a word that names a thing besides a channel yields to a channel's own name."""
    own = [name for name in channels if name not in ("web", "dooh", "print", "tv", "email", "iab")]
    return own or channels


def _size_in(part: str) -> tuple[int, int] | None:
    found = _SIZE.search(part)
    if not found:
        return None
    size = int(found[1]), int(found[2])
    return size if min(size) >= 30 and max(size) >= 60 else None


def _ratio_in(part: str) -> str | None:
    """Return a ratio of the usual ones; a spreadsheet makes times of day of some ("1:01" for 1:1, "09:16")."""
    found = _RATIO.search(part)
    if not found or _SIZE.search(part):
        return None
    first, second = (number.replace(",", ".") for number in found.groups())
    for ratio in (f"{first}:{second}", f"{first.lstrip('0')}:{second.lstrip('0')}"):
        if ratio in STANDARD_RATIOS:
            return ratio
    try:
        shape = Fraction(first) / Fraction(second)
    except (ValueError, ZeroDivisionError):
        return None
    if not shape:
        return None
    return next((ratio for ratio in STANDARD_RATIOS if abs(shape_of(ratio) / shape - 1) < Fraction(1, 50)), None)


def shape_of(ratio: str) -> Fraction:
    """Return width over height of a ratio such as "1.91:1"."""
    width, height = ratio.split(":")
    return Fraction(width) / Fraction(height)


def _by_words(part: str, words: str) -> PlacementReading | None:
    """Return the reading of words without a channel, a size or a ratio: a group, a slot or a shape."""
    for name, pattern in _compiled(_GROUPS_KEY):
        if pattern.fullmatch(words):
            return PlacementReading(part, (name,), False, 0.8, f"{name!r} is a set of placements")
    moves = bool(_FILM.search(part))
    for kind, (name, pattern) in [("slot", each) for each in _compiled(_SLOTS_KEY)] + [
        ("shape", each) for each in _compiled(_SHAPES_KEY)
    ]:
        if pattern.search(words) and len(words.split()) <= 5:
            found = _of_slot(name, moves) if kind == "slot" else _of_shape(name, moves)
            if found:
                return PlacementReading(
                    part, (found,), False, 0.7 if len(words.split()) <= 3 else 0.5, f"the word for a {kind}"
                )
    return None


def _of_slot(slot: str, moves: bool) -> str | None:
    named = {"feed": "feed-film-square" if moves else "feed-square"}.get(slot, slot)
    fitting = [one for one in _candidates(moves) if one.name.split("/")[1] in (named, f"{slot}-film")]
    fitting = fitting or [one for one in _candidates(moves) if slot in one.name.split("/")[1]]
    return _best(fitting)


def _of_shape(shape: str, moves: bool) -> str | None:
    ratio = {"square": "1:1", "portrait": "4:5", "story": "9:16", "landscape": "16:9" if moves else "1.91:1"}[shape]
    return (FILM_RATIOS if moves else RATIOS).get(ratio)


def _candidates(moves: bool) -> list[Placement]:
    return [one for one in placements().values() if bool(one.motion) == moves]


def _best(fitting: list[Placement]) -> str | None:
    names = sorted(
        (one.name for one in fitting), key=lambda name: (not name.startswith("google/"), not name.startswith("iab/"))
    )
    return next((name for name in PREFERRED if name in names), names[0] if names else None)


def _by_ratio(part: str, ratio: str, moves: bool) -> PlacementReading | None:
    table = FILM_RATIOS if moves else RATIOS
    if ratio in table:
        return PlacementReading(part, (table[ratio],), False, 0.9, f"{table[ratio]} for the ratio {ratio}")
    near = NEAREST.get(ratio)
    if near and near in table:
        return PlacementReading(part, (table[near],), False, 0.35, f"{table[near]} is the nearest to the ratio {ratio}")
    return None


def _by_size(part: str, size: tuple[int, int], channel: str | None, moves: bool) -> PlacementReading | None:
    """Return the placement of a size in pixels: of exactly this size, or else of this shape."""
    among = [one for one in _candidates(moves) if channel in (None, one.channel)]
    same = [one for one in among if one.size == size]
    if name := _best(same):
        return PlacementReading(part, (name,), True, 0.95, f"{name} has this size")
    shape = Fraction(*size)
    like = [one for one in among if abs(Fraction(*one.size) / shape - 1) < Fraction(1, 50)]
    if name := _best(like):
        return PlacementReading(part, (name,), False, 0.75, f"{name} has the shape of {size[0]} x {size[1]}")
    return None


def _in_channel(
    part: str, words: str, channel: str, size: tuple[int, int] | None, ratio: str | None, moves: bool
) -> PlacementReading | None:
    """Return the reading of a channel's name with a slot, a size, a ratio or a shape, or with none of them."""
    every = [one for one in placements().values() if one.channel == channel]
    among = [one for one in every if bool(one.motion) == moves] or every
    if size and (found := _by_size(part, size, channel, moves) or _by_size(part, size, None, moves)):
        return found
    own = [one for one in among if one.name.split("/")[1] in words.split()]
    slotted = _slotted(among, words) or own or _slotted(every, words)
    if ratio:
        fitting = [one for one in slotted or among if abs(Fraction(*one.size) / shape_of(ratio) - 1) < Fraction(1, 20)]
        fitting = fitting or [one for one in every if abs(Fraction(*one.size) / shape_of(ratio) - 1) < Fraction(1, 20)]
        if name := _best(fitting):
            return PlacementReading(part, (name,), False, 0.92, f"{channel} in the ratio {ratio}")
        if other := _by_ratio(part, ratio, moves):
            return PlacementReading(part, other.names, False, 0.4, f"{channel} has no placement of the ratio {ratio}")
    if name := _best(slotted):
        return PlacementReading(part, (name,), False, 0.92, f"a slot of {channel}")
    shape = next((name for name, pattern in _compiled(_SHAPES_KEY) if pattern.search(words)), None)
    if shape and (name := _best([one for one in among if one.bucket == shape])):
        return PlacementReading(part, (name,), False, 0.85, f"{shape} on {channel}")
    return _whole_channel(part, words, channel, among, moves)


def _slotted(among: list[Placement], words: str) -> list[Placement]:
    """Return the placements whose slot the words name, by its own name or those of the first slot that fits."""
    if own := [one for one in among if one.name.split("/")[1] in words.split()]:
        return own
    for slot, pattern in _compiled(_SLOTS_KEY):
        if pattern.search(words):
            fitting = [one for one in among if one.name.split("/")[1].startswith(slot)]
            fitting = fitting or [one for one in among if slot in one.name.split("/")[1]]
            if fitting:
                return fitting
    return []


def _whole_channel(part: str, words: str, channel: str, among: list[Placement], moves: bool) -> PlacementReading | None:
    known = OF_A_CHANNEL.get(channel, ())
    names = tuple(name for name in known if bool(placements()[name].motion) == moves) or tuple(
        one.name for one in among
    )
    if channel in ("tiktok", "tv"):
        names = known
    score = 0.8 if len(words.split()) <= 3 else 0.5
    return PlacementReading(part, names, False, score, f"the placements of {channel}") if names else None


_CHANNELS_KEY, _SLOTS_KEY, _SHAPES_KEY, _GROUPS_KEY = "channels", "slots", "shapes", "groups"


@lru_cache(maxsize=4)
def _compiled(which: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = {_CHANNELS_KEY: CHANNELS, _SLOTS_KEY: SLOTS, _SHAPES_KEY: SHAPES, _GROUPS_KEY: GROUPS}[which]
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in table.items())


def may_name_placements(text: str) -> bool:
    """Return True if it is worth reading a text as placements; quick, and without the channels' files."""
    if len(text) > LONGEST:
        return False
    words = re.sub(r"[_·|-]+", " ", text.lower())
    tables = (_CHANNELS_KEY, _SLOTS_KEY, _SHAPES_KEY, _GROUPS_KEY)
    return bool(_SIZE.search(text) or _RATIO.search(text)) or any(
        pattern.search(words) for table in tables for _, pattern in _compiled(table)
    )
