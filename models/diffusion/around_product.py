"""Guides that keep a product's pixels while the scene is drawn around it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from foundry.colour import lab_of_hex
from foundry.plan.composition import Composition
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels
from imaging.still.product_placement import place_product
from models.drawing import Guide

NEUTRAL = (0.5, 0.5, 0.5)
EDGE = 0.006
"""Width of the soft edge, as a share of the drawing's longer edge."""


def guide_for(order: ShotOrder, product: Image.Image, composition: Composition) -> Guide:
    """Return an inpainting guide at the drawing's size, with the product where the composition has it in the master.

    `product` is RGBA, sRGB encoded, straight alpha.

    The mask is 0 on every pixel that the product touches and rises to 1 outside it. A drawing for mirrored copy is
    turned over when it is staged, so its guide is turned over too, and the product comes out the right way round.
    """
    canvas, cover = _product_layer(order, product, composition)
    mask = _mask_around(cover)
    if order.mirrored:
        canvas, mask = canvas[:, ::-1], mask[:, ::-1]
    return Guide(image=np.ascontiguousarray(canvas), mask=np.ascontiguousarray(mask))


def _product_layer(order: ShotOrder, product: Image.Image, composition: Composition) -> tuple[Pixels, Pixels]:
    """Return the product on a plain ground, (height, width, 3), and its coverage of each pixel, (height, width)."""
    size = (order.width_px, order.height_px)
    cut, left, top = _scale_and_place(product, order, composition)
    layer = Image.new("RGBA", size)
    layer.paste(cut, (left, top))
    pixels = np.asarray(layer, np.float32) / np.float32(255)
    cover = pixels[..., 3:]
    ground = np.asarray(_ground(order.palette), np.float32)
    return np.asarray(pixels[..., :3] * cover + ground * (1 - cover), np.float32), cover[..., 0]


def _scale_and_place(product: Image.Image, order: ShotOrder, composition: Composition) -> tuple[Image.Image, int, int]:
    """Return the visible product at drawing scale, and its upper left corner in pixels.

    The master shows the middle of the drawing, cut to the composition's aspect; the product stands in the middle of
    the composition's area, on its base.
    """
    ratio = min(order.width_px / composition.width_px, order.height_px / composition.height_px)
    width, height = composition.width_px * ratio, composition.height_px * ratio
    x0, y0 = (order.width_px - width) / 2, (order.height_px - height) / 2
    small, left, top = place_product(product, composition.box(order.mirrored), (width, height))
    return small, round(x0 + left), round(y0 + top)


def _mask_around(cover: Pixels) -> Pixels:
    """Return a mask: 0 on the product, 1 away from it, and a soft rise between them that lies outside it."""
    touched = cover > 0
    shape = Image.fromarray((touched * 255).astype(np.uint8))
    near = np.asarray(shape.filter(ImageFilter.GaussianBlur(max(1.0, EDGE * max(cover.shape)))), np.float32) / 255
    return np.where(touched, 0, 1 - np.clip(2 * near, 0, 1)).astype(np.float32)


def _ground(palette: tuple[str, ...]) -> tuple[float, ...]:
    """Return the palette's lightest colour, sRGB in [0, 1], which shows through translucent edges."""
    if not palette:
        return NEUTRAL
    lightest = max(palette, key=lambda colour: float(lab_of_hex(colour)[0]))
    return tuple(int(lightest[at : at + 2], 16) / 255 for at in (1, 3, 5))
