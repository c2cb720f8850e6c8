"""Reads PNG and TIFF as streams of rows; what makes a file unusable is refused before it is enlarged."""

from __future__ import annotations

from pathlib import Path

from foundry.errors import BadInput
from models.upscaling.png_in import inspect_png
from models.upscaling.source import Source
from models.upscaling.tiff_in import inspect_tiff, is_tiff


def inspect(path: Path) -> Source:
    """What a file is; BadInput in one sentence if it cannot be enlarged."""
    if not path.is_file():
        raise BadInput(str(path), "is not a file; name a PNG or TIFF file")
    return inspect_tiff(path) if is_tiff(path) else inspect_png(path)
