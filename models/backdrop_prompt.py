"""Compiles a brief's free words into the caption grammar of the embedded backdrop model. No torch here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from foundry.colour import lab_of_hex
from models.training.backdrop.captions import caption
from models.training.backdrop.scenes import COLOURS

SYNONYMS: dict[str, str] = {
    "studio": "sweep", "sweep": "sweep", "seamless": "sweep", "cyclorama": "sweep", "minimal": "sweep",
    "gradient": "sweep", "clean": "sweep", "wall": "room", "room": "room", "plaster": "room",
    "corner": "room", "gallery": "room", "spotlight": "spotlight", "stage": "spotlight",
    "dramatic": "spotlight", "night": "spotlight", "dark": "spotlight", "moody": "spotlight",
    "window": "room", "sunlit": "room", "sunlight": "room", "morning": "room",
    "panes": "room", "leaf": "room", "leaves": "room", "palm": "room", "foliage": "room",
    "botanical": "room", "tropical": "room", "garden": "room", "plant": "room",
    "sunset": "sunset", "sunrise": "sunset", "sea": "sunset", "ocean": "sunset", "dusk": "sunset",
    "beach": "sunset", "horizon": "sunset", "lake": "sunset", "water": "sunset", "dune": "dunes",
    "dunes": "dunes", "desert": "dunes", "sand": "dunes", "hill": "hills", "hills": "hills",
    "mountain": "hills", "mountains": "hills", "mist": "hills", "misty": "hills", "fog": "hills",
    "valley": "hills", "alpine": "hills", "forest": "hills", "peak": "hills", "peaks": "hills",
    "bokeh": "bokeh", "city": "bokeh", "lights": "bokeh", "festive": "bokeh", "party": "bokeh",
    "blurred": "bokeh", "table": "table", "tabletop": "table", "kitchen": "table", "wood": "table",
    "wooden": "table", "marble": "table", "stone": "table", "counter": "table", "desk": "table",
    "cafe": "table", "interior": "table", "bathroom": "table", "silk": "fabric", "fabric": "fabric",
    "cloth": "fabric", "linen": "fabric", "satin": "fabric", "textile": "fabric", "velvet": "fabric",
}  # fmt: skip
LIGHT_WORDS = {"left": "left", "right": "right", "above": "top", "top": "top", "overhead": "top"}
LIGHT_WORDS |= {"front": "top", "frontal": "top", "even": "top"}
SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "onto",
        "over",
        "the",
        "to",
        "under",
        "with",
        "before",
        "behind",
        "its",
        "soft",
        "softly",
        "light",
        "lit",
        "shadow",
        "shadows",
        "warm",
        "calm",
        "gentle",
        "gently",
        "bright",
        "very",
        "quiet",
        "empty",
        "background",
        "backdrop",
        "scene",
        "early",
        "late",
    ]
)


@dataclass(frozen=True)
class CompiledPrompt:
    """What the model reads, and which words decided it or were left unused."""

    caption: str
    scene_kind: str
    light: str
    understood: tuple[str, ...]
    ignored: tuple[str, ...]


def compile_prompt(scene: str, palette: Sequence[str] = ()) -> CompiledPrompt:
    """The caption for free words and hex colours (wall, floor, accent).

    The training pictures have two more kinds, sun through a window and leaf shadow, which this version draws
    badly; words for them mean a plain sunlit room. The scene is the kind that most words speak for, the first of
    them on a tie; colour words in the text come before the palette's colours; without a side, light comes from
    the left.
    """
    words = re.findall(r"[a-z]+", scene.lower())
    votes: dict[str, int] = {}
    for word in words:
        if word in SYNONYMS:
            votes[SYNONYMS[word]] = votes.get(SYNONYMS[word], 0) + 1
    kind = max(votes, key=lambda name: votes[name]) if votes else "sweep"
    light = next((LIGHT_WORDS[word] for word in words if word in LIGHT_WORDS), "left")
    said = [word for word in words if word in COLOURS and word not in SYNONYMS]
    wall, floor, accent = _colours(said, palette)
    known = {*SYNONYMS, *LIGHT_WORDS, *COLOURS}
    understood = tuple(dict.fromkeys(word for word in words if word in known))
    ignored = tuple(dict.fromkeys(w for w in words if w not in known and w not in SMALL_WORDS))
    text = caption(kind, light, wall, floor, accent)
    return CompiledPrompt(text, kind, light, understood, ignored)


def _colours(said: list[str], palette: Sequence[str]) -> tuple[str, str, str]:
    names = [*dict.fromkeys([*said, *(nearest(colour) for colour in palette)])]
    wall = names[0] if names else "ivory"
    floor = names[1] if len(names) > 1 else wall
    return wall, floor, names[2] if len(names) > 2 else floor


@lru_cache(maxsize=256)
def nearest(colour: str) -> str:
    """The grammar's colour that is nearest to "#RRGGBB" in CIE Lab (CIE76)."""
    wanted = lab_of_hex(colour)
    return min(COLOURS, key=lambda name: float(np.linalg.norm(lab_of_hex(COLOURS[name]) - wanted)))
