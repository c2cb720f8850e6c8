"""Staging of a cutout in a rendered set: its own pixels, over a picture that has its shadow and reflection."""

from __future__ import annotations

import numpy as np
from PIL import Image

from foundry.colour import linear_of_srgb, srgb_of_linear
from foundry.plan.shot import Box
from imaging.pixels.arrays import Pixels
from imaging.still.product_placement import place_product
from imaging.still.shadows import foot_line
from imaging.still.staging import StagedScene, in_thousandths

DARKEST, BRIGHTEST = 0.72, 1.3
"""How far the set's light may change a product's own, where its brand allows that at all."""
AROUND = 0.15
"""How far beside and below a product the line of its foot may reach, in its width and height."""

Part = tuple[slice, slice]
"""Rows and columns of a picture."""


def lay_cutout(picture: Pixels, product: Image.Image, area: Box, light: Pixels | None = None) -> StagedScene:
    """Return the picture with a product's own pixels standing in an area, which is in thousandths.

    `picture` is (height, width, 3) float32 sRGB in [0, 1]; `product` is RGBA with straight alpha. Where its alpha is 1,
    its pixels are exact. `light`, (rows, columns, 3), is a gain in linear light over the product's rectangle, for
    brands that allow a product to be relit; it is kept within bounds.
    """
    size = (picture.shape[1], picture.shape[0])
    cut, left, top = place_product(product, area, size)
    edges = (left, top, left + cut.width, top + cut.height)
    pixels = np.asarray(cut, np.float32) / np.float32(255)
    colour, alpha = linear_of_srgb(pixels[..., :3]), pixels[..., 3]
    if light is not None:
        colour = colour * _gain(light, cut.size)
    result = np.array(picture, np.float32)
    beside, below = round(AROUND * cut.width), round(AROUND * cut.height)
    reached = _inside((left - beside, top, edges[2] + beside, edges[3] + below), size)
    ground = linear_of_srgb(result[reached])
    corner = (left - reached[1].start, top - reached[0].start)
    ground = ground * (1 - foot_line(alpha, corner, (ground.shape[0], ground.shape[1]))[..., None])
    rows, columns = _inside(edges, size)
    own = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
    above, before = reached[0].start, reached[1].start
    there = slice(rows.start - above, rows.stop - above), slice(columns.start - before, columns.stop - before)
    share = alpha[own][..., None]
    ground[there] = ground[there] * (1 - share) + colour[own] * share
    result[reached] = srgb_of_linear(np.clip(ground, 0, 1))
    return StagedScene(result, in_thousandths(edges, size))


def _inside(edges: tuple[int, int, int, int], size: tuple[int, int]) -> Part:
    """Return the part of a rectangle (left, top, right, bottom) that lies in a picture."""
    left, top, right, bottom = edges
    return slice(max(0, top), min(size[1], bottom)), slice(max(0, left), min(size[0], right))


def _gain(light: Pixels, size: tuple[int, int]) -> Pixels:
    """Return a gain at a size (width, height), within the bounds."""
    import cv2

    large = cv2.resize(light, size, interpolation=cv2.INTER_CUBIC)
    return np.clip(np.asarray(large, np.float32), DARKEST, BRIGHTEST)
