"""Which fonts there are and which characters they cover."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

from foundry.channel import TEMPLATES
from foundry.errors import BadInput
from foundry.names import digest, sha256_file

FONTS = TEMPLATES / "fonts"
Weight = Literal["regular", "bold"]
CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
UNSEEN = frozenset("\u200c\u200d\ufe0e\ufe0f\u00ad\u2060")
TOWER = 4


@dataclass(frozen=True)
class Face:
    """One font file and the code points it covers."""

    path: Path
    covers: frozenset[int]


@lru_cache(maxsize=1)
def _index() -> dict[str, dict[str, str]]:
    raw = yaml.safe_load((FONTS / "fonts.yaml").read_text(encoding="utf-8"))
    return {**raw["families"], "": {"fallback": raw["fallback"]}}


def families() -> tuple[str, ...]:
    """The names of all families."""
    return tuple(name for name in _index() if name)


@lru_cache(maxsize=64)
def _face(file: str) -> Face:
    from fontTools.ttLib import TTFont

    with TTFont(FONTS / file, lazy=True) as font:
        return Face(FONTS / file, frozenset(font.getBestCmap()))


@lru_cache(maxsize=64)
def chain(family: str, weight: Weight) -> tuple[Face, ...]:
    """The family's face, then the fallbacks', in the order in which they are asked for a glyph."""
    index = _index()
    if family not in index:
        raise BadInput("fonts", f"no family {family!r}; there are: {', '.join(families())}")
    names = dict.fromkeys((family, *index[""]["fallback"]))
    return tuple(_face(index[name][weight]) for name in names)


def hostile(text: str) -> tuple[str, ...]:
    """Characters that could turn or pile up text beyond its box: bidi controls, controls, towers of marks."""
    found = dict.fromkeys(
        c for c in text if c in CONTROLS or (unicodedata.category(c) in ("Cc", "Co", "Cs") and c != "\n")
    )
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > TOWER:
            found[character] = None
    return tuple(found)


def uncovered(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Characters that some family of `names`, with its fallbacks, cannot draw."""
    return tuple(dict.fromkeys(c for name in names for c in _missing(text, name)))


@lru_cache(maxsize=4_096)
def _missing(text: str, family: str) -> tuple[str, ...]:
    faces = chain(family, "regular")
    plain = unicodedata.normalize("NFC", text)
    asked = dict.fromkeys(c for c in plain if not c.isspace() and c not in UNSEEN)
    return tuple(c for c in asked if not any(ord(c) in face.covers for face in faces))


@lru_cache(maxsize=64)
def fonts_digest(names: tuple[str, ...]) -> str:
    """Changes with any font file that these families and their fallbacks draw with."""
    weights: tuple[Weight, Weight] = ("regular", "bold")
    paths = {face.path for name in names for weight in weights for face in chain(name, weight)}
    return digest("fonts", names=names, files=[sha256_file(path) for path in sorted(paths)])
