"""The decoding of pictures that a vendor's machine answered, as it runs in the box."""

from __future__ import annotations

import io
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from foundry.errors import FoundryError, Unusable
from foundry.inputs.deep_levels import in_eight_bits
from foundry.inputs.picture import FORMATS
from foundry.inputs.picture_decoding import BOX_PRELOADS

__all__ = ["BOX_PRELOADS", "TooLarge", "opaque_srgb"]


class TooLarge(FoundryError):
    """A picture of far more pixels than were ordered; `found` says how many."""

    code = "too_large"

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


def opaque_srgb(stream: BinaryIO, most_pixels: int) -> NDArray[np.uint8]:
    """Return (height, width, 3) 8-bit sRGB on white, upright by EXIF.

    TooLarge for more pixels than the limit, before they are decoded; Unusable for what is no whole picture.
    """
    try:
        with Image.open(stream, formats=FORMATS) as picture:
            _refuse_larger(picture, most_pixels)
            picture.load()
            return np.asarray(_as_srgb(ImageOps.exif_transpose(picture)))
    except Image.DecompressionBombError:
        raise TooLarge("far more pixels than any order") from None
    except (TooLarge, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError, EOFError, PyCMSError
        raise Unusable("the picture", f"cannot be decoded ({type(error).__name__})", "ask for it again") from error


def _refuse_larger(picture: Image.Image, most_pixels: int) -> None:
    if picture.width * picture.height > most_pixels:
        raise TooLarge(f"{picture.width}x{picture.height} px")


def _as_srgb(picture: Image.Image) -> Image.Image:
    """Return 8-bit sRGB on white, without alpha, converted from the embedded profile if there is one."""
    picture = in_eight_bits(picture)
    profile = picture.info.get("icc_profile")
    colours = _convert_profile(picture, profile) if profile else picture.convert("RGB")
    if not picture.has_transparency_data:
        return colours
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(colours, mask=picture.convert("RGBA").getchannel("A"))
    return ground


def _convert_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    mode = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}[source.profile.xcolor_space]
    plain = picture if picture.mode == mode else picture.convert(mode)
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB").apply(plain)
