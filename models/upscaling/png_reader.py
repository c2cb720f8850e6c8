"""Reader of PNG files, 8 and 16 bits.

A PNG is decoded whole at its own depth, which takes at most a quarter of the memory of its enlargement.
"""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from foundry.errors import BadInput
from imaging.pixels.levels import to_floats
from imaging.pixels.rows import Rows
from models.upscaling.source_picture import MOST_PIXELS, SourcePicture, refuse_size, refuse_turned

ORIENTATION = 0x0112
"""EXIF tag."""
BITS_AT, COLOUR_AT = 24, 25
"""Places of the depth and of the colour type in a PNG file."""
GREY_AND_ALPHA = 4
"""Colour type."""
STRIP_ROWS = 256

Levels = NDArray[np.uint8] | NDArray[np.uint16]
"""(height, width, channels), colour in the order red, green, blue, alpha."""


def open_png(path: Path) -> SourcePicture:
    """Return the facts of a PNG file, whose rows are not read yet; BadInput if it cannot be enlarged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            return _open(path)
    except UnidentifiedImageError as error:
        raise BadInput(str(path), "is neither PNG nor TIFF; save it as one of them") from error
    except Image.DecompressionBombError as error:
        raise BadInput(str(path), f"has far more pixels than the limit of {MOST_PIXELS}; cut it into parts") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadInput(str(path), f"is not a readable picture ({error}); save it again") from error


def _open(path: Path) -> SourcePicture:
    with Image.open(path, formats=("PNG",)) as picture:
        frames = getattr(picture, "n_frames", 1)
        if frames > 1:
            raise BadInput(str(path), f"has {frames} frames; an enlargement takes one, save it alone")
        refuse_size(path, *picture.size)
        picture.load()  # finds what is cut off, and the EXIF data that may stand behind the pixels
        refuse_turned(path, picture.getexif().get(ORIENTATION, 1))
        profile = picture.info.get("icc_profile") or b""
        sixteen = _header(path)[BITS_AT] == 16
        return SourcePicture(
            path=path,
            width=picture.width,
            height=picture.height,
            bits=16 if sixteen else 8,
            profile=profile,
            rows=partial(_rows, path, sixteen),
        )


def _header(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(COLOUR_AT + 1)


def _rows(path: Path, sixteen: bool) -> Rows:
    levels = _sixteen_bits(path) if sixteen else _eight_bits(path)
    height, width, channels = levels.shape
    strips = (to_floats(levels[top : top + STRIP_ROWS]) for top in range(0, height, STRIP_ROWS))
    return Rows(width, height, channels, strips)


def _eight_bits(path: Path) -> Levels:
    with Image.open(path, formats=("PNG",)) as picture:
        alpha = picture.has_transparency_data
        grey = picture.mode in ("1", "L", "LA")
        mode = ("LA" if alpha else "L") if grey else ("RGBA" if alpha else "RGB")
        levels = np.asarray(picture.convert(mode))
    return levels[..., None] if levels.ndim == 2 else levels


def _sixteen_bits(path: Path) -> Levels:
    """Decode with OpenCV, since Pillow cuts 16-bit colour down to 8."""
    import cv2

    levels: Any = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if levels is None:
        raise BadInput(str(path), "is not a readable PNG; save it again")
    if levels.ndim == 2:
        return levels[..., None]
    if _header(path)[COLOUR_AT] == GREY_AND_ALPHA:  # which OpenCV widens to four channels
        return levels[..., [0, 3]]
    return levels[..., [2, 1, 0, 3][: levels.shape[2]]]
