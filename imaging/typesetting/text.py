"""Shaped, wrapped, balanced text, in every script that the shipped fonts have; see docs/copy.md."""

from __future__ import annotations

from imaging.typesetting.lettering.paragraphs import balanced, flaw, leading, said, wrap
from imaging.typesetting.lettering.shaping import Line, Run, Style, draw, font, measure, runs

__all__ = ["Line", "Run", "Style", "balanced", "draw", "flaw", "font", "leading", "measure", "runs", "said", "wrap"]
