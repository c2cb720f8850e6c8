"""The place and size of a product in a picture: the same in a drawing made around it as in the master."""

from __future__ import annotations

from PIL import Image

from foundry.plan.shot import Box

FILLED = 0.74
"""Largest share of its area that a product's bounding box may fill; wide products would look larger than life."""


def place_product(product: Image.Image, area: Box, size: tuple[float, float]) -> tuple[Image.Image, int, int]:
    """Return the visible part of an RGBA product at its size in a picture, and its left and top in pixels.

    The product stands in the middle of `area`, given in thousandths of `size` (width, height), on the area's base. It
    is resampled once, with premultiplied alpha.
    """
    width, height = size
    visible = product.getchannel("A").point(lambda a: 255 if a > 8 else 0).getbbox()
    cut = product.crop(visible) if visible else product
    room = ((area.right - area.left) * width / 1000, (area.bottom - area.top) * height / 1000)
    full = (FILLED * room[0] * room[1] / (cut.width * cut.height)) ** 0.5
    ratio = min(room[0] / cut.width, room[1] / cut.height, full)
    target = (max(1, round(cut.width * ratio)), max(1, round(cut.height * ratio)))
    scaled = cut.convert("RGBa").resize(target, Image.Resampling.LANCZOS).convert("RGBA")
    left = round((area.left + area.right) * width / 2000 - target[0] / 2)
    return scaled, left, round(area.bottom * height / 1000) - target[1]
