"""Colours and pictures laid over a key visual, kept as data, so that films can lay them over every frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from imaging.pixels.geometry import PixelBox

_REDUCED = 8
"""A veil is soft, so its mask is made at an eighth of the size."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """A colour ("#RRGGBB") or a picture (RGB or RGBA, of the box's size), painted in a box.

    It is as opaque as the mask (mode L, of the box's size) says; without a mask, as its alpha says, else opaque.
    """

    box: PixelBox
    source: str | Image.Image
    mask: Image.Image | None = None


def paint_stroke(canvas: Image.Image, stroke: Stroke) -> None:
    """Paint a stroke on an opaque RGB canvas, in place."""
    mask = stroke.mask
    if isinstance(stroke.source, Image.Image) and stroke.source.mode == "RGBA":
        mask = stroke.source.getchannel("A")
    source = stroke.source if isinstance(stroke.source, str) else stroke.source.convert("RGB")
    canvas.paste(source, stroke.box.edges, mask)


def paint_layer(size: tuple[int, int], strokes: Iterable[Stroke]) -> Image.Image:
    """Return the strokes without a ground: RGBA of `size`, straight alpha, transparent where no stroke is."""
    canvas = Image.new("RGBA", size)
    for stroke in strokes:
        if isinstance(stroke.source, str):
            tile = Image.new("RGBA", (stroke.box.width, stroke.box.height), stroke.source)
        else:
            tile = stroke.source.convert("RGBA")
        if stroke.mask is not None:
            tile.putalpha(stroke.mask)
        inner = tile.crop(_inside(stroke.box, size))
        canvas.alpha_composite(inner, (max(stroke.box.left, 0), max(stroke.box.top, 0)))
    return canvas


def _inside(box: PixelBox, size: tuple[int, int]) -> tuple[int, int, int, int]:
    left, top = max(-box.left, 0), max(-box.top, 0)
    return (left, top, min(box.width, size[0] - box.left), min(box.height, size[1] - box.top))


def veil(size: tuple[int, int], box: PixelBox, colour: str, clear: PixelBox | None) -> Stroke:
    """Return a wash over `box` that fades out softly around it and leaves `clear`, the product, uncovered."""
    small = (max(size[0] // _REDUCED, 1), max(size[1] // _REDUCED, 1))
    soft = max(small) * 0.035
    mask = Image.new("L", small, 0)
    grow = soft * 1.4
    inner = [box.left / _REDUCED - grow, box.top / _REDUCED - grow]
    inner += [box.right / _REDUCED + grow, box.bottom / _REDUCED + grow]
    ImageDraw.Draw(mask).rectangle(inner, fill=255)
    if clear:
        ImageDraw.Draw(mask).rectangle([edge / _REDUCED for edge in clear.edges], fill=0)
    mask = mask.filter(ImageFilter.GaussianBlur(soft)).resize(size, Image.Resampling.BICUBIC)
    seen = mask.getbbox() or (0, 0, 1, 1)
    return Stroke(PixelBox(*seen), colour, mask.crop(seen))


def dim_stroke(stroke: Stroke, strength: float) -> Stroke:
    """Return the stroke with its opacity multiplied by `strength`, 0 to 1."""
    mask = stroke.mask or Image.new("L", (stroke.box.width, stroke.box.height), 255)
    return Stroke(stroke.box, stroke.source, mask.point([round(level * strength) for level in range(256)]))


def show_through(canvas: Image.Image, stroke: Stroke, box: PixelBox) -> Image.Image:
    """Return the pixels of `box` as they would be with the stroke on the canvas, which stays as it is."""
    right, bottom = max(box.right, box.left + 1), max(box.bottom, box.top + 1)
    part = canvas.crop((box.left, box.top, right, bottom))
    x, y = stroke.box.left, stroke.box.top
    mask = stroke.mask.crop((box.left - x, box.top - y, right - x, bottom - y)) if stroke.mask else None
    part.paste(stroke.source, (0, 0, *part.size), mask)
    return part


@lru_cache(maxsize=512)
def round_mask(width: int, height: int, corner: int) -> Image.Image:
    """Return a mask (mode L) of a rectangle with round corners, smooth at its edge."""
    scale = 4
    mask = Image.new("L", (width * scale, height * scale), 0)
    edge = (0, 0, width * scale - 1, height * scale - 1)
    ImageDraw.Draw(mask).rounded_rectangle(edge, corner * scale, fill=255)
    return mask.resize((width, height), Image.Resampling.BOX)
