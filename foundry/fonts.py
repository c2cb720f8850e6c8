"""The fonts of `templates/fonts`: families, fallbacks, coverage, and characters that no text may hold."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.errors import BadInput
from foundry.names import digest, sha256_file
from templates import TEMPLATES

FONTS = TEMPLATES / "fonts"
Weight = Literal["regular", "bold"]
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = frozenset("\u200b\u200c\u200d\u200e\u200f\u061c\u2060\ufe0e\ufe0f\u00ad")
VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd")
TAGS = frozenset(chr(code) for code in range(0xE0020, 0xE0080))
TAGGED_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,8}\U000e007f")
LONE = re.compile("[\ud800-\udfff]")
HARMLESS = re.compile(
    "[\n -~\xa0-\xac\xae-\u02ff\u0370-\u0377\u037b-\u037f\u0384-\u0386\u0388-\u038a\u038e-\u03a1\u03a3-\u0482"
    "\u048a-\u0523\u05d0-\u05ea\u0620-\u064a\u0660-\u066f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    "\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9d]*"
)
"""Letters, digits, punctuation and signs that stand alone whatever is beside them: most texts hold no others."""
TOWER, UNSEEN_IN_A_ROW, CLUSTER = 4, 2, 16


@dataclass(frozen=True)
class FontFace:
    """One font file and the code points that it covers."""

    path: Path
    covers: frozenset[int]


@lru_cache(maxsize=1)
def _index() -> dict[str, dict[str, Any]]:
    raw = read_yaml(FONTS / "fonts.yaml", SETTINGS)
    return {**raw["families"], "": {key: raw[key] for key in ("fallback", "languages", "emoji")}}


def families() -> tuple[str, ...]:
    """Return the names of all families."""
    return tuple(name for name in _index() if name)


@lru_cache(maxsize=64)
def _face(file: str) -> FontFace:
    from fontTools.ttLib import TTFont

    with TTFont(FONTS / file, lazy=True) as font:
        return FontFace(FONTS / file, frozenset(font.getBestCmap()))


@lru_cache(maxsize=256)
def font_chain(family: str, weight: Weight, locale: str = "") -> tuple[FontFace, ...]:
    """Return the face of a family, then the fallback faces, in the order of their use for a glyph; emoji come last.

    The language of `locale` decides which East Asian face draws the Han characters that several of them share.
    """
    index = _index()
    if family not in index:
        raise BadInput("fonts", f"no family {family!r}; there are: {', '.join(families())}")
    shared = index[""]
    own, asian = shared["languages"].get(locale.split("-", maxsplit=1)[0]), set(shared["languages"].values())
    by_language = sorted(shared["fallback"], key=lambda name: (name in asian) + (name in asian and name != own))
    names = dict.fromkeys((family, *by_language, shared["emoji"]))
    return tuple(_face(index[name][weight]) for name in names)


@lru_cache(maxsize=2)
def emoji_font(weight: Weight) -> FontFace:
    """Return the face that draws emoji, in the colour of the text around them."""
    index = _index()
    return _face(index[index[""]["emoji"]][weight])


def hostile_characters(text: str) -> tuple[str, ...]:
    """Return the characters of a text that could turn, hide or pile up text beyond its box.

    They are: embeddings, overrides and isolates of direction; controls, private-use and lone surrogate code points; tag
    characters outside a flag; other invisible formats, and more than two unseen characters in a row; more than four
    marks on one letter; whatever makes one grapheme of more than sixteen characters. Left-to-right and right-to-left
    marks, joiners, soft hyphens and zero-width spaces pass: writers need them.
    """
    if HARMLESS.fullmatch(text):
        return ()
    found = dict.fromkeys(c for c in TAGGED_FLAG.sub("", text) if _is_hostile(c))
    marks = unseen = 0
    for character in unicodedata.normalize("NFC", text):
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        unseen = unseen + 1 if character in UNSEEN else 0
        if marks > TOWER or unseen > UNSEEN_IN_A_ROW:
            found[character] = None
    found.update(dict.fromkeys(cluster[CLUSTER] for cluster in clusters(text) if len(cluster) > CLUSTER))
    return tuple(found)


def clusters(text: str) -> list[str]:
    """Return the graphemes of a text (UAX #29); each lone surrogate is one of its own."""
    from unicode_segmentation_rs import graphemes

    parts = re.split("([\ud800-\udfff])", text) if LONE.search(text) else [text]
    return [cluster for part in parts for cluster in ([part] if LONE.match(part) else graphemes(part, True))]


@lru_cache(maxsize=8_192)
def _is_hostile(character: str) -> bool:
    kind = unicodedata.category(character)
    if character in TURNS or character in TAGS:
        return True
    if kind == "Cf":
        return character not in UNSEEN and character not in VISIBLE_FORMATS
    return kind in ("Cc", "Co", "Cs", "Zl", "Zp") and character != "\n"


def missing_characters(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the characters that some family of `names`, with its fallbacks, cannot draw."""
    return tuple(dict.fromkeys(c for name in names for c in _missing_in_family(text, name)))


@lru_cache(maxsize=4_096)
def _missing_in_family(text: str, family: str) -> tuple[str, ...]:
    return tuple(c for c in dict.fromkeys(unicodedata.normalize("NFC", text)) if not _is_covered(c, family))


@lru_cache(maxsize=65_536)
def _is_covered(character: str, family: str) -> bool:
    """Return True if a family or one of its fallbacks draws a character, or if nothing is to be drawn for it."""
    if character.isspace() or character in UNSEEN:
        return True
    return any(ord(character) in face.covers for face in font_chain(family, "regular"))


@lru_cache(maxsize=64)
def fonts_digest(names: tuple[str, ...]) -> str:
    """Return a hash of all font files that these families and their fallbacks draw with."""
    weights: tuple[Weight, Weight] = ("regular", "bold")
    paths = {face.path for name in names for weight in weights for face in font_chain(name, weight)}
    return digest("fonts", names=names, files=[sha256_file(path) for path in sorted(paths)])
