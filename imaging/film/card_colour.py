"""In which brand colour a card is: the timeline's, unless the product would be lost on it."""

from __future__ import annotations

import numpy as np
from PIL import Image

from foundry.colour import lab_of_hex, lab_of_srgb
from foundry.tenant import Palette

ROLES = ("primary", "ink", "paper", "accent")
ALIKE = 25.0
"""Distance in CIE L*a*b* (1976) below which a part of a product does not stand out from a flat ground."""
MOST_LOST = 0.5
"""The share of a product that may be like its ground."""


def card_colour(role: str, palette: Palette, product: Image.Image | None) -> str:
    """Hex of this role; of the one that hides least of the product (RGBA), if this one hides more than half."""
    if product is None or hidden_share(getattr(palette, role), product) <= MOST_LOST:
        return str(getattr(palette, role))
    return min((str(getattr(palette, other)) for other in ROLES), key=lambda colour: hidden_share(colour, product))


def hidden_share(colour: str, product: Image.Image) -> float:
    """The share of a product's opaque pixels that are like this colour."""
    small = np.asarray(product.resize((64, 64), Image.Resampling.BOX), np.float32) / 255
    seen = small[small[..., 3] > 0.5][:, :3]
    if not len(seen):
        return 0.0
    return float((np.linalg.norm(lab_of_srgb(seen) - lab_of_hex(colour), axis=-1) < ALIKE).mean())
