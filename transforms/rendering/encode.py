"""A picture as the bytes that its channel takes: format, quality and byte limit."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from foundry.channel import TEMPLATES, Placement
from foundry.errors import FoundryError

BEST, FLOOR = {"jpeg": 90, "webp": 86}, {"jpeg": 60, "webp": 55}
EXTENSION = {"jpeg": "jpg", "png": "png", "webp": "webp"}


class TooManyBytes(FoundryError):
    """No format of the placement holds the picture within its limit at a quality worth showing."""

    code = "too_many_bytes"

    def __init__(self, placement: str, smallest: int, limit: int):
        super().__init__(placement, smallest, limit)
        self.placement, self.smallest, self.limit = placement, smallest, limit

    def __str__(self) -> str:
        return (
            f"{self.placement}: the smallest acceptable file has {self.smallest} bytes; the limit is "
            f"{self.limit}. Choose a calmer scene or another placement."
        )


@dataclass(frozen=True)
class Encoded:
    """A file's bytes; `quality` is 100 for lossless ones."""

    data: bytes
    format: str
    quality: int

    @property
    def extension(self) -> str:
        """File name extension, without the dot."""
        return EXTENSION[self.format]


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The ICC profile that every file carries: sRGB."""
    return (TEMPLATES / "icc" / "sRGB.icc").read_bytes()


def encode(image: Image.Image, placement: Placement, xmp: bytes) -> Encoded:
    """The placement's first format that fits; TooManyBytes if none does above its quality floor.

    `image` is RGB, 8 bits, sRGB. JPEG is progressive with full chroma (4:4:4), as text needs it.
    """
    smallest = 0
    for form in placement.formats:
        found = _fit(image, form, xmp, placement.max_bytes)
        if len(found.data) <= placement.max_bytes:
            return found
        smallest = min(smallest or len(found.data), len(found.data))
    raise TooManyBytes(placement.name, smallest, placement.max_bytes)


def _fit(image: Image.Image, form: str, xmp: bytes, limit: int) -> Encoded:
    if form == "png":
        return Encoded(_png(image, xmp), form, 100)
    write: Callable[[int], bytes] = lambda q: _lossy(image, form, q, xmp)  # noqa: E731
    best = write(BEST[form])
    if len(best) <= limit:
        return Encoded(best, form, BEST[form])
    low, high = FLOOR[form], BEST[form] - 1
    found = Encoded(write(low), form, low)
    while low < high and len(found.data) <= limit:
        middle = (low + high + 1) // 2
        data = write(middle)
        if len(data) <= limit:
            low, found = middle, Encoded(data, form, middle)
        else:
            high = middle - 1
    return found


def _lossy(image: Image.Image, form: str, quality: int, xmp: bytes) -> bytes:
    stream = io.BytesIO()
    # Pillow's buffer must hold the whole progressive file; its default is too small for noisy pictures.
    ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 4 * image.width * image.height)
    common = {"quality": quality, "icc_profile": srgb_profile(), "xmp": xmp}
    if form == "jpeg":
        image.save(stream, "JPEG", progressive=True, optimize=True, subsampling=0, **common)
    else:
        image.save(stream, "WEBP", method=4, **common)
    return stream.getvalue()


def _png(image: Image.Image, xmp: bytes) -> bytes:
    stream = io.BytesIO()
    notes = PngInfo()
    notes.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=False)
    image.save(stream, "PNG", optimize=True, icc_profile=srgb_profile(), pnginfo=notes)
    return stream.getvalue()
