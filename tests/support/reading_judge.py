"""ICU, someone else's typography: line breaks and bidirectional order."""

from __future__ import annotations

from typing import Any

try:
    import icu
except ImportError:
    icu = None


def _icu() -> Any:
    assert icu is not None, "mark the test with `icu`"
    return icu


def _utf16(text: str) -> list[int]:
    """Code point index of every UTF-16 index: ICU counts in UTF-16."""
    return [at for at, character in enumerate(text) for _ in range(1 + (ord(character) > 0xFFFF))] + [len(text)]


def line_breaks(text: str, locale: str) -> set[int]:
    """Where ICU lets a line begin, the text's end excluded."""
    found = _icu().BreakIterator.createLineInstance(_icu().Locale(locale))
    held = _icu().UnicodeString(text)
    found.setText(held)
    points = _utf16(text)
    return {points[at] for at in found} - {len(text)}


def levels(text: str, rtl: bool) -> tuple[list[int], bool]:
    """ICU's embedding levels, and whether both directions occur (if not, ICU gives the base's level to all)."""
    held, bidi = _icu().UnicodeString(text), _icu().Bidi()
    bidi.setPara(held, int(rtl))
    return list(bidi.getLevels()), bidi.getDirection() == 2


def visual_order(text: str, start: int, stop: int, rtl: bool) -> list[int]:
    """Indices of the line `text[start:stop]` from left to right; characters outside the basic plane are not taken."""
    assert max(map(ord, text)) < 0x10000
    held, bidi = _icu().UnicodeString(text), _icu().Bidi()
    bidi.setPara(held, int(rtl))
    line = bidi.setLine(start, stop)
    return [start + at for at in line.getVisualMap()]


def closing_bracket(character: str) -> str:
    """ICU's paired bracket of an opener; the empty string for other characters."""
    kind = _icu().Char.getIntPropertyValue(ord(character), _icu().UProperty.BIDI_PAIRED_BRACKET_TYPE)
    return str(_icu().Char.getBidiPairedBracket(character)) if kind == 1 else ""
