"""One slot's lines at one size, with the plate around them, before they have a place."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from foundry.layout.layout import TypeStyle
from imaging.pixels.geometry import PixelBox, aligned_offset
from imaging.typesetting.lettering import Style, TextLine, balance, flaw, leading, measure

PADS = {"none": (0.0, 0.0, 0.0), "pill": (0.72, 1.62, 0.5), "button": (1.2, 2.38, 0.8), "badge": (0.0, 0.0, 0.0)}
"""Plate → ems beside the words, usual height of a plate of one line, and least space above and below together.

A badge's size follows from its circle.
"""
BADGE_EMS, BADGE_ROOM, BADGE_LEAST = (4.4, 5.4, 6.6, 7.8), 1.16, 3.4
"""Widths of a badge's lines that are tried, in ems; the circle's diameter over the diagonal of its words, and its
smallest diameter in ems."""


@dataclass(frozen=True, kw_only=True)
class SlotPiece:
    """A slot's lines, their outer width and height in pixels, plate included, and the step from line to line."""

    field: str
    style: Style
    lines: tuple[TextLine, ...]
    width: int
    height: int
    step: int
    plate: str
    flaw: float = 0.0
    """Share of its range of sizes that it should rather shrink by than be set with these lines."""

    def place_lines(self, box: PixelBox, align: str, rtl: bool) -> tuple[tuple[int, int, TextLine], ...]:
        """Return left edge, baseline and line of each line, for a piece whose outer edge is `box`."""
        base = self._first_baseline(box)
        inner = max(line.width for line in self.lines)
        left = box.left + (box.width - inner) // 2
        align = "center" if self.plate != "none" else align
        return tuple(
            (left + aligned_offset(align, inner - line.width, rtl), base + at * self.step, line)
            for at, line in enumerate(self.lines)
        )

    def _first_baseline(self, box: PixelBox) -> int:
        above, below = self.lines[0].above, self.lines[-1].below
        if self.plate != "none" and _is_latin(self.lines[0].text):  # accents and descenders weigh little to the eye
            above, below = measure("H", self.style).above, 0
        ink = above + below + self.step * (len(self.lines) - 1)
        return box.top + (box.height - ink) // 2 + above


@lru_cache(maxsize=4_096)
def _is_latin(text: str) -> bool:
    return all(unicodedata.name(c, "").startswith("LATIN") for c in text if c.isalpha())


def _lines(text: str, style: Style, room: int, most: int, hyphens: bool) -> tuple[TextLine, ...] | None:
    """Return at most `most` lines of at most `room` pixels; None where the words need more."""
    lines = tuple(balance(text, style, room, hyphens, most)) if room > 0 else ()
    fits = 0 < len(lines) <= most and all(line.width <= room for line in lines)
    return lines if fits else None


def set_piece(
    field: str, text: str, kind: TypeStyle, style: Style, width: int, hyphens: bool = False
) -> SlotPiece | None:
    """Set a slot's words in at most `width` pixels, plate included; None where they need more room or more lines."""
    pad_x, usual, least = (round(ems * style.size) for ems in PADS[kind.plate])
    rooms = [round(ems * style.size) for ems in BADGE_EMS] if kind.plate == "badge" else [width - 2 * pad_x]
    tried = (_lines(text, style, min(room, width), kind.lines, hyphens) for room in rooms)
    lines = min((found for found in tried if found), key=flaw, default=None)
    if lines is None:
        return None
    step = round(leading(text) * style.size)
    ink = lines[0].above + lines[-1].below + step * (len(lines) - 1)
    wide, high = max(line.width for line in lines), ink
    if kind.plate == "badge":
        wide = high = round(max(math.hypot(wide, ink) * BADGE_ROOM, BADGE_LEAST * style.size))
    elif kind.plate != "none":
        wide, high = wide + 2 * pad_x, max(usual + step * (len(lines) - 1), ink + least)
    if wide > width:
        return None
    return SlotPiece(
        field=field, style=style, lines=lines, width=wide, height=high, step=step, plate=kind.plate, flaw=flaw(lines)
    )
