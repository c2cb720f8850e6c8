"""Bidirectional order, line breaking, fonts, shaping and paragraphs: shaped, wrapped, balanced lines of text.

Covers every script that the shipped fonts have; see docs/copy.md. Other packages import from here.
"""

from __future__ import annotations

from imaging.typesetting.lettering.paragraphs import balance, flaw, leading, plain_text, wrap
from imaging.typesetting.lettering.shaping import Style, TextLine, TextRun, draw, font, measure, runs

__all__ = [
    "Style", "TextLine", "TextRun", "balance", "draw", "flaw", "font", "leading", "measure", "plain_text", "runs",
    "wrap",
]  # fmt: skip
