"""Reader of PNG files, 8 and 16 bits. They are decoded in the box, and come from there as levels."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from imaging.pixels.levels import to_floats
from imaging.pixels.rows import Rows
from models.upscaling.boxed_source import levels_of, source_of
from models.upscaling.source_picture import SourcePicture

DECODING = "models.upscaling.png_levels:"
STRIP_ROWS = 256


def open_png(path: Path) -> SourcePicture:
    """Return the facts of a PNG file, whose rows are not read yet; BadInput if it cannot be enlarged."""
    facts, profile = source_of(DECODING + "png_facts", path)
    return SourcePicture(
        path=path,
        width=facts.width,
        height=facts.height,
        bits=facts.bits,
        profile=profile,
        rows=partial(_rows, path),
    )


def _rows(path: Path) -> Rows:
    levels = levels_of(DECODING + "png_levels", path)
    height, width, channels = levels.shape
    strips = (to_floats(levels[top : top + STRIP_ROWS]) for top in range(0, height, STRIP_ROWS))
    return Rows(width, height, channels, strips)
