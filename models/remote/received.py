"""Pixels from a vendor's bytes; nothing is decoded before its size is known to be within the limits."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms, ImageOps

from foundry.inputs.picture import FORMATS, MAX_PIXELS
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels
from models.remote.refusals import Declined, Transient

MOST_TIMES_LARGER = 16
"""The limit of a picture's pixels, as a multiple of the ordered ones."""
RATIO_TOLERANCE = 0.02
"""The share by which a picture's ratio of sides may differ from the order's; the picture is then resampled."""


def pixels_of(data: bytes, order: ShotOrder) -> tuple[Pixels, str]:
    """Return the order's pixels, sRGB encoded float32 in [0, 1], and a note if they were resampled, else an empty text.

    Alpha is laid on white. Transient for bytes that are no whole picture; Declined for another shape.
    """
    picture, note = _open(data, order), ""
    wanted = (order.width_px, order.height_px)
    if picture.size != wanted:
        ratio = (picture.width * wanted[1]) / (picture.height * wanted[0])
        if abs(ratio - 1) > RATIO_TOLERANCE:
            raise _wrong_size(f"{picture.width}x{picture.height} px", order)
        note = f"the vendor gave {picture.width}x{picture.height} px, resampled to {wanted[0]}x{wanted[1]}"
        picture = picture.resize(wanted, Image.Resampling.LANCZOS)
    return np.asarray(picture, dtype=np.float32) / np.float32(255), note


def _open(data: bytes, order: ShotOrder) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _check_size(picture, order)
            picture.load()
            return _as_srgb(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _wrong_size("far more pixels than any order", order) from None
    except Declined:
        raise
    except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError, EOFError, PyCMSError
        raise Transient(f"the picture cannot be decoded ({type(error).__name__})") from error


def _check_size(picture: Image.Image, order: ShotOrder) -> None:
    """Refuse a picture with far more pixels than were ordered, before they are decoded."""
    if picture.width * picture.height > min(MAX_PIXELS, MOST_TIMES_LARGER * order.width_px * order.height_px):
        raise _wrong_size(f"{picture.width}x{picture.height} px", order)


def _wrong_size(found: str, order: ShotOrder) -> Declined:
    ordered = f"{order.width_px}x{order.height_px}"
    return Declined("wrong_size", f"the vendor's picture has {found}; {ordered} was ordered. Correct the card's sizes.")


def _as_srgb(picture: Image.Image) -> Image.Image:
    """Return 8-bit sRGB on white, without alpha, converted from the embedded profile if there is one."""
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
