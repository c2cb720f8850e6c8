"""Small font files made for tests: boxes for glyphs, in any table that a test wants."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

UNITS = 1_000


def made_font(
    characters: str = "ABab", *, advance: int = 600, reach: int = 500, change: Callable[[TTFont], object] | None = None
) -> bytes:
    """Return a TrueType font whose glyphs are boxes of `reach` units; `change` edits it before it is written."""
    names = {character: f"u{ord(character):04X}" for character in characters}
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    builder.setupGlyf({name: _box(reach) for name in (".notdef", *names.values())})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", *names.values()), (advance, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, fsType=0)
    builder.setupPost()
    if change:
        change(builder.font)
    written = io.BytesIO()
    builder.font.save(written)
    return written.getvalue()


def _box(reach: int) -> object:
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, reach))
    pen.lineTo((reach, reach))
    pen.lineTo((reach, 0))
    pen.closePath()
    return pen.glyph()


def written_font(path: Path, data: bytes) -> Path:
    """Write a font below a folder that may not be there yet, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def made_variable_font(characters: str = "AB") -> bytes:
    """Return a variable font whose boxes widen with the weight, from 100 to 900."""

    def vary(font: TTFont) -> None:
        builder = FontBuilder(font=font)
        builder.setupFvar([("wght", 100, 400, 900, "Weight")], [])
        wider = {name: [_delta("wght", 1.0, (0, 0, 200, 200))] for name in font.getGlyphOrder()}
        builder.setupGvar(wider)

    return made_font(characters, change=vary)


def _delta(axis: str, peak: float, moved: tuple[int, int, int, int]) -> TupleVariation:
    """Return the shift of a box's four corners, and of its four phantom points, at an axis' end."""
    points = [(across, 0) for across in moved]
    return TupleVariation({axis: (0.0, peak, peak)}, [*points, (0, 0), (200, 0), (0, 0), (0, 0)])


def made_cff_font(characters: str = "AB", *, reach: int = 500) -> bytes:
    """Return an OpenType font with CFF outlines, whose glyphs are boxes of `reach` units."""
    names = {character: f"u{ord(character):04X}" for character in characters}
    glyphs = (".notdef", *names.values())
    builder = FontBuilder(UNITS, isTTF=False)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    builder.setupCFF("Boxes", {}, {name: _outline(reach) for name in glyphs}, {})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, fsType=0)
    builder.setupPost()
    written = io.BytesIO()
    builder.font.save(written)
    return written.getvalue()


def _outline(reach: int) -> object:
    pen = T2CharStringPen(600, None)
    pen.moveTo((0, 0))
    pen.lineTo((0, reach))
    pen.lineTo((reach, reach))
    pen.closePath()
    return pen.getCharString()
