"""The fonts that text is set in: families, fallbacks, coverage, and characters that no text may hold.

Wherever a function takes a family, it also takes an order of families (`foundry.brought_fonts`): that of a tenant who
brings fonts of its own. The shipped families follow after it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from foundry.brought_fonts import FontFace, brought_face, is_brought, items_of
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.errors import BadInput
from foundry.inputs.font import REBUILT_VERSION, WEIGHTS, Weight
from foundry.locales import is_traditional_chinese
from foundry.names import digest, sha256_file
from templates import TEMPLATES

__all__ = ["FontFace", "Weight"]

FONTS = TEMPLATES / "fonts"
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
class _Shipped:
    """The content of `templates/fonts/fonts.yaml`.

    files: of each family, supplements included, by weight. languages: the family whose forms of Han characters a
    language has. supplements: the language of each family that has only what the others lack.
    """

    files: dict[str, dict[str, str]]
    fallback: tuple[str, ...]
    languages: dict[str, str]
    supplements: dict[str, str]
    emoji: str


@lru_cache(maxsize=1)
def _shipped() -> _Shipped:
    raw: dict[str, Any] = read_yaml(FONTS / "fonts.yaml", SETTINGS)
    more = raw["supplements"]
    languages = {name: entry["language"] for name, entry in more.items()}
    return _Shipped({**raw["families"], **more}, tuple(raw["fallback"]), raw["languages"], languages, raw["emoji"])


def families() -> tuple[str, ...]:
    """Return the names of all shipped families that a brand may choose."""
    return tuple(name for name in _shipped().files if name not in _shipped().supplements)


@lru_cache(maxsize=64)
def _face(file: str) -> FontFace:
    from fontTools.ttLib import TTFont

    with TTFont(FONTS / file, lazy=True) as font:
        return FontFace(FONTS / file, frozenset(font.getBestCmap()))


@lru_cache(maxsize=1_024)
def font_chain(family: str, weight: Weight, locale: str = "") -> tuple[FontFace, ...]:
    """Return the faces of a family or an order of families, then the fallback faces, in the order of their use.

    The language of `locale` decides which East Asian face draws the Han characters that several of them share. After
    the fallback come the supplements, then emoji.
    """
    shipped = _shipped()
    names = (*items_of(family), *_fallback(_language(locale)), *_supplements(_language(locale)), shipped.emoji)
    return tuple(_face_of(name, weight) for name in dict.fromkeys(names))


def _face_of(item: str, weight: Weight) -> FontFace:
    if is_brought(item):
        return brought_face(item, weight)
    refuse_unknown(item)
    return _face(_shipped().files[item][weight])


def refuse_unknown(family: str) -> None:
    """Raise BadInput for a name that no shipped family has."""
    if family not in _shipped().files:
        known = ", ".join(families())
        raise BadInput("fonts", f"no family {family!r}; there are: {known}, and those that the tenant brings")


def _language(locale: str) -> str:
    return "zh-Hant" if is_traditional_chinese(locale) else locale.split("-", maxsplit=1)[0]


def _fallback(language: str) -> list[str]:
    """Return the families that follow any other, in their order for a language."""
    shipped = _shipped()
    own, asian = shipped.languages.get(language), set(shipped.languages.values())
    names = dict.fromkeys((*shipped.fallback, *([own] if own else ())))
    return sorted(names, key=lambda name: (name in asian) + (name in asian and name != own))


def _supplements(language: str) -> list[str]:
    """Return the families that have what the fallback lacks, that of the language first."""
    supplements = _shipped().supplements
    return sorted(supplements, key=lambda name: supplements[name] != language)


@lru_cache(maxsize=2)
def emoji_font(weight: Weight) -> FontFace:
    """Return the face that draws emoji, in the colour of the text around them."""
    return _face_of(_shipped().emoji, weight)


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
    """Return the characters, or letters with marks, that some family of `names`, with its fallbacks, cannot draw."""
    return tuple(dict.fromkeys(c for name in names for c in _missing_in_family(text, name)))


@lru_cache(maxsize=4_096)
def _missing_in_family(text: str, family: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFC", text)
    missing = tuple(c for c in dict.fromkeys(plain) if not _is_covered(c, family))
    if missing or HARMLESS.fullmatch(plain):
        return missing
    return tuple(c for c in dict.fromkeys(clusters(plain)) if len(c) > 1 and not _is_drawn_whole(c, family))


@lru_cache(maxsize=65_536)
def _is_drawn_whole(cluster: str, family: str) -> bool:
    """Return True if one face has a letter and all of its marks; emoji are sequences of their own."""
    marks = {ord(c) for c in cluster[1:] if unicodedata.category(c) == "Mn" and c not in UNSEEN}
    asked = marks | {ord(cluster[0])}
    chains = (font_chain(family, weight) for weight in WEIGHTS)
    return not marks or all(any(asked <= face.covers for face in chain) for chain in chains)


@lru_cache(maxsize=65_536)
def _is_covered(character: str, family: str) -> bool:
    """Return True if a family or one of its fallbacks draws a character, or if nothing is to be drawn for it."""
    if character.isspace() or character in UNSEEN:
        return True
    chains = (font_chain(family, weight) for weight in WEIGHTS)
    return all(any(ord(character) in face.covers for face in chain) for chain in chains)


@lru_cache(maxsize=64)
def fonts_digest(names: tuple[str, ...]) -> str:
    """Return a hash of all font files that these families and their fallbacks draw with.

    Supplements are not among them: `supplements_digest` is an input of the names of those texts alone that need one.
    """
    items = dict.fromkeys(item for name in names for item in items_of(name))
    shipped = [*(item for item in items if not is_brought(item)), *_fallback(""), _shipped().emoji]
    paths = {_face_of(name, weight).path for name in shipped for weight in WEIGHTS}
    rebuilt = {"rebuilt": REBUILT_VERSION} if any(map(is_brought, items)) else {}
    return digest("fonts", names=names, files=[sha256_file(path) for path in sorted(paths)], **rebuilt)


def supplements_digest(text: str, locale: str) -> str:
    """Return a hash of the supplements that may draw some character of a text; "" for most texts.

    In traditional Chinese these are also characters that the fallback has in other forms.
    """
    if text.isascii():
        return ""
    codes = set(map(ord, unicodedata.normalize("NFC", text)))
    names = tuple(name for name, covers in _drawn_by_supplements(_language(locale)) if not codes.isdisjoint(covers))
    return _digest_of(names) if names else ""


@lru_cache(maxsize=8)
def _drawn_by_supplements(language: str) -> tuple[tuple[str, frozenset[int]], ...]:
    """Return each supplement with the characters that it may draw in a language."""
    first = set(_fallback(language))
    known = frozenset[int]().union(*(_face_of(name, "regular").covers for name in (*families(), *_fallback(""))))
    return tuple((name, covers if name in first else covers - known) for name, covers in _covers_of_supplements())


def _covers_of_supplements() -> Iterator[tuple[str, frozenset[int]]]:
    for name in _shipped().supplements:
        yield name, _face_of(name, "regular").covers


@lru_cache(maxsize=64)
def _digest_of(names: tuple[str, ...]) -> str:
    paths = {_face_of(name, weight).path for name in names for weight in WEIGHTS}
    return digest("more fonts", files=[sha256_file(path) for path in sorted(paths)])
