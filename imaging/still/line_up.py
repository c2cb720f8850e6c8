"""The drawing of a line-up: several products side by side on one ground, at their true relative sizes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PIL import Image

TALLEST_PX, WIDEST_PX = 2_000, 4_096
GAP = 0.05
"""Between two products, in shares of the tallest one's height."""


def draw_line_up(products: Sequence[tuple[Image.Image, Decimal]]) -> Image.Image:
    """Return RGBA with straight alpha: pictures of products with their heights in millimetres, in this order.

    Each is RGBA; its visible part has its height. All stand on the lower edge.
    """
    cuts = [(picture.crop(_visible(picture)), float(height)) for picture, height in products]
    tallest = max(height for _, height in cuts)
    gap = GAP * tallest
    width = sum(cut.width / cut.height * height for cut, height in cuts) + gap * (len(cuts) - 1)
    scale = min(TALLEST_PX / tallest, WIDEST_PX / width)
    canvas = Image.new("RGBa", (max(1, round(width * scale)), max(1, round(tallest * scale))))
    left = 0.0
    for cut, height in cuts:
        across = cut.width / cut.height * height
        size = (max(1, round(across * scale)), max(1, round(height * scale)))
        small = cut.convert("RGBa").resize(size, Image.Resampling.LANCZOS)
        canvas.paste(small, (round(left * scale), canvas.height - size[1]))
        left += across + gap
    return canvas.convert("RGBA")


def _visible(picture: Image.Image) -> tuple[int, int, int, int]:
    seen = picture.getchannel("A").point([255 * (level > 8) for level in range(256)]).getbbox()
    return seen or (0, 0, *picture.size)
