"""Product pictures from outside: measured and refused before anything is spent on them."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from foundry.inputs.wide_gamut import in_srgb, unusable_profile
from foundry.names import sha256_file

MAX_PIXELS = 64_000_000
MAX_BYTES = 40_000_000
MIN_EDGE_PX = 64
FORMATS = ("PNG", "JPEG", "WEBP")


VIEW = "view-"
"""What the key of a rendered view begins with; any other key is the SHA-256 of a picture file."""


def picture_name(key: str) -> str:
    """Object name of a product's picture: what the brief gave, or the view that was rendered from its model."""
    if key.startswith(VIEW):
        name = key.removeprefix(VIEW)
        return f"views/{name[:2]}/{name}.png"
    return f"inputs/{key[:2]}/{key}"


@dataclass(frozen=True)
class PictureFacts:
    """A usable product picture."""

    path: Path
    sha256: str
    width_px: int
    height_px: int
    has_alpha: bool

    @property
    def key(self) -> str:
        """What a plan and its shots carry for this product."""
        return self.sha256


def inspect(path: Path) -> PictureFacts | tuple[str, str]:
    """The facts of a picture, or (what is wrong, what to do). Every byte is decoded once, within limits."""
    wrong = _unreadable(path)
    if wrong:
        return wrong
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(path, formats=FORMATS) as picture:
                size, alpha = picture.size, picture.has_transparency_data
                wrong = _wrong_size(*size)
                if wrong:
                    return wrong
                picture.load()
                wrong = _wrong_colour(picture)
                if wrong:
                    return wrong
    except Image.DecompressionBombError:
        return (f"has far more pixels than the limit of {MAX_PIXELS}", "scale it down")
    except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError, EOFError, warnings
        reason = " ".join(str(error).split())[:120]
        return (
            f"is not a readable picture ({type(error).__name__}: {reason})",
            "give a PNG, JPEG or WebP file",
        )
    return PictureFacts(path, sha256_file(path), *size, alpha)


def _unreadable(path: Path) -> tuple[str, str] | None:
    if not path.exists():
        return ("does not exist", "add the file, or leave picture out and the model draws it")
    if not path.is_file():
        return ("is not a file", "name a PNG, JPEG or WebP file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        return (f"has {size} bytes; the limit is {MAX_BYTES}", "save it smaller")
    if size == 0:
        return ("is empty", "give a PNG, JPEG or WebP file")
    return None


def _wrong_size(width: int, height: int) -> tuple[str, str] | None:
    if width * height > MAX_PIXELS:
        return (f"has {width}x{height} pixels; the limit is {MAX_PIXELS} in all", "scale it down")
    if min(width, height) < MIN_EDGE_PX:
        return (f"has {width}x{height} pixels; each edge needs {MIN_EDGE_PX}", "give a larger one")
    return None


def _wrong_colour(picture: Image.Image) -> tuple[str, str] | None:
    wrong = unusable_profile(picture)
    return (wrong, "save it as sRGB") if wrong else None


def decode(data: bytes) -> Image.Image:
    """RGBA, 8 bits, sRGB by its profile, upright by its EXIF orientation, from bytes that `inspect` has accepted."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        return in_srgb(ImageOps.exif_transpose(picture))
