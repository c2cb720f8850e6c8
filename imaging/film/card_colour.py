"""The background colour of a card: the timeline's brand colour, unless the product would not stand out from it."""

from __future__ import annotations

import numpy as np
from PIL import Image

from foundry.colour import lab_of_hex, lab_of_srgb
from foundry.tenant import Palette

ROLES = ("primary", "ink", "paper", "accent")
ALIKE = 25.0
"""Distance in CIE L*a*b* (1976) below which a part of a product does not stand out from a flat background."""
MOST_LOST = 0.5
"""Largest acceptable share of the product's pixels that do not stand out."""


def card_colour(role: str, palette: Palette, product: Image.Image | None) -> str:
    """Return the hex colour of a palette role for a card with this product (RGBA).

    If more than half of the product would not stand out, return the palette colour that hides least of it.
    """
    if product is None or hidden_share(getattr(palette, role), product) <= MOST_LOST:
        return str(getattr(palette, role))
    return min((str(getattr(palette, other)) for other in ROLES), key=lambda colour: hidden_share(colour, product))


def hidden_share(colour: str, product: Image.Image) -> float:
    """Return the share (0 to 1) of a product's opaque pixels that are close to this colour."""
    small = np.asarray(product.resize((64, 64), Image.Resampling.BOX), np.float32) / 255
    seen = small[small[..., 3] > 0.5][:, :3]
    if not len(seen):
        return 0.0
    return float((np.linalg.norm(lab_of_srgb(seen) - lab_of_hex(colour), axis=-1) < ALIKE).mean())
