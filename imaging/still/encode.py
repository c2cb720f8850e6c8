"""Encoding of a picture for its channel: format, quality and byte limit."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.channel.placement import Placement
from foundry.errors import BadInput, FoundryError
from imaging.still.encoding.lossy import CODECS
from imaging.still.encoding.pdf import pdf
from imaging.still.encoding.png import COLOURS, png
from imaging.still.encoding.search import FLOOR, Search, Try
from imaging.still.encoding.sheet import Sheet, profile, sheet
from imaging.still.encoding.tiff import tiff

EXTENSION = {
    "jpeg": "jpg", "png": "png", "webp": "webp", "avif": "avif", "jxl": "jxl", "tiff": "tif", "pdf": "pdf",
}  # fmt: skip


class TooManyBytes(FoundryError):
    """No format of the placement holds the picture within the byte limit at an acceptable quality."""

    code = "too_many_bytes"

    def __init__(self, placement: str, limit: int, form: str, smallest: int, likeness: float) -> None:
        super().__init__(placement, limit, form, smallest, likeness)
        self.placement, self.limit, self.form = placement, limit, form
        self.smallest, self.likeness = smallest, likeness

    def __str__(self) -> str:
        return (
            f"{self.placement}: the smallest acceptable file is a {self.form} of {self.smallest} bytes, whose likeness "
            f"to the composition is {self.likeness:.4f} where {FLOOR} is the least that is published; the limit is "
            f"{self.limit} bytes. Choose a calmer scene, shorter copy or another placement."
        )


@dataclass(frozen=True)
class Encoded:
    """A finished file of a still.

    `quality` is 1 to 100, 100 for lossless files; `likeness` is 1 for the same pixels (encoding/likeness.py).
    """

    data: bytes
    format: str
    quality: int
    likeness: float = 1.0

    @property
    def extension(self) -> str:
        """Return the file name's extension, without the dot."""
        return EXTENSION[self.format]


def srgb_profile() -> bytes:
    """Return the ICC profile that every file in RGB carries: sRGB."""
    return profile("sRGB")


def encode(image: Image.Image | NDArray[np.uint16], placement: Placement, xmp: bytes) -> Encoded:
    """Return the file in the placement's first still format that fits the byte limit.

    `image` is RGB, sRGB, of 8 bits, or (height, width, 3) uint16 for TIFF of 16 bits; other formats round it to 8.
    `xmp` is written into the file unchanged. The same arguments give the same bytes. TooManyBytes if no format fits at
    the least likeness that is published; BadInput if the placement takes no stills.
    """
    made = sheet(image, placement, xmp)
    stills = [form for form in placement.formats if form in EXTENSION]
    if not stills:
        raise BadInput(placement.name, f"takes {', '.join(placement.formats)}; a still needs {', '.join(EXTENSION)}")
    nearest: Encoded | None = None
    for form in stills:
        found = _WRITERS[form](made, placement)
        if len(found.data) <= placement.max_bytes and found.likeness >= FLOOR:
            return found
        if found.likeness >= FLOOR and (nearest is None or len(found.data) < len(nearest.data)):
            nearest = found
    nearest = nearest or found
    raise TooManyBytes(
        placement.name, placement.max_bytes, nearest.format, len(nearest.data), round(nearest.likeness, 4)
    )


def _lossy(form: str, made: Sheet, placement: Placement) -> Encoded:
    return _from_try(form, Search(CODECS[form], made.pixels, made.tags).within(placement.max_bytes))


def _from_try(form: str, found: Try) -> Encoded:
    return Encoded(found.data, form, found.quality, found.likeness)


def _webp(made: Sheet, placement: Placement) -> Encoded:
    """Write flat artwork exactly, which is also smaller, and pictures that half-size colour harms at any quality."""
    if made.image.getcolors(COLOURS) is not None:
        return _exact_webp(made)
    found = _lossy("webp", made, placement)
    return _exact_webp(made) if found.likeness < FLOOR else found


def _exact_webp(made: Sheet) -> Encoded:
    stream = io.BytesIO()
    tags = made.tags
    made.image.save(stream, "WEBP", lossless=True, quality=20, method=2, exact=True, icc_profile=tags.icc, xmp=tags.xmp)
    return Encoded(stream.getvalue(), "webp", 100)


def _png(made: Sheet, placement: Placement) -> Encoded:
    data, likeness = png(made, placement.max_bytes)
    return Encoded(data, "png", 100, likeness)


def _tiff(made: Sheet, _: Placement) -> Encoded:
    return Encoded(tiff(made), "tiff", 100)


def _pdf(made: Sheet, placement: Placement) -> Encoded:
    return _from_try("pdf", pdf(made, placement, placement.max_bytes))


_WRITERS: dict[str, Callable[[Sheet, Placement], Encoded]] = {
    "jpeg": partial(_lossy, "jpeg"),
    "webp": _webp,
    "avif": partial(_lossy, "avif"),
    "jxl": partial(_lossy, "jxl"),
    "png": _png,
    "tiff": _tiff,
    "pdf": _pdf,
}
