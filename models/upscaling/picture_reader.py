"""Reader of PNG and TIFF files as streams of rows; unusable files are refused before anything is enlarged."""

from __future__ import annotations

from pathlib import Path

from foundry.errors import BadInput
from models.upscaling.png_reader import open_png
from models.upscaling.source_picture import SourcePicture
from models.upscaling.tiff_reader import is_tiff, open_tiff


def open_picture(path: Path) -> SourcePicture:
    """Return the facts of a PNG or TIFF file, whose rows are not read yet; BadInput if it cannot be enlarged."""
    if not path.is_file():
        raise BadInput(str(path), "is not a file; name a PNG or TIFF file")
    return open_tiff(path) if is_tiff(path) else open_png(path)
