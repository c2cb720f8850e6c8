"""Where a product stands in a picture, and how large: the same in a drawing that is made around it as in the master."""

from __future__ import annotations

from PIL import Image

from foundry.plan.shot import Box

FILLED = 0.74
"""The most of its area that a product's outline may fill; wide ones would look larger than life."""


def place_product(product: Image.Image, area: Box, size: tuple[float, float]) -> tuple[Image.Image, int, int]:
    """The visible part of an RGBA product as large as a picture of `size` (width, height) has it, and its corner.

    It stands in the middle of the area, on its base; all in pixels. Resampled once, with premultiplied alpha.
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
