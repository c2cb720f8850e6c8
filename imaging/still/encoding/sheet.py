"""The input of an encoder: pixels, metadata for the file, and the measures of a printed page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.channel.placement import Placement, Print
from foundry.errors import BadInput
from templates import TEMPLATES

MM_PER_INCH = Decimal("25.4")
POINTS_PER_INCH = 72


@lru_cache(maxsize=4)
def profile(name: str) -> bytes:
    """Return the ICC profile `templates/icc/NAME.icc`."""
    return (TEMPLATES / "icc" / f"{name}.icc").read_bytes()


@dataclass(frozen=True)
class Tags:
    """The metadata of a file: an XMP packet, an ICC profile, and dots per inch (0: not stated)."""

    xmp: bytes
    icc: bytes
    dots_per_inch: int = 0


@dataclass(frozen=True)
class Sheet:
    """A picture to encode, (height, width, 3) RGB sRGB, uint8 or uint16, its XMP packet and its measures for print."""

    levels: NDArray[np.uint8 | np.uint16]
    xmp: bytes
    printed: Print | None = None

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """Return 8 bits a channel; 16 are rounded to the nearest level."""
        if self.levels.dtype == np.uint8:
            return self.levels.astype(np.uint8, copy=False)
        return ((self.levels.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)

    @cached_property
    def image(self) -> Image.Image:
        """Return the 8-bit pixels as Pillow takes them."""
        return Image.fromarray(self.pixels)

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return (self.levels.shape[1], self.levels.shape[0])

    @property
    def tags(self) -> Tags:
        """Return the metadata of a file in sRGB."""
        return Tags(self.xmp, profile("sRGB"), self.printed.dots_per_inch if self.printed else 0)


def sheet(image: Image.Image | NDArray[np.uint16], placement: Placement, xmp: bytes) -> Sheet:
    """Return the input of an encoder; BadInput unless `image` is RGB of 8 bits or (height, width, 3) uint16."""
    if isinstance(image, Image.Image):
        if image.mode != "RGB":
            raise BadInput(placement.name, f"got a picture of mode {image.mode}; compositions are RGB, flatten it")
        return Sheet(np.asarray(image), xmp, placement.printed)
    if image.dtype != np.uint16 or image.ndim != 3 or image.shape[2] != 3:
        raise BadInput(placement.name, f"got {image.dtype} {image.shape}; give RGB of 8 bits or (h, w, 3) uint16")
    return Sheet(np.ascontiguousarray(image), xmp, placement.printed)


def points(px: int, dots_per_inch: int) -> Decimal:
    """Return a length in PDF points (1/72 inch), to a ten-thousandth."""
    return (Decimal(px) * POINTS_PER_INCH / dots_per_inch).quantize(Decimal("0.0001"))


def bleed_points(printed: Print) -> Decimal:
    """Return the bleed in PDF points, to a ten-thousandth."""
    return (printed.bleed_mm * POINTS_PER_INCH / MM_PER_INCH).quantize(Decimal("0.0001"))
