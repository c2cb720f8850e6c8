"""The lossy formats JPEG, WebP, AVIF and JPEG XL: each writes pixels at a quality from 1 to 100 and reads them."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.errors import FoundryError
from imaging.still.encoding.sheet import Tags

Levels = NDArray[np.uint8]
FULL, HALF = 0x111111, 0x221111
"""JPEG's sampling factors of luma and chroma, as OpenCV encodes them: colour at full size, and at half size."""
JFIF = 20
"""Bytes of a JPEG's first marker and its JFIF segment."""


class NoLibrary(FoundryError):
    """This installation lacks the library that writes a format."""

    code = "no_library"

    def __init__(self, form: str, package: str) -> None:
        super().__init__(form, package)
        self.form, self.package = form, package

    def __str__(self) -> str:
        return f"{self.form} needs the package {self.package}, which is missing here; run `pip install {self.package}`."


@dataclass(frozen=True, kw_only=True)
class Codec:
    """One lossy format.

    `write(pixels, quality, fine, tags)` returns a file, without tags one for measuring; `fine` asks for colour at full
    size. `rungs` are the qualities that a search steps over, and `guess` is the one it starts from. A file gets less
    than `calm` only to meet a byte limit: there, plain grounds in a brand's colour begin to drift, which likeness
    weighs little. It never gets more than `most`: the error that is left comes from half-size colour, which more bytes
    do not reduce. `local` says that blocks of 16 px do not depend on their neighbours, so tiles encoded apart look as
    they do in the whole file.
    """

    name: str
    write: Callable[[Levels, int, bool, Tags | None], bytes]
    read: Callable[[bytes], Levels]
    rungs: tuple[int, ...]
    guess: int
    calm: int
    most: int
    local: bool = False


def _save(pixels: Levels, form: str, tags: Tags | None, **options: Any) -> bytes:
    stream = io.BytesIO()
    if tags:
        options |= {"icc_profile": tags.icc, "xmp": tags.xmp}
    Image.fromarray(pixels).save(stream, form, **options)
    return stream.getvalue()


def _jpeg(pixels: Levels, quality: int, fine: bool, tags: Tags | None) -> bytes:
    """Write a JPEG by OpenCV; Pillow's writer, the same libjpeg-turbo, holds Python's lock for progressive scans.

    Without tags the file is not progressive; its pixels are the same.
    """
    import cv2

    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, FULL if fine else HALF]
    if tags:
        options += [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    written, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    if not written:
        raise ValueError(f"OpenCV wrote no JPEG of {pixels.shape}")
    return tag_jpeg(data.tobytes(), tags) if tags else data.tobytes()


def tag_jpeg(bare: bytes, tags: Tags) -> bytes:
    """Return the JPEG with its dots per inch, XMP and ICC profile, after the JFIF header that every bare file has."""

    def segment(marker: int, content: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content

    dots = tags.dots_per_inch
    density = struct.pack(">BHH", 1, dots, dots) if dots else bare[13:18]
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + tags.xmp)
    icc = segment(0xE2, b"ICC_PROFILE\0\x01\x01" + tags.icc)
    return bare[:13] + density + bare[18:JFIF] + xmp + icc + bare[JFIF:]


def _webp(pixels: Levels, quality: int, _fine: bool, tags: Tags | None) -> bytes:
    """Write a WebP; the format has half-size colour only, whatever `_fine` says.

    At the same likeness, method 4 takes twice as long as 2 for 2 to 3 per cent fewer bytes (benchmarks/encoding.py).
    """
    return _save(pixels, "WEBP", tags, quality=quality, method=2)


def _avif(pixels: Levels, quality: int, fine: bool, tags: Tags | None) -> bytes:
    """Write an AVIF, by one thread, so that the file does not depend on the machine.

    libavif's own tuning for stills, "iq", stays: tuned for structural similarity, tiles look better than the file does,
    and the search settles for a file that is less like the picture.
    """
    colour = "4:4:4" if fine else "4:2:0"
    return _save(pixels, "AVIF", tags, quality=quality, speed=8, subsampling=colour, max_threads=1, autotiling=False)


def _pillow_read(data: bytes) -> Levels:
    with Image.open(io.BytesIO(data)) as file:
        return np.asarray(file.convert("RGB"))


def _imagecodecs() -> Any:
    try:
        import imagecodecs
    except ImportError as error:
        raise NoLibrary("jxl", "imagecodecs") from error
    return imagecodecs


def _jxl(pixels: Levels, quality: int, _fine: bool, tags: Tags | None) -> bytes:
    """Write a JPEG XL; libjxl's own mapping turns quality into a distance, and colour is always at full size."""
    made = _imagecodecs().jpegxl_encode(
        np.ascontiguousarray(pixels), distance=0.1 + (100 - quality) * 0.09, effort=5, numthreads=1, usecontainer=False
    )
    return wrap_jxl(bytes(made), tags) if tags else bytes(made)


def _jxl_read(data: bytes) -> Levels:
    return np.asarray(_imagecodecs().jpegxl_decode(data, numthreads=1))


def wrap_jxl(codestream: bytes, tags: Tags) -> bytes:
    """Return a JPEG XL codestream in its container (ISO/IEC 18181-2) with XMP; the codestream itself states sRGB."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(content), kind) + content

    head = box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    return head + box(b"xml ", tags.xmp) + box(b"jxlc", codestream)


JPEG_RUNGS = (45, 52, 58, 64, 69, 74, 78, 82, 85, 88, 90, 92, 94, 96)
WEBP_RUNGS = (40, 50, 58, 66, 74, 80, 84, 87, 90, 92, 94, 96, 98)
AVIF_RUNGS = (35, 42, 49, 55, 60, 65, 69, 73, 77, 81, 85, 89, 93)
JXL_RUNGS = (50, 58, 65, 71, 76, 80, 84, 87, 90, 92, 94, 96, 98)
CODECS = {
    "jpeg": Codec(
        name="jpeg", write=_jpeg, read=_pillow_read, rungs=JPEG_RUNGS, guess=82, calm=78, most=96, local=True
    ),
    "webp": Codec(name="webp", write=_webp, read=_pillow_read, rungs=WEBP_RUNGS, guess=90, calm=80, most=94),
    "avif": Codec(name="avif", write=_avif, read=_pillow_read, rungs=AVIF_RUNGS, guess=73, calm=60, most=93),
    "jxl": Codec(name="jxl", write=_jxl, read=_jxl_read, rungs=JXL_RUNGS, guess=90, calm=87, most=98),
}
