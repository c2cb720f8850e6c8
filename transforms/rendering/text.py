"""Shaped, wrapped, balanced text.

Shaping and mirroring of glyphs are HarfBuzz's and FriBiDi's, through Pillow's Raqm layout. A line is cut into runs of
one font and one direction; runs of the paragraph's direction follow each other, and a run of the other direction
keeps together (UAX #9 for the embedding levels that copy has). Japanese breaks between characters, by kinsoku.
"""

from __future__ import annotations

import threading
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageDraw, ImageFont, features

from foundry.fonts import UNSEEN, Face, Weight, chain

NOT_AT_START = frozenset("、。，．・：；？！)]）］｝〉》」』】〕ゝゞーァィゥェォッャュョヮぁぃぅぇぉっゃゅょゎ％!?,.")
NOT_AT_END = frozenset("([（［｛〈《「『【〔")
LEADING = {"Latn": 1.16, "Arab": 1.45, "Deva": 1.42, "Thai": 1.45, "Jpan": 1.34, "Hebr": 1.25}
_local = threading.local()


@dataclass(frozen=True)
class Style:
    """How a text is set: family, weight, size in pixels, direction of the paragraph, language (BCP 47)."""

    family: str
    weight: Weight
    size: int
    rtl: bool
    locale: str = ""


@dataclass(frozen=True)
class Line:
    """One set line: width and ink above and below its baseline, in pixels."""

    text: str
    width: int
    above: int
    below: int


def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A font of this thread; FreeType's objects are not shared between threads."""
    kept: OrderedDict[tuple[str, int], ImageFont.FreeTypeFont]
    kept = _local.__dict__.setdefault("fonts", OrderedDict())
    found = kept.get((path, size))
    if found is None:
        if not features.check("raqm"):
            raise RuntimeError("Pillow has no Raqm; install a Pillow wheel that carries it")
        found = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
        kept[(path, size)] = found
        if len(kept) > 256:
            kept.popitem(last=False)
    return found


@lru_cache(maxsize=4_096)
def runs(text: str, family: str, weight: Weight, rtl: bool) -> tuple[tuple[str, str, bool], ...]:
    """(text, font file, runs right to left) in logical order."""
    faces = chain(family, weight)
    cut: list[list[object]] = []
    for start, stop, turned in _directions(text, rtl):
        begun = len(cut)
        for character in text[start:stop]:
            path = _file(character, faces, cut[-1] if len(cut) > begun else None)
            if len(cut) > begun and cut[-1][1] == path:
                cut[-1][0] = str(cut[-1][0]) + character
            else:
                cut.append([character, path, turned])
    return tuple((str(t), str(p), bool(d)) for t, p, d in cut)


def _file(character: str, faces: tuple[Face, ...], before: list[object] | None) -> str:
    """The first face with a glyph for it; spaces and punctuation stay in the face of the word before them."""
    if before:
        current = next(face for face in faces if str(face.path) == before[1])
        kept = unicodedata.category(character)[0] in "PZ" and ord(character) in current.covers
        if kept or character in UNSEEN or unicodedata.combining(character):
            return str(before[1])
    return str(next((face for face in faces if ord(character) in face.covers), faces[0]).path)


def _directions(text: str, rtl: bool) -> list[tuple[int, int, bool]]:
    levels: list[bool | None] = []
    for character in text:
        kind = unicodedata.bidirectional(character)
        levels.append(True if kind in ("R", "AL") else False if kind in ("L", "EN", "AN") else None)
    _join_number_signs(text, levels)
    spans: list[tuple[int, int, bool]] = []
    for at, level in enumerate(_resolved(levels, rtl)):
        if spans and spans[-1][2] == level:
            spans[-1] = (spans[-1][0], at + 1, level)
        else:
            spans.append((at, at + 1, level))
    return spans


def _join_number_signs(text: str, levels: list[bool | None]) -> None:
    """UAX #9, W4 and W5: a separator between two digits, and signs beside one, belong to the number."""
    for at, character in enumerate(text):
        kind = unicodedata.bidirectional(character)
        beside = [0 <= n < len(text) and text[n].isdigit() for n in (at - 1, at + 1)]
        if (kind in ("ES", "CS") and all(beside)) or (kind == "ET" and any(beside)):
            levels[at] = False


def _resolved(levels: list[bool | None], rtl: bool) -> list[bool]:
    resolved = list(levels)
    for at, level in enumerate(levels):
        if level is None:
            before = next((x for x in reversed(resolved[:at]) if x is not None), rtl)
            after = next((x for x in levels[at + 1 :] if x is not None), rtl)
            resolved[at] = before if before == after else rtl
    return [bool(level) for level in resolved]


@lru_cache(maxsize=32_768)
def measure(text: str, style: Style) -> Line:
    """Width and ink of one line."""
    width, above, below = 0.0, 0, 0
    for piece, path, turned in runs(text, style.family, style.weight, style.rtl):
        face, direction = font(path, style.size), "rtl" if turned else "ltr"
        width += face.getlength(piece, direction=direction)
        _, top, _, bottom = face.getbbox(piece, direction=direction, anchor="ls")
        above, below = max(above, -int(top)), max(below, int(bottom))
    return Line(text, round(width + 0.5), above, below)


def draw(canvas: ImageDraw.ImageDraw, x: int, y: int, line: Line, style: Style, fill: str) -> None:
    """Draw a line whose left edge is `x` and whose baseline is `y`."""
    pieces = list(runs(line.text, style.family, style.weight, style.rtl))
    at = float(x)
    for piece, path, turned in reversed(pieces) if style.rtl else pieces:
        face, direction = font(path, style.size), "rtl" if turned else "ltr"
        canvas.text((at, y), piece, font=face, fill=fill, anchor="ls", direction=direction)
        at += face.getlength(piece, direction=direction)


def atoms(text: str) -> list[str]:
    """Pieces that a line may end after, trailing space included."""
    found: list[str] = []
    for character in text:
        if found and not _breaks(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _breaks(before: str, character: str) -> bool:
    last = before[-1]
    if last == "-" and character.isalnum() and before.strip("-"):
        return True
    if last == " ":
        return character != " "
    if character in NOT_AT_START or last in NOT_AT_END:
        return False
    return _is_cjk(last) or _is_cjk(character)


def _is_cjk(character: str) -> bool:
    code = ord(character)
    return 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xFF00 <= code <= 0xFF60


def wrap(text: str, style: Style, width: int) -> list[Line]:
    """Greedy lines of at most `width` pixels; an atom that is wider stands alone and sticks out."""
    lines: list[str] = []
    current = ""
    for atom in atoms(text):
        longer = current + atom
        if current and measure(longer.rstrip(), style).width > width:
            lines.append(current.rstrip())
            current = atom
        else:
            current = longer
    lines.append(current.rstrip())
    return [measure(line, style) for line in lines if line]


def balanced(text: str, style: Style, width: int) -> list[Line]:
    """As few lines as `wrap`, of nearly equal length, so that no word is left alone."""
    best = wrap(text, style, width)
    if len(best) < 2:
        return best
    low, high = 0, width
    while high - low > 4:
        middle = (low + high) // 2
        tried = wrap(text, style, middle)
        if len(tried) == len(best) and max(line.width for line in tried) <= middle:
            best, high = tried, middle
        else:
            low = middle
    return best


@lru_cache(maxsize=4_096)
def leading(text: str) -> float:
    """Distance of baselines in ems, by the script that needs most."""
    need = LEADING["Latn"]
    for character in text:
        name = unicodedata.name(character, "")
        for script, word in (("Arab", "ARABIC"), ("Deva", "DEVANAGARI"), ("Thai", "THAI")):
            if name.startswith(word):
                need = max(need, LEADING[script])
        if _is_cjk(character):
            need = max(need, LEADING["Jpan"])
        elif name.startswith("HEBREW"):
            need = max(need, LEADING["Hebr"])
    return need
