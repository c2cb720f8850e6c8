"""Widths of the pieces between a text's breaks, measured once per font at a large size, and valid at every size.

Fonts set advances in proportion to the size, to a sixty-fourth of a pixel. So a word that was shaped once, with its
kerning and joining, bounds its width at each size; the slack that rounding, hinting and its neighbours need is added.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from foundry.fonts import Weight
from imaging.typesetting.lettering.breaking import (
    DIVIDED_BY_HAND,
    HAN_OR_KANA,
    WITHIN_PHRASE,
    Break,
    breaks,
)
from imaging.typesetting.lettering.hyphens import WORD, divisions
from imaging.typesetting.lettering.shaping import WIDE_BESIDE_HAN, font, runs

REFERENCE_PX = 1_000
JOIN_AT_SPACE, JOIN, AFTER_OTHER_FACE = 0.03, 0.01, 0.3
"""Ems by which a line may be wider than the sum of its pieces: at each break after a space, at each other break, and
for punctuation that begins a piece, as it takes the face of the word before it."""
BETWEEN_DIGITS, BESIDE_DIGITS = 0.02, 0.08
"""Ems by which kerning may move a digit and its neighbour apart more than it does the widest digit: another digit,
another character."""
FIGURES = re.compile(r"\d+")


class Face(NamedTuple):
    """Everything but the size that decides how a text is shaped."""

    family: str
    weight: Weight
    rtl: bool
    locale: str


class PieceWidth(NamedTuple):
    """A piece in ems: its advance, that without the space at its end, and the ink that leaves the advance's box.

    `left` and `right` are ink beside the advance, `above` and `below` ink over and under the baseline. None is less
    than that of the piece as a setter divides it.
    """

    advance: float
    bare: float
    left: float
    right: float
    above: float
    below: float


@dataclass(frozen=True, kw_only=True)
class TextPieces:
    """One paragraph in pieces.

    `counted` says of each piece that a break at its end counts as a line more (`paragraphs`), `hyphened` that a hyphen
    is written there. `free` is the number of breaks that do not count, `whole` of those that keep phrases whole.
    """

    pieces: tuple[str, ...]
    counted: tuple[bool, ...]
    hyphened: tuple[bool, ...]
    free: int
    whole: int
    letters: int
    joins: float


@lru_cache(maxsize=65_536)
def piece_width(piece: str, face: Face) -> PieceWidth:
    """Return the measures of a piece in a face; with all figures that have as many digits as its own."""
    piece = FIGURES.sub(lambda figure: "".join(_widest_digit(digit, face) for digit in figure[0]), piece)
    gone, left, right, above, below = _shaped(piece, face)
    bare = _advance(piece.rstrip(), face) if piece[-1:].isspace() else gone
    divided = sum(_advance(part, face) for part in _parts(piece, face.locale))
    more = max(0.0, divided - gone)
    for figure in FIGURES.finditer(piece):
        beside = (figure.start() > 0) + (figure.end() < len(piece))
        more += BETWEEN_DIGITS * len(figure[0]) + BESIDE_DIGITS * beside
    return PieceWidth(gone + more, bare + more, left, right, above, below)


@lru_cache(maxsize=1_024)
def _widest_digit(digit: str, face: Face) -> str:
    """Return the digit of the same script that is widest in a face."""
    zero = ord(digit) - unicodedata.decimal(digit)
    return max((chr(zero + value) for value in range(10)), key=lambda one: _advance(one, face))


def same_width(text: str) -> str:
    """Return a text with zeros for all of its digits: texts that differ in digits alone have the same bounds."""
    return FIGURES.sub(lambda figure: "".join(map(_zero, figure[0])), text)


@lru_cache(maxsize=1_024)
def _zero(digit: str) -> str:
    return chr(ord(digit) - unicodedata.decimal(digit))


def text_width(text: str, face: Face) -> float:
    """Return the advance of a text's words, each shaped alone, in ems."""
    return sum(piece_width(word + " ", face).advance for word in text.split())


def _shaped(piece: str, face: Face) -> tuple[float, float, float, float, float]:
    """Return advance, ink to the left, to the right, above and below of a piece that stands alone, in ems."""
    gone, left, right, above, below = 0.0, 0.0, 0.0, 0.0, 0.0
    for text, path, turned in runs(piece, face.family, face.weight, face.rtl, face.locale):
        drawn, direction, language = font(path, REFERENCE_PX), "rtl" if turned else "ltr", face.locale or None
        own = drawn.getlength(text, direction=direction, language=language)
        x0, top, x1, bottom = drawn.getbbox(text, direction=direction, language=language, anchor="ls")
        gone += own
        left, right = max(left, -x0), max(right, x1 - own)
        above, below = max(above, -top), max(below, bottom)
    return gone / REFERENCE_PX, left / REFERENCE_PX, right / REFERENCE_PX, above / REFERENCE_PX, below / REFERENCE_PX


def _advance(text: str, face: Face) -> float:
    found = runs(text, face.family, face.weight, face.rtl, face.locale)
    return (
        sum(
            font(path, REFERENCE_PX).getlength(part, direction="rtl" if turned else "ltr", language=face.locale or None)
            for part, path, turned in found
        )
        / REFERENCE_PX
    )


def _parts(piece: str, locale: str) -> list[str]:
    """Return a piece cut where its words may be divided; nothing if there is no such place."""
    cuts = [word.start() + at for word in WORD.finditer(piece) for at, _ in divisions(word[0], locale)]
    return [piece[start:stop] for start, stop in pairwise([0, *cuts, len(piece)])] if cuts else []


def text_pieces(paragraph: str, locale: str, names: tuple[str, ...]) -> TextPieces:
    """Return the pieces of a paragraph that is clean; `names` are written undivided, as in `lettering.Style`."""
    plain = breaks(paragraph, locale, names)
    ends = (*plain, Break(len(paragraph)))
    starts = (0, *(one.at for one in plain))
    pieces = tuple(paragraph[start : end.at] for start, end in zip(starts, ends, strict=True))
    return TextPieces(
        pieces=pieces,
        counted=tuple(end.price >= DIVIDED_BY_HAND for end in ends),
        hyphened=tuple(bool(end.hyphen) for end in ends),
        free=sum(end.price < DIVIDED_BY_HAND for end in plain),
        whole=sum(end.price < WITHIN_PHRASE for end in plain),
        letters=len(paragraph),
        joins=sum(map(_join, pieces[:-1])) + sum(map(_other_face, pieces)) + _widened(paragraph, pieces),
    )


def _join(piece: str) -> float:
    return JOIN_AT_SPACE if piece[-1:].isspace() and not HAN_OR_KANA.search(piece) else JOIN


def _other_face(piece: str) -> float:
    other = AFTER_OTHER_FACE if unicodedata.category(piece[0])[0] in "PZ" else 0.0
    return other + BESIDE_DIGITS * (piece[0].isdecimal() + piece.rstrip()[-1:].isdecimal())


def _widened(paragraph: str, pieces: tuple[str, ...]) -> float:
    """Return the ems by which signs at pieces' edges are wider beside Han characters of the next piece."""
    if not HAN_OR_KANA.search(paragraph):
        return 0.0
    return float(sum((piece[0] in WIDE_BESIDE_HAN) + (piece[-1] in WIDE_BESIDE_HAN) for piece in pieces))
