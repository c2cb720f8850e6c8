"""JPEG, WebP, AVIF and JPEG XL: each writes pixels at a quality from 1 to 100, and reads them back."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from foundry.errors import FoundryError
from transforms.rendering.encoding.sheet import Tags

Levels = NDArray[np.uint8]


class NoLibrary(FoundryError):
    """A format that this installation cannot write."""

    code = "no_library"

    def __init__(self, form: str, package: str):
        super().__init__(form, package)
        self.form, self.package = form, package

    def __str__(self) -> str:
        return f"{self.form} needs the package {self.package}, which is missing here; run `pip install {self.package}`."


@dataclass(frozen=True)
class Codec:
    """One lossy format.

    `write(pixels, quality, fine, tags)` gives a file, without tags one for measuring; `fine` asks for colour at full
    size. `rungs` are the qualities that a search steps over, and `guess` is the one it starts from. Below `calm` a
    file goes only to meet a limit, as plain grounds, a brand's colour, begin to drift, which likeness does not weigh;
    above `most` it never goes: what error is left is in the colour's size, and bytes no longer mend it.
    `local`: blocks of 16 px do not depend on their neighbours, so that tiles encoded apart show what the file shows.
    """

    name: str
    write: Callable[[Levels, int, bool, Tags | None], bytes]
    read: Callable[[bytes], Levels]
    rungs: tuple[int, ...]
    guess: int
    calm: int
    most: int
    local: bool = False


def _saved(pixels: Levels, form: str, tags: Tags | None, **options: Any) -> bytes:
    stream = io.BytesIO()
    if tags:
        options |= {"icc_profile": tags.icc, "xmp": tags.xmp}
        if tags.dots_per_inch and form == "JPEG":
            options["dpi"] = (tags.dots_per_inch, tags.dots_per_inch)
    Image.fromarray(pixels).save(stream, form, **options)
    return stream.getvalue()


def make_room(pixels: Levels) -> None:
    """Let Pillow's buffer hold a whole optimised or progressive JPEG; its own guess is too small for noise."""
    ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 2 * pixels.size + 65_536)


def _jpeg(pixels: Levels, quality: int, fine: bool, tags: Tags | None) -> bytes:
    make_room(pixels)
    options = {"quality": quality, "subsampling": 0 if fine else 2}
    if tags is None:  # the pixels are the same as of a progressive file
        return _saved(pixels, "JPEG", None, **options)
    return _saved(pixels, "JPEG", tags, progressive=True, optimize=True, **options)


def _webp(pixels: Levels, quality: int, fine: bool, tags: Tags | None) -> bytes:
    """WebP has half-size colour only, whatever `fine` says.

    At the same likeness, method 4 takes twice as long as 2 for 2 to 3 per cent fewer bytes (benchmarks/encoding.py).
    """
    return _saved(pixels, "WEBP", tags, quality=quality, method=2)


def _avif(pixels: Levels, quality: int, fine: bool, tags: Tags | None) -> bytes:
    """One thread: the file must not depend on the machine."""
    colour = "4:4:4" if fine else "4:2:0"
    return _saved(pixels, "AVIF", tags, quality=quality, speed=8, subsampling=colour, max_threads=1, autotiling=False)


def _pillow_read(data: bytes) -> Levels:
    with Image.open(io.BytesIO(data)) as file:
        return np.asarray(file.convert("RGB"))


def _imagecodecs() -> Any:
    try:
        import imagecodecs
    except ImportError as error:
        raise NoLibrary("jxl", "imagecodecs") from error
    return imagecodecs


def _jxl(pixels: Levels, quality: int, fine: bool, tags: Tags | None) -> bytes:
    """JPEG XL's quality as libjxl maps it to a distance; colour is always at full size."""
    made = _imagecodecs().jpegxl_encode(
        np.ascontiguousarray(pixels), distance=0.1 + (100 - quality) * 0.09, effort=5, numthreads=1, usecontainer=False
    )
    return boxed(bytes(made), tags) if tags else bytes(made)


def _jxl_read(data: bytes) -> Levels:
    return np.asarray(_imagecodecs().jpegxl_decode(data, numthreads=1))


def boxed(codestream: bytes, tags: Tags) -> bytes:
    """A JPEG XL codestream in its container (ISO/IEC 18181-2) with XMP; sRGB is said in the codestream itself."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(content), kind) + content

    head = box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    return head + box(b"xml ", tags.xmp) + box(b"jxlc", codestream)


JPEG_RUNGS = (45, 52, 58, 64, 69, 74, 78, 82, 85, 88, 90, 92, 94, 96)
WEBP_RUNGS = (40, 50, 58, 66, 74, 80, 84, 87, 90, 92, 94, 96, 98)
AVIF_RUNGS = (35, 42, 49, 55, 60, 65, 69, 73, 77, 81, 85, 89, 93)
JXL_RUNGS = (50, 58, 65, 71, 76, 80, 84, 87, 90, 92, 94, 96, 98)
CODECS = {
    "jpeg": Codec("jpeg", _jpeg, _pillow_read, JPEG_RUNGS, guess=82, calm=78, most=96, local=True),
    "webp": Codec("webp", _webp, _pillow_read, WEBP_RUNGS, guess=90, calm=80, most=94),
    "avif": Codec("avif", _avif, _pillow_read, AVIF_RUNGS, guess=73, calm=60, most=93),
    "jxl": Codec("jxl", _jxl, _jxl_read, JXL_RUNGS, guess=90, calm=87, most=98),
}
