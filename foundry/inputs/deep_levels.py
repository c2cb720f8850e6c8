"""Pictures of more than 8 bits a channel, reduced to 8. Pillow's own conversion cuts off levels, up to white."""

from __future__ import annotations

import numpy as np
from PIL import Image

DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I")
MOST = 65_535


def in_eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture with 8 bits a channel, with its profile; one that has no more is returned as it is.

    Grey of 16 bits becomes the nearest of 256 levels. The level that a PNG calls transparent becomes alpha.
    """
    clear = picture.info.get("transparency")
    if picture.mode in DEEP_MODES:
        return _grey(picture, clear if isinstance(clear, int) else None)
    if picture.mode == "RGB" and isinstance(clear, tuple) and max(clear) > 255:
        # Pillow keeps the upper byte of each channel of such a PNG, and both bytes of its transparent colour.
        picture = picture.copy()
        picture.info["transparency"] = tuple(level >> 8 for level in clear)
    return picture


def _grey(picture: Image.Image, clear: int | None) -> Image.Image:
    levels = np.asarray(picture)
    if levels.itemsize > 2:
        levels = np.clip(levels, 0, MOST)
    nearest = ((np.arange(MOST + 1, dtype=np.uint32) * 255 + MOST // 2) // MOST).astype(np.uint8)
    grey = Image.fromarray(nearest[levels])
    if clear is not None:
        grey.putalpha(Image.fromarray(np.where(levels == clear, 0, 255).astype(np.uint8)))
    if profile := picture.info.get("icc_profile"):
        grey.info["icc_profile"] = profile
    return grey
