"""The decoding of PNG files that are to be enlarged, 8 and 16 bits, as it runs in the box.

A PNG is decoded whole at its own depth, which takes at most a quarter of the memory of its enlargement.
"""

from __future__ import annotations

import warnings
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from foundry.box import Boxed
from foundry.errors import BadInput
from models.upscaling.source_picture import MOST_PIXELS, SourceFacts, refuse_size, refuse_turned

BOX_PRELOADS = ("cv2", "PIL.PngImagePlugin")
ORIENTATION = 0x0112
"""EXIF tag."""
BITS_AT, COLOUR_AT = 24, 25
"""Places of the depth and of the colour type in a PNG file."""
GREY_AND_ALPHA = 4
"""Colour type."""

Levels = NDArray[np.uint8] | NDArray[np.uint16]
"""(height, width, channels), colour in the order red, green, blue, alpha."""


def png_facts(stream: BinaryIO, name: str) -> Boxed:
    """Return the facts of a PNG, and the bytes of its ICC profile as an array; BadInput if it cannot be enlarged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            return _facts(stream, name)
    except (BadInput, MemoryError):
        raise
    except UnidentifiedImageError as error:
        raise BadInput(name, "is neither PNG nor TIFF; save it as one of them") from error
    except Image.DecompressionBombError as error:
        raise BadInput(name, f"has far more pixels than the limit of {MOST_PIXELS}; cut it into parts") from error
    except Exception as error:  # Pillow's reader raises OSError, SyntaxError, ValueError, struct.error and others
        raise BadInput(name, f"is not a readable picture ({error}); save it again") from error


def _facts(stream: BinaryIO, name: str) -> Boxed:
    with Image.open(stream, formats=("PNG",)) as picture:
        frames = getattr(picture, "n_frames", 1)
        if frames > 1:
            raise BadInput(name, f"has {frames} frames; an enlargement takes one, save it alone")
        refuse_size(name, *picture.size)
        picture.load()  # finds what is cut off, and the EXIF data that may stand behind the pixels
        refuse_turned(name, picture.getexif().get(ORIENTATION, 1))
        profile = np.frombuffer(picture.info.get("icc_profile") or b"", np.uint8)
        bits = 16 if _header(stream)[BITS_AT] == 16 else 8
        return Boxed(SourceFacts(picture.width, picture.height, bits), (profile,))


def _header(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(COLOUR_AT + 1)


def png_levels(stream: BinaryIO, name: str) -> Levels:
    """Return the levels of a PNG that `png_facts` accepted."""
    head = _header(stream)
    stream.seek(0)
    return _sixteen_bits(stream.read(), head, name) if head[BITS_AT] == 16 else _eight_bits(stream)


def _eight_bits(stream: BinaryIO) -> Levels:
    with Image.open(stream, formats=("PNG",)) as picture:
        alpha = picture.has_transparency_data
        grey = picture.mode in ("1", "L", "LA")
        mode = ("LA" if alpha else "L") if grey else ("RGBA" if alpha else "RGB")
        levels = np.asarray(picture.convert(mode))
    return levels[..., None] if levels.ndim == 2 else levels


def _sixteen_bits(data: bytes, head: bytes, name: str) -> Levels:
    """Decode with OpenCV, since Pillow cuts 16-bit colour down to 8."""
    import cv2

    levels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if levels is None:
        raise BadInput(name, "is not a readable PNG; save it again")
    if levels.ndim == 2:
        return levels[..., None]
    if head[COLOUR_AT] == GREY_AND_ALPHA:  # which OpenCV widens to four channels
        return levels[..., [0, 3]]
    return levels[..., [2, 1, 0, 3][: levels.shape[2]]]
