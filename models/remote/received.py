"""Pixels from a vendor's bytes, decoded in the box, once their size is known to be within the limits."""

from __future__ import annotations

import numpy as np
from PIL import Image

from foundry.box import boxed
from foundry.errors import Unusable
from foundry.inputs.picture import MAX_PIXELS, PICTURE_LIMITS
from foundry.inputs.received_picture import TooLarge
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels
from models.remote.refusals import Declined, Transient

MOST_TIMES_LARGER = 16
"""The limit of a picture's pixels, as a multiple of the ordered ones."""
RECEIVING = "foundry.inputs.received_picture:opaque_srgb"
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
    """Return the picture as the box decoded it. Transient or Declined as `pixels_of` says."""
    most = min(MAX_PIXELS, MOST_TIMES_LARGER * order.width_px * order.height_px)
    try:
        answer = boxed(
            RECEIVING, data, limits=PICTURE_LIMITS, called="the picture", raises=(TooLarge,), most_pixels=most
        )
    except TooLarge as error:
        raise _wrong_size(error.found, order) from error
    except Unusable as error:
        raise Transient(f"the picture {error.limit}") from error
    return Image.fromarray(answer.array("uint8", (None, None, 3)))


def _wrong_size(found: str, order: ShotOrder) -> Declined:
    ordered = f"{order.width_px}x{order.height_px}"
    return Declined("wrong_size", f"the vendor's picture has {found}; {ordered} was ordered. Correct the card's sizes.")
