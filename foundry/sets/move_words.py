"""Words of a clip's prompt that say what moves in a set, such as "the camera drifts closer, petals fall"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from foundry.sets.move import DEFAULT, MOVES, SetMove, SetMoveKind

WORDS = {
    "closer": "closer nearer in towards toward forwards forward",
    "back": "back backwards away out farther further",
    "go": "drift move glide push come go pull dolly zoom travel step slide",
    "swing": "turn swing drift move glide travel circle",
    "light": "light sun sunlight lamp shadow beam sunbeam",
    "passes": "wander sweep move pass travel turn glide wandering sweeping moving passing",
    "pull": "pull rack shift",
    "arrive": "come get drift slide",
    "fall": "fall falling drift drifting float floating rain",
    "petal": "petal blossom confetti",
    "water": "water wave ripple sea ocean surface rippling",
    "flow": "move ripple roll lap flow",
    "leaf": "leaf leaves branch branches foliage frond plant grass palm",
    "sway": "sway stir rustle drift move swaying rustling",
    "turn": "turntable rotate rotating spin spinning turn turning revolve revolving",
}
"""Words that stand for each other in PHRASES. A word may end in "s" or "es" besides."""
PHRASES: tuple[tuple[SetMoveKind, bool, tuple[str, ...]], ...] = (
    ("focus-pull", False, ("{pull} focus", "focus {pull}", "{arrive} into focus", "sharpen")),
    (
        "light-sweep",
        False,
        ("{light} {passes} over", "{light} {passes} across", "{light} {passes}", "{passes} {light}"),
    ),
    ("light-sweep", False, ("light sweep",)),
    ("orbit", False, ("orbit", "orbiting", "circling", "{swing} around", "{swing} round", "circle", "revolve around")),
    ("dolly", True, ("{go} {back}",)),
    ("dolly", False, ("{go} {closer}", "dolly", "approach")),
    ("crane", True, ("crane down", "sink", "lower", "descend")),
    ("crane", False, ("crane up", "crane", "rise", "ascend", "lift")),
    ("turntable", False, ("{turn}",)),
    ("petals", False, ("{petal} {fall}", "{fall} {petal}", "{petal}")),
    ("snow", False, ("snow {fall}", "{fall} snow", "snowflake {fall}", "snow", "snowing", "snowfall", "snowflake")),
    ("water", False, ("{water} {flow}", "{water}")),
    ("leaves", False, ("{leaf} {sway}", "{leaf}", "wind", "breeze", "sway", "swaying", "rustling", "rustle")),
)
"""Kinds of moves, whether backwards, and phrases for them; the first that fits takes its words from the others."""
BETWEEN = r"[ -](?:(?:slowly|gently|softly|quietly|steadily) )?"
FILLERS = (
    "a an and are as at by camera film for from gently gentle in into is it its of on onto over product quiet quietly "
    "scene shot slow slowly soft softly still the then this through to towards up very while with steadily smooth "
    "smoothly morning evening calm calmly one full half once around round across along down bottle jar mug tube box "
    "flask pack cup it itself everything"
)
"""Words that need not be understood."""


def _pattern(phrase: str) -> str:
    words = (_alternatives(WORDS[word[1:-1]].split() if word[0] == "{" else [word]) for word in phrase.split())
    return rf"\b{BETWEEN.join(words)}\b"


def _alternatives(words: list[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})(?:es|s)?"


PATTERNS = tuple(
    (kind, backwards, re.compile("|".join(map(_pattern, phrases)))) for kind, backwards, phrases in PHRASES
)


@dataclass(frozen=True)
class MoveWords:
    """What words say of moves: the moves, one of each kind, and the words that say nothing that a set can do.

    `named` is False if no move was named; `moves` is then the move of a film whose words name none.
    """

    moves: tuple[SetMove, ...]
    ignored: tuple[str, ...]
    named: bool = True


def moves_of(text: str) -> MoveWords:
    """Return the moves that a clip's prompt names, in the order of their words."""
    left, found = re.sub(r"\s+", " ", text.lower()), dict[SetMoveKind, tuple[int, SetMove]]()
    for kind, backwards, pattern in PATTERNS:
        if first := pattern.search(left):
            found.setdefault(kind, (first.start(), _move(kind, backwards=backwards)))
            left = pattern.sub(lambda match: " " * len(match[0]), left)
    known = set(FILLERS.split())
    unused = dict.fromkeys(word for word in re.findall(r"[^\W\d_]+", left) if word not in known)
    moves = tuple(move for _, move in sorted(found.values(), key=lambda each: each[0]))
    return MoveWords(moves or (SetMove(kind=DEFAULT),), tuple(unused), bool(moves))


def _move(kind: SetMoveKind, *, backwards: bool) -> SetMove:
    return SetMove(kind=kind, end=_BACKWARDS[kind]) if backwards else SetMove(kind=kind)


_BACKWARDS: dict[SetMoveKind, Decimal] = {"dolly": -MOVES["dolly"].end, "crane": Decimal(-4)}
