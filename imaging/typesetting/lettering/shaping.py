"""One line of text: runs of one font and direction, measures, drawing. HarfBuzz shapes the glyphs, through Raqm."""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import ImageDraw, ImageFont, features

from foundry.brought_fonts import present
from foundry.fonts import LONE, UNSEEN, FontFace, Weight, clusters, emoji_font, font_chain
from imaging.typesetting.lettering.bidi import levels, line_levels, visual
from imaging.typesetting.lettering.breaking import HAN_OR_KANA

_local = threading.local()
# East Asian copy sets these as wide as its characters, from its own face; Latin faces have them narrow.
WIDE_BESIDE_HAN = frozenset("“”‘’…—·※")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
PICTURES = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u231a\u231b\u23e9-\u23f3\u2614\u2615\u26a1\u26bd\u26be\u26fa\u2705\u2728\u274c\u2753-\u2757\u2b50]"
)


@dataclass(frozen=True)
class Style:
    """The style of a text: family, weight, size in pixels, direction of the paragraph, language (BCP 47).

    `names` are brands and products, which are written undivided.
    """

    family: str
    weight: Weight
    size: int
    rtl: bool
    locale: str = ""
    names: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class TextRun:
    """A piece of one font file and one direction; `level` is its depth of embedding (UAX #9)."""

    text: str
    path: str
    level: int

    @property
    def direction(self) -> str:
        """Return the direction as Raqm names it."""
        return "rtl" if self.level % 2 else "ltr"


@dataclass(frozen=True)
class TextLine:
    """One set line: its width, over advance and ink, and its ink above and below the baseline, in pixels.

    `runs` go from left to right; the pen starts `start` pixels right of the line's left edge. `source` is the part of
    the paragraph that the line shows, with the characters that the break hides (spaces, soft hyphens). `price` is that
    of the break at its end, in the units of `breaking`; 0 at the end of a paragraph.
    """

    text: str
    width: int
    above: int
    below: int
    start: int = field(default=0, kw_only=True)
    runs: tuple[TextRun, ...] = field(default=(), repr=False, kw_only=True)
    source: str = field(default="", repr=False, kw_only=True)
    price: float = field(default=0.0, repr=False, kw_only=True)


def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """Return this thread's font; FreeType's objects must not be shared between threads."""
    kept: OrderedDict[tuple[str, int], ImageFont.FreeTypeFont]
    kept = _local.__dict__.setdefault("fonts", OrderedDict())
    found = kept.get((path, size))
    if found is None:
        if not features.check("raqm"):
            raise RuntimeError("Pillow has no Raqm; install a Pillow wheel that carries it")
        found = ImageFont.truetype(present(path), size, layout_engine=ImageFont.Layout.RAQM)
        kept[(path, size)] = found
        if len(kept) > 256:
            kept.popitem(last=False)
    return found


def clean(text: str) -> str:
    """Return the text composed (NFC); lone surrogates become U+FFFD, and controls except the newline become spaces."""
    return unicodedata.normalize("NFC", CONTROLS.sub(" ", LONE.sub("\ufffd", text)))


@lru_cache(maxsize=4_096)
def runs(text: str, family: str, weight: Weight, rtl: bool, locale: str = "") -> tuple[tuple[str, str, bool], ...]:
    """Return the runs of a line that is its own paragraph, in logical order: text, font file, right to left or not."""
    found = font_runs(
        text, line_levels(text, levels(text, rtl), rtl), font_chain(family, weight, locale), emoji_font(weight)
    )
    return tuple((run.text, run.path, bool(run.level % 2)) for run in found)


def font_runs(text: str, found: list[int], faces: tuple[FontFace, ...], pictures: FontFace) -> list[TextRun]:
    """Return the runs of a text in logical order; `found` is the level of each character."""
    cut: list[TextRun] = []
    at = 0
    for cluster in clusters(text):
        level = found[at]
        before = cut[-1] if cut and cut[-1].level == level else None
        path = _file(cluster, faces, pictures, before, text[max(0, at - 1) : at] + text[at + len(cluster) :][:1])
        if before and before.path == path:
            cut[-1] = TextRun(before.text + cluster, path, level)
        else:
            cut.append(TextRun(cluster, path, level))
        at += len(cluster)
    return cut


def _file(cluster: str, faces: tuple[FontFace, ...], pictures: FontFace, before: TextRun | None, beside: str) -> str:
    """Return a cluster's font file.

    Emoji have their own face, spaces and punctuation the one of the word before; others take the first face that has
    them.
    """
    if _is_picture(cluster) and ord(cluster[0]) in pictures.covers:
        return str(pictures.path)
    asked = {ord(c) for c in cluster if c not in UNSEEN}
    if cluster in WIDE_BESIDE_HAN and HAN_OR_KANA.search(beside):
        faces = tuple(sorted(faces, key=lambda face: 0x4E00 not in face.covers))
    elif before and before.path != str(pictures.path):
        current = next(face for face in faces if str(face.path) == before.path)
        if cluster.isspace() or not asked:
            return before.path
        if unicodedata.category(cluster[0])[0] == "P" and asked <= current.covers:
            return before.path
    whole = (face for face in faces if asked <= face.covers)
    base = (face for face in faces if ord(cluster[0]) in face.covers)
    return str(next(whole, next(base, faces[0])).path)


def _is_picture(cluster: str) -> bool:
    if "\ufe0e" in cluster:
        return False
    return "\ufe0f" in cluster or "\u20e3" in cluster or PICTURES.match(cluster) is not None


@lru_cache(maxsize=65_536)
def advance(text: str, style: Style) -> float:
    """Return the advance of a text that stands alone, in pixels."""
    found = runs(text, style.family, style.weight, style.rtl, style.locale)
    return sum(_length(piece, path, style, "rtl" if turned else "ltr") for piece, path, turned in found)


def _length(text: str, path: str, style: Style, direction: str) -> float:
    return font(path, style.size).getlength(text, direction=direction, language=style.locale or None)


def measure(text: str, style: Style) -> TextLine:
    """Return one line that is its own paragraph, with its width and ink."""
    whole = clean(text).replace("\n", " ")
    return set_line(whole, 0, len(whole), "", style)


@lru_cache(maxsize=32_768)
def set_line(text: str, start: int, stop: int, hyphen: str, style: Style) -> TextLine:
    """Return the line that shows `text[start:stop]` of a paragraph, and `hyphen` at its end."""
    source = text[start:stop]
    resolved = list(levels(text, style.rtl)[start:stop])
    kept = source.rstrip() or source
    kept_levels = resolved[: len(kept)] + resolved[len(kept) - 1 : len(kept)] * len(hyphen)
    shown, shown_levels = kept + hyphen, line_levels(kept + hyphen, kept_levels, style.rtl)
    visible = [at for at, character in enumerate(shown) if character not in "\u00ad\u200b"]
    shown, shown_levels = "".join(shown[at] for at in visible), [shown_levels[at] for at in visible]
    cut = font_runs(shown, shown_levels, font_chain(style.family, style.weight, style.locale), emoji_font(style.weight))
    ordered = tuple(cut[at] for at in visual([run.level for run in cut]))
    return _measure_ink(shown, ordered, source, style)


def _measure_ink(shown: str, ordered: tuple[TextRun, ...], source: str, style: Style) -> TextLine:
    """Return the line of runs in their order from left to right, with its measures."""
    at, left, right, above, below = 0.0, 0, 0, 0, 0
    for run in ordered:
        face, language = font(run.path, style.size), style.locale or None
        x0, top, x1, bottom = face.getbbox(run.text, direction=run.direction, language=language, anchor="ls")
        left, right = min(left, math.floor(at + x0)), max(right, math.ceil(at + x1))
        above, below = max(above, -int(top)), max(below, int(bottom))
        at += _length(run.text, run.path, style, run.direction)
    width = max(right, math.ceil(at)) - left
    return TextLine(shown, width, above, below, start=-left, runs=ordered, source=source)


def draw(canvas: ImageDraw.ImageDraw, x: int, y: int, line: TextLine, style: Style, fill: str) -> None:
    """Draw a line with its left edge at `x` and its baseline at `y`."""
    at = float(x + line.start)
    for run in line.runs:
        face, language = font(run.path, style.size), style.locale or None
        canvas.text((at, y), run.text, font=face, fill=fill, anchor="ls", direction=run.direction, language=language)
        at += _length(run.text, run.path, style, run.direction)
