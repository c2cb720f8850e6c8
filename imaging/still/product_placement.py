"""The place and size of a product in a picture: the same in a drawing made around it as in the master."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from foundry.plan.shot import Box

FILLED = 0.74
"""Largest share of its area that a product's bounding box may fill; wide products would look larger than life."""


@dataclass(frozen=True)
class ProductRectangle:
    """A product's rectangle in a picture, in pixels, and its `visible` part (left, top, right, bottom) in its own."""

    left: int
    top: int
    width: int
    height: int
    visible: tuple[int, int, int, int]


def product_rectangle(product: Image.Image, area: Box, size: tuple[float, float]) -> ProductRectangle:
    """Return where the visible part of an RGBA product stands in a picture of `size` (width, height).

    It stands in the middle of `area`, given in thousandths of the picture, on the area's base.
    """
    width, height = size
    visible = product.getchannel("A").point(lambda a: 255 if a > 8 else 0).getbbox() or (0, 0, *product.size)
    across, down = visible[2] - visible[0], visible[3] - visible[1]
    room = ((area.right - area.left) * width / 1000, (area.bottom - area.top) * height / 1000)
    full = (FILLED * room[0] * room[1] / (across * down)) ** 0.5
    ratio = min(room[0] / across, room[1] / down, full)
    target = (max(1, round(across * ratio)), max(1, round(down * ratio)))
    left = round((area.left + area.right) * width / 2000 - target[0] / 2)
    return ProductRectangle(left, round(area.bottom * height / 1000) - target[1], *target, visible)


def place_product(product: Image.Image, area: Box, size: tuple[float, float]) -> tuple[Image.Image, int, int]:
    """Return the visible part of an RGBA product at its size in a picture, and its left and top in pixels.

    The product stands in the middle of `area`, given in thousandths of `size` (width, height), on the area's base. It
    is resampled once, with premultiplied alpha.
    """
    place = product_rectangle(product, area, size)
    cut = product.crop(place.visible).convert("RGBa")
    scaled = cut.resize((place.width, place.height), Image.Resampling.LANCZOS).convert("RGBA")
    return scaled, place.left, place.top
