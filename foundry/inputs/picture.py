"""Product pictures from outside: measured, and refused before anything is spent on them."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from foundry.errors import Unusable
from foundry.inputs.door import FileKind, ReceivedFile, Signature
from foundry.inputs.wide_gamut import in_srgb, unusable_profile

MAX_PIXELS = 64_000_000
MAX_BYTES = 40_000_000
MIN_EDGE_PX = 64
FORMATS = ("PNG", "JPEG", "WEBP")
PICTURE = FileKind(
    "picture",
    MAX_BYTES,
    (Signature(b"\x89PNG\r\n\x1a\n"), Signature(b"\xff\xd8\xff"), Signature(b"RIFF", also=(b"WEBP", 8))),
    "is not a readable picture (neither PNG, JPEG nor WebP inside)",
    "give a PNG, JPEG or WebP file",
)

VIEW = "view-"
"""The prefix of the key of a rendered view; every other key is the SHA-256 of a picture file."""


def picture_name(key: str) -> str:
    """Return the object name of a product's picture: the brief's own, or the view rendered from its model."""
    if key.startswith(VIEW):
        name = key.removeprefix(VIEW)
        return f"views/{name[:2]}/{name}.png"
    return f"inputs/{key[:2]}/{key}"


@dataclass(frozen=True)
class PictureFacts:
    """A usable picture of a product, brand or adapter."""

    file: ReceivedFile
    width_px: int
    height_px: int
    has_alpha: bool

    @property
    def sha256(self) -> str:
        """The hash of the file."""
        return self.file.sha256

    @property
    def key(self) -> str:
        """The key by which a plan and its shots refer to this picture."""
        return self.sha256


def inspect_picture(file: ReceivedFile) -> PictureFacts:
    """Return the facts of a picture; Unusable says what is wrong. Every byte is decoded once, within limits."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
        size, alpha = _measure(file.short_name, file.read())
    return PictureFacts(file, *size, alpha)


def _measure(name: str, data: bytes) -> tuple[tuple[int, int], bool]:
    """Decode the file. Return its size in pixels, and whether it has transparency."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _refuse_size(name, *picture.size)
            picture.load()
            _refuse_profile(name, picture)
            return picture.size, picture.has_transparency_data
    except Unusable:
        raise
    except Image.DecompressionBombError as error:
        wrong = f"has far more pixels than the limit of {MAX_PIXELS}"
        raise Unusable(name, wrong, "scale it down") from error
    except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError, EOFError, warnings
        reason = " ".join(str(error).split())[:120]
        wrong = f"is not a readable picture ({type(error).__name__}: {reason})"
        raise Unusable(name, wrong, "give a PNG, JPEG or WebP file") from error


def _refuse_size(name: str, width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Unusable(name, f"has {width}x{height} pixels; the limit is {MAX_PIXELS} in all", "scale it down")
    if min(width, height) < MIN_EDGE_PX:
        raise Unusable(name, f"has {width}x{height} pixels; each edge needs {MIN_EDGE_PX}", "give a larger one")


def _refuse_profile(name: str, picture: Image.Image) -> None:
    if wrong := unusable_profile(picture):
        raise Unusable(name, wrong, "save it as sRGB")


def decode(data: bytes) -> Image.Image:
    """Return RGBA, 8 bits, sRGB by its profile, upright by its EXIF orientation; `data` passed `inspect_picture`."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        return in_srgb(ImageOps.exif_transpose(picture))
