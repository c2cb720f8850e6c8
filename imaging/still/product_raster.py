"""The place of a product in a frame, and the raster on which it is compared with the picture that was given of it.

Cells under logos, panels and scrims, and outside the key visual, are not free.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.plan.shot import MasterFacts
from imaging.pixels.crop import CropEdges, box_in_pixels
from imaging.pixels.geometry import PixelBox
from imaging.pixels.strokes import Stroke

CELLS = 40
"""Cells along the longer edge of a product."""
FINEST = 1.5
"""Least pixels of the finished picture in a cell: finer ones would be judged by where pixels happen to lie."""
AROUND = 5
"""Cells around the product in which the ground is looked at."""
COVERED = 20
"""Cover, of 255, from which on a cell under a stroke is not free."""
Cells = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class ProductPlace:
    """The edges of a whole product in a frame, the box in which the frame shows it, and what is painted over that."""

    edges: CropEdges
    visual: PixelBox
    strokes: tuple[Stroke, ...]

    @property
    def thickness_px(self) -> float:
        """Return the pixels of the product's shorter edge."""
        left, top, right, bottom = self.edges
        return min(right - left, bottom - top)

    @cached_property
    def raster(self) -> Raster:
        """Return the raster of the product, with the cells that nothing is painted on."""
        return _raster(self)


@dataclass(frozen=True, kw_only=True, eq=False)
class Raster:
    """Cells over a product and around it. `columns` and `rows` are the product's own; `box` all of them in the frame.

    `part` is left, top, right and bottom of the cells that the frame shows, counted from the product's corner; `free`
    (rows, columns) of `part` is True where nothing is painted over them.
    """

    columns: int
    rows: int
    part: tuple[int, int, int, int]
    box: CropEdges
    free: Cells

    def without(self, boxes: Iterable[PixelBox]) -> Cells:
        """Return the free cells that none of the boxes touches."""
        left, top, right, bottom = self.box
        high, wide = self.free.shape
        free = self.free.copy()
        for box in boxes if free.size else ():
            xs = [(x - left) / (right - left) * wide for x in (box.left, box.right)]
            ys = [(y - top) / (bottom - top) * high for y in (box.top, box.bottom)]
            x0, y0 = (max(math.floor(edges[0]), 0) for edges in (xs, ys))
            x1, y1 = (max(math.ceil(edges[1]), 0) for edges in (xs, ys))
            free[y0:y1, x0:x1] = False
        return free


def place_of_product(
    facts: MasterFacts, crop: CropEdges, visual: PixelBox, strokes: tuple[Stroke, ...]
) -> ProductPlace | None:
    """Return a product's place in a frame that shows `crop` of its master in `visual`; None for a master without it."""
    if facts.product_box is None:
        return None
    left, top, right, bottom = box_in_pixels(facts.product_box, facts)
    across, down = visual.width / (crop[2] - crop[0]), visual.height / (crop[3] - crop[1])
    edges = (
        visual.left + (left - crop[0]) * across,
        visual.top + (top - crop[1]) * down,
        visual.left + (right - crop[0]) * across,
        visual.top + (bottom - crop[1]) * down,
    )
    return ProductPlace(edges=edges, visual=visual, strokes=strokes)


def _raster(place: ProductPlace) -> Raster:
    left, top, right, bottom = place.edges
    width, height = right - left, bottom - top
    share = min(CELLS, max(width, height) / FINEST) / max(width, height)
    columns, rows = max(2, round(width * share)), max(2, round(height * share))
    cell = (width / columns, height / rows)
    seen = place.visual
    part = (
        max(-AROUND, math.ceil((seen.left - left) / cell[0] - 1e-6)),
        max(-AROUND, math.ceil((seen.top - top) / cell[1] - 1e-6)),
        min(columns + AROUND, math.floor((seen.right - left) / cell[0] + 1e-6)),
        min(rows + AROUND, math.floor((seen.bottom - top) / cell[1] + 1e-6)),
    )
    part = (part[0], part[1], max(part[2], part[0]), max(part[3], part[1]))
    box = (
        max(left + part[0] * cell[0], seen.left),
        max(top + part[1] * cell[1], seen.top),
        min(left + part[2] * cell[0], seen.right),
        min(top + part[3] * cell[1], seen.bottom),
    )
    free = _free_cells(place.strokes, box, (part[3] - part[1], part[2] - part[0]))
    return Raster(columns=columns, rows=rows, part=part, box=box, free=free)


def _free_cells(strokes: tuple[Stroke, ...], box: CropEdges, shape: tuple[int, int]) -> Cells:
    """Return (rows, columns) of a part of the frame, True where no stroke covers it."""
    if 0 in shape:
        return np.zeros(shape, bool)
    left, top = math.floor(box[0]), math.floor(box[1])
    region = PixelBox(left, top, math.ceil(box[2]), math.ceil(box[3]))
    cover = Image.new("L", (region.width, region.height))
    for stroke in strokes:
        if stroke.box.overlaps(region):
            at = (stroke.box.left - left, stroke.box.top - top, stroke.box.right - left, stroke.box.bottom - top)
            cover.paste(255, at, _opacity(stroke))
    inner = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    return np.asarray(cover.resize(shape[::-1], Image.Resampling.BOX, box=inner)) < COVERED


def _opacity(stroke: Stroke) -> Image.Image | None:
    if isinstance(stroke.source, Image.Image) and stroke.source.mode == "RGBA":
        return stroke.source.getchannel("A")
    return stroke.mask
