"""The decoding of pictures from outside, as it runs in the box: whole, upright by EXIF, in sRGB by profile."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from foundry.errors import Unusable
from foundry.inputs.deep_levels import in_eight_bits
from foundry.inputs.picture import FORMATS, MAX_PIXELS, MIN_EDGE_PX, PictureSize
from foundry.inputs.wide_gamut import coated_paper, in_srgb, unusable_profile

BOX_PRELOADS = ("PIL.PngImagePlugin", "PIL.JpegImagePlugin", "PIL.WebPImagePlugin", "PIL.MpoImagePlugin")
EVEN_LEVELS = 2
"""Levels by which the pixels of a picture that shows nothing may differ: the noise of a JPEG of one colour."""
UNSEEN_ALPHA = 8
"""Alpha up to which a pixel is taken for transparent."""

coated_paper()  # read while the process is warm: a job may open no file


def measure_picture(stream: BinaryIO, name: str) -> PictureSize:
    """Decode a picture exactly as `picture_pixels` does. Return its size.

    Raises Unusable for one that no product picture may be like. Every byte is decoded.
    """
    with _opened(stream, name) as picture:
        width, height = picture.size
        alpha = picture.has_transparency_data
        blank = _find_blank(_converted(picture, name))
    return PictureSize(width, height, alpha, blank)


def _find_blank(picture: Image.Image) -> str:
    """Return a clause that says in which way an RGBA picture shows nothing; empty if it shows something."""
    *colours, alpha = cast(tuple[tuple[int, int], ...], picture.getextrema())  # of four channels
    if alpha[1] <= UNSEEN_ALPHA:
        return "is transparent all over"
    low, high = min(low for low, _ in colours), max(high for _, high in colours)
    if alpha[0] > UNSEEN_ALPHA and high - low <= EVEN_LEVELS:
        return f"is one even grey (level {colours[0][1]} of 255)"
    return ""


def picture_pixels(stream: BinaryIO, name: str) -> NDArray[np.uint8]:
    """Return (height, width, 4) RGBA, 8 bits, sRGB by the picture's profile, upright by its EXIF orientation."""
    with Image.open(stream, formats=FORMATS) as picture:
        return np.asarray(_converted(picture, name))


def stored_pixels(stream: BinaryIO, name: str) -> NDArray[np.uint8]:
    """Return (height, width, 4) RGBA, 8 bits, as stored: by neither profile nor orientation, as logos are drawn."""
    with _opened(stream, name) as picture:
        return np.asarray(in_eight_bits(picture).convert("RGBA"))


@contextmanager
def _opened(stream: BinaryIO, name: str) -> Iterator[Image.Image]:
    """Yield a loaded picture within the limits; Unusable for one that is broken or too large."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
        picture = _load(stream, name)
    with picture:
        _refuse_profile(name, picture)
        yield picture


def _load(stream: BinaryIO, name: str) -> Image.Image:
    try:
        picture = Image.open(stream, formats=FORMATS)
        refuse_size(name, *picture.size)
        picture.load()
    except (Unusable, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        wrong = f"has far more pixels than the limit of {MAX_PIXELS}"
        raise Unusable(name, wrong, "scale it down") from error
    except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError, EOFError, warnings
        reason = " ".join(str(error).split())[:120]
        wrong = f"is not a readable picture ({type(error).__name__}: {reason})"
        raise Unusable(name, wrong, "give a PNG, JPEG or WebP file") from error
    return picture


def refuse_size(name: str, width: int, height: int) -> None:
    """Raise Unusable for a picture of more pixels than the limit, or of an edge that is too short."""
    if width * height > MAX_PIXELS:
        raise Unusable(name, f"has {width}x{height} pixels; the limit is {MAX_PIXELS} in all", "scale it down")
    if min(width, height) < MIN_EDGE_PX:
        raise Unusable(name, f"has {width}x{height} pixels; each edge needs {MIN_EDGE_PX}", "give a larger one")


def _refuse_profile(name: str, picture: Image.Image) -> None:
    if wrong := unusable_profile(picture):
        raise Unusable(name, wrong, "save it as sRGB")


def _converted(picture: Image.Image, name: str) -> Image.Image:
    """Return a picture upright and in sRGB; Unusable if its EXIF or its profile does not allow it."""
    picture.load()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what it mends in EXIF
        try:
            upright = ImageOps.exif_transpose(picture)
        except (MemoryError, Unusable):
            raise
        except (
            Exception
        ) as error:  # the reader of EXIF raises struct.error, SyntaxError, TypeError, KeyError and others
            wrong = f"carries EXIF that cannot be read ({type(error).__name__})"
            raise Unusable(name, wrong, "save it without metadata") from error
        try:
            return in_srgb(upright)
        except (MemoryError, Unusable):
            raise
        except Exception as error:  # LittleCMS raises PyCMSError, OSError and ValueError
            wrong = f"has a colour profile that cannot be applied ({type(error).__name__})"
            raise Unusable(name, wrong, "save it as sRGB") from error
