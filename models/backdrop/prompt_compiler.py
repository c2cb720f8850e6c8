"""Compiler from a brief's free words to the captions of the embedded backdrop model; it needs no torch."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from foundry.colour import lab_of_hex
from models.backdrop.caption_grammar import caption, mirror_side
from models.backdrop.colours import COLOURS, hex_of_lab
from models.backdrop.vocabulary import (
    COPY_WORDS,
    DEEPER,
    DEFAULT_COLOURS,
    LAMPS,
    LIGHT_WORDS,
    MANNER_WORDS,
    PALER,
    ROLE_WORDS,
    SMALL_WORDS,
    STRONG,
    WEAK,
    WEIGHTS,
)

ROLES = ("wall", "floor", "accent")
DUAL = {"sky": "blue", "ice": "blue", "pine": "green", "rose": "pink", "sand": "beige", "olive": "green"}
"""Colour words that also name a thing: they mean the colour before the word given here, or among other colours."""
NEAR = 5
"""Words within which another colour counts as near."""
BETWEEN_WORDS = re.compile(r"[\s!-/:-@\[-`{-~\u2010-\u205e\u3000-\u3003\uff01-\uff0f]+")
"""Blanks and punctuation, also that of Chinese and Japanese."""
OWN_WORD = 4
"""Votes of a word that a scene's own set brings."""
THINGS_FOR_A_VOTE = 2
"""Things that a scene may lack for each vote of its words: strong words have three, weak ones have one."""


@dataclass(frozen=True)
class KnownScene:
    """A scene that is decided already: its kind, its colours where nobody names any, further words that it knows."""

    kind: str
    colours: tuple[str, str, str] | None = None
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class CompiledPrompt:
    """The caption for the model, and the words that decided it or were left unused.

    `colours` are those of wall, floor and accent, as "#RRGGBB". `votes` are those of all words for any kind of scene,
    `votes_by_kind` those for each. `light_named`: the words say where the light comes from. `missing`
    are the ignored words that name things.
    """

    caption: str
    scene_kind: str
    light: str
    understood: tuple[str, ...]
    ignored: tuple[str, ...]
    room: str = "top"
    colours: tuple[str, str, str] = ("", "", "")
    light_named: bool = False
    votes: int = 0
    votes_by_kind: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def is_the_scene(self) -> bool:
        """False if the words that were understood are too few, beside those that name other things, to be the scene."""
        return len(self.missing) <= THINGS_FOR_A_VOTE * self.votes


def compile_prompt(
    scene: str,
    palette: Sequence[str] = (),
    room: str | None = None,
    mirrored: bool = False,
    decided: KnownScene | None = None,
) -> CompiledPrompt:
    """Return the caption for free words and a palette of "#RRGGBB" colours.

    The scene is the kind that most words indicate, the first of them on a tie; words that only hint count less.
    Colours in the text go to the thing that they stand beside (sky, floor, podium), else to wall, floor and accent in
    this order; the palette's colours follow. If no side is named, light comes from the left. `room` is the side that
    the layout keeps for copy: words that ask for another side are ignored, and decide only where `room` is None.
    `mirrored` exchanges the light's left and right, for a picture that will be mirrored. `decided` is the scene, where
    the words do not choose it.
    """
    words = _words(scene)
    copy_side, place = _copy_side(words)
    votes = _votes(words)
    kind = decided.kind if decided else max(votes, key=lambda name: votes[name], default="sweep")
    light = _light([word for at, word in enumerate(words) if at != place])
    named, used = _named_colours(words)
    colours = _all_colours(named, palette, (decided and decided.colours) or DEFAULT_COLOURS[kind])
    calm = room or copy_side or "top"
    light = mirror_side(light) if mirrored else light
    known = {",", ";", ".", *STRONG, *WEAK, *LIGHT_WORDS, *ROLE_WORDS, *COPY_WORDS, *used}
    known |= decided.words if decided else set()
    if copy_side and copy_side != calm:
        known -= {words[place]}
    understood = tuple(dict.fromkeys(word for word in words if word in known and word[0] not in ",;."))
    ignored = _ignored(scene, words, known)
    return CompiledPrompt(
        caption=caption(kind, light, calm, colours),
        scene_kind=kind,
        light=light,
        understood=understood,
        ignored=ignored,
        room=calm,
        colours=colours,
        light_named=any(word in LIGHT_WORDS for at, word in enumerate(words) if at != place),
        votes=sum(votes.values()) + (OWN_WORD * sum(word in decided.words for word in words) if decided else 0),
        votes_by_kind=votes,
        missing=tuple(word for word in ignored if word not in MANNER_WORDS and word not in LIGHT_WORDS),
    )


def _words(scene: str) -> list[str]:
    text = scene.lower()
    for phrase, meant in (("paper-cut", "papercut"), ("table top", "tabletop"), ("in front of", "before")):
        text = text.replace(phrase, meant)
    return re.findall(r"#[0-9a-f]{6}\b|[a-z]+|[,;.]", text)


def _light(words: list[str]) -> str:
    """Return the side that is named, else what a word for above or the front means, else the left."""
    named = [LIGHT_WORDS[word] for word in words if word in LIGHT_WORDS]
    return next((side for side in named if side != "top"), named[0] if named else "left")


def _ignored(scene: str, words: list[str], known: set[str]) -> tuple[str, ...]:
    """Return the words that were not used, each once; those in other letters than the model's are whole words too."""
    apart = BETWEEN_WORDS.split(unicodedata.normalize("NFC", scene).lower())
    foreign = [word for word in apart if not word.isascii() and any(map(str.isalpha, word))]
    pieces = {piece for word in foreign for piece in re.findall(r"[a-z]+", word)}
    unused = [word for word in words if word not in known and word not in SMALL_WORDS and word not in pieces]
    return tuple(dict.fromkeys((*unused, *foreign)))


def _votes(words: list[str]) -> dict[str, int]:
    """Return the votes of the words for each kind of scene, in the order of their first words."""
    votes: dict[str, int] = {}
    for word in words:
        if word in STRONG:
            votes[STRONG[word]] = votes.get(STRONG[word], 0) + WEIGHTS.get(STRONG[word], 3)
        elif word in WEAK:
            votes[WEAK[word]] = votes.get(WEAK[word], 0) + 1
    return votes


def _copy_side(words: list[str]) -> tuple[str | None, int]:
    """Return the side that the words keep for copy, and that word's place; None and -1 if there is none."""
    for at, word in enumerate(words):
        near = words[max(0, at - 4) : at + 3]
        if word in ("left", "right", "top", "above") and COPY_WORDS & set(near) and not LAMPS & set(near[:4]):
            return ("top" if word == "above" else word), at
    return None, -1


def _named_colours(words: list[str]) -> tuple[dict[str, str], set[str]]:
    """Return the colours in the text as "#RRGGBB" by role, and the words that named them."""
    placed: list[tuple[int, str]] = []
    used: set[str] = set()
    for at, word in enumerate(words):
        colour = _colour_at(words, at)
        if colour:
            shade = words[at - 1] if at and words[at - 1] in PALER | DEEPER else ""
            placed.append((at, _shade(colour, shade)))
            used |= {word, shade, DUAL.get(word, "")} - {""}
    roles = [_role(words, at) for at, _ in placed]
    named: dict[str, str] = {}
    free: list[str] = []
    for role, (_, colour) in zip(roles, placed, strict=True):
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
    """Tell if a plain colour word is near this place, other than right before it ("navy sky")."""
    plain = [other in COLOURS and other not in DUAL for other in words]
    return any(plain[max(0, at - NEAR) : at + NEAR + 1]) and not (at and plain[at - 1])


def _role(words: list[str], at: int) -> str | None:
    """Return the role of the colour at this place: that of a thing within two words after it, or before "in"."""
    for following in words[at + 1 : at + 3]:
        if following in ROLE_WORDS:
            return ROLE_WORDS[following]
        if following in (",", ";", ".", "and", "over", "on", "in", "with"):
            break
    if at >= 2 and words[at - 1] == "in":
        return ROLE_WORDS.get(words[at - 2])
    return None


def _shade(colour: str, shade: str) -> str:
    if not shade:
        return colour
    lab = np.array(lab_of_hex(colour))
    lab[0] = lab[0] + 0.45 * (97 - lab[0]) if shade in PALER else 0.62 * lab[0]
    return hex_of_lab(lab)


def _all_colours(named: dict[str, str], palette: Sequence[str], usual: tuple[str, str, str]) -> tuple[str, str, str]:
    """Return wall, floor and accent: the text's colours, then the palette's in its order, then what suits them."""
    unused = [colour.upper() for colour in palette if colour.upper() not in named.values()]
    filled = dict(named)
    for role in ROLES:
        if role not in filled and unused:
            filled[role] = unused.pop(0)
    if not filled:
        return usual
    wall = filled.get("wall") or filled.get("floor") or filled["accent"]
    floor = filled.get("floor") or (wall if palette or "accent" not in filled else usual[1])
    return wall, floor, filled.get("accent") or _shade(floor, "deep")
