"""Compiles a brief's free words into the caption grammar of the embedded backdrop model. No torch here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from foundry.colour import lab_of_hex
from models.backdrop.captions import caption
from models.backdrop.colours import COLOURS, hex_of_lab
from models.backdrop.vocabulary import (
    COPY_WORDS,
    DEEPER,
    DEFAULT_COLOURS,
    LAMPS,
    LIGHT_WORDS,
    PALER,
    ROLE_WORDS,
    SMALL_WORDS,
    STRONG,
    WEAK,
    WEIGHTS,
)

ROLES = ("wall", "floor", "accent")
DUAL = {"sky": "blue", "ice": "blue", "pine": "green", "rose": "pink", "sand": "beige", "olive": "green"}
"""Colour words that also name a thing: they mean the colour where this word follows, or among other colours."""
NEAR = 5


@dataclass(frozen=True)
class CompiledPrompt:
    """What the model reads, and which words decided it or were left unused. `colours` are wall, floor, accent."""

    caption: str
    scene_kind: str
    light: str
    understood: tuple[str, ...]
    ignored: tuple[str, ...]
    room: str = "top"
    colours: tuple[str, str, str] = ("", "", "")


def compile_prompt(
    scene: str, palette: Sequence[str] = (), room: str | None = None, turned: bool = False
) -> CompiledPrompt:
    """The caption for free words and hex colours (wall, floor, accent).

    The scene is the kind that most words speak for, the first of them on a tie; words that only hint count
    less. Colours in the text go to the thing they stand beside (sky, floor, podium), else to wall, floor and
    accent in this order, and come before the palette's. Without a side, light comes from the left. `room` is the
    side that the layout keeps for copy: words that ask for another are ignored, and decide only without it.
    `turned` exchanges the light's left and right, for a picture that will be mirrored.
    """
    words = _words(scene)
    copy_side, copied = _copy_side(words)
    kind = _kind(words)
    light = _light([word for at, word in enumerate(words) if at != copied])
    named, used = _colours_said(words)
    colours = _filled(named, palette, kind)
    calm = room or copy_side or "top"
    light = _turned(light) if turned else light
    known = {",", ";", ".", *STRONG, *WEAK, *LIGHT_WORDS, *ROLE_WORDS, *COPY_WORDS, *used}
    if copy_side and copy_side != calm:
        known -= {words[copied]}
    understood = tuple(dict.fromkeys(word for word in words if word in known and word[0] not in ",;."))
    ignored = tuple(dict.fromkeys(word for word in words if word not in known and word not in SMALL_WORDS))
    return CompiledPrompt(caption(kind, light, calm, colours), kind, light, understood, ignored, calm, colours)


def _words(scene: str) -> list[str]:
    text = scene.lower()
    for phrase, meant in (("paper-cut", "papercut"), ("table top", "tabletop"), ("in front of", "before")):
        text = text.replace(phrase, meant)
    return re.findall(r"#[0-9a-f]{6}\b|[a-z]+|[,;.]", text)


def _light(words: list[str]) -> str:
    """A side if one is named, else a word for above or the front, else the left."""
    named = [LIGHT_WORDS[word] for word in words if word in LIGHT_WORDS]
    return next((side for side in named if side != "top"), named[0] if named else "left")


def _kind(words: list[str]) -> str:
    votes: dict[str, int] = {}
    for word in words:
        if word in STRONG:
            votes[STRONG[word]] = votes.get(STRONG[word], 0) + WEIGHTS.get(STRONG[word], 3)
        elif word in WEAK:
            votes[WEAK[word]] = votes.get(WEAK[word], 0) + 1
    return max(votes, key=lambda name: votes[name]) if votes else "sweep"


def _copy_side(words: list[str]) -> tuple[str | None, int]:
    """The side that the words keep for copy, and that word's place."""
    for at, word in enumerate(words):
        near = words[max(0, at - 4) : at + 3]
        if word in ("left", "right", "top", "above") and COPY_WORDS & set(near) and not LAMPS & set(near[:4]):
            return ("top" if word == "above" else word), at
    return None, -1


def _turned(side: str) -> str:
    return {"left": "right", "right": "left"}.get(side, side)


def _colours_said(words: list[str]) -> tuple[dict[str, str], set[str]]:
    """Role → "#RRGGBB" for the colours in the text, and the words that named them."""
    said: list[tuple[int, str]] = []
    used: set[str] = set()
    for at, word in enumerate(words):
        colour = _colour_at(words, at)
        if colour:
            shade = words[at - 1] if at and words[at - 1] in PALER | DEEPER else ""
            said.append((at, _shaded(colour, shade)))
            used |= {word, shade, DUAL.get(word, "")} - {""}
    roles = [_role(words, at) for at, _ in said]
    named: dict[str, str] = {}
    free: list[str] = []
    for role, (_, colour) in zip(roles, said, strict=True):
        if role and role not in named:
            named[role] = colour
        else:
            free.append(colour)
    named |= dict(zip([role for role in ROLES if role not in named], free, strict=False))
    return named, used


def _colour_at(words: list[str], at: int) -> str | None:
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if word.startswith("#"):
        return word.upper()
    if word not in COLOURS or (word in DUAL and following != DUAL[word] and not _among_colours(words, at)):
        return None
    before = words[at - 1] if at else ""
    return None if DUAL.get(before) == word else COLOURS[word]


def _among_colours(words: list[str], at: int) -> bool:
    """Whether a plain colour word is near this place, other than right before it ("navy sky")."""
    plain = [other in COLOURS and other not in DUAL for other in words]
    return any(plain[max(0, at - NEAR) : at + NEAR + 1]) and not (at and plain[at - 1])


def _role(words: list[str], at: int) -> str | None:
    """What the colour at this place belongs to: a thing within two words after it, or before "in"."""
    for following in words[at + 1 : at + 3]:
        if following in ROLE_WORDS:
            return ROLE_WORDS[following]
        if following in (",", ";", ".", "and", "over", "on", "in", "with"):
            break
    if at >= 2 and words[at - 1] == "in":
        return ROLE_WORDS.get(words[at - 2])
    return None


def _shaded(colour: str, shade: str) -> str:
    if not shade:
        return colour
    lab = np.array(lab_of_hex(colour))
    lab[0] = lab[0] + 0.45 * (97 - lab[0]) if shade in PALER else 0.62 * lab[0]
    return hex_of_lab(lab)


def _filled(named: dict[str, str], palette: Sequence[str], kind: str) -> tuple[str, str, str]:
    """Wall, floor and accent: the text's, then the palette's in its order, then what suits them."""
    given = [colour.upper() for colour in palette if colour.upper() not in named.values()]
    filled = dict(named)
    for role in ROLES:
        if role not in filled and given:
            filled[role] = given.pop(0)
    if not filled:
        return DEFAULT_COLOURS[kind]
    wall = filled.get("wall") or filled.get("floor") or filled["accent"]
    floor = filled.get("floor") or (wall if palette or "accent" not in filled else DEFAULT_COLOURS[kind][1])
    return wall, floor, filled.get("accent") or _shaded(floor, "deep")
