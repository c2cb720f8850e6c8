"""A product seen in a finished picture: its region compared with the picture that was given of it.

Both are reduced to a raster of at most CELLS cells, on which three things are measured:

- colour: the distance in CIE L*a*b* of the region's cells from those of the given picture. Staging lights a product, so
  that one shift of lightness for all cells is not counted;
- structure: the correlation of lightness within the product, without what grows or falls evenly across it. A product
  without drawing, such as a plain jar, has none, and is not judged by it;
- outline: the share of a cut-out's edge, inside the region, along which it differs from what is around it.

Cells under words, logos, panels and scrims, and outside the key visual, are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.colour import Floats, lab_of_srgb
from foundry.inputs.wide_gamut import in_srgb
from foundry.plan.shot import MasterFacts
from imaging.pixels.crop import CropEdges, box_in_pixels
from imaging.pixels.geometry import PixelBox
from imaging.pixels.strokes import Stroke

CELLS = 48
"""Cells along the longer edge of a product."""
FINEST = 1.5
"""Least pixels of the finished picture in a cell: finer ones would be judged by where pixels happen to lie."""
AROUND = 5
"""Cells around the product in which the ground is looked at."""
KEPT_PX = 192
"""Longer edge at which a given picture is kept."""
VISIBLE = 8
"""Alpha above which a pixel belongs to the product; as in staging."""
COVERED = 20
"""Cover, of 255, from which on a cell under a stroke is left out."""
Cells = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class GivenProduct:
    """The visible part of a product's given picture, reduced: RGBa with premultiplied alpha, 8 bits, sRGB.

    `cut_out` is False for a picture that brings its own ground.
    """

    picture: Image.Image
    cut_out: bool = True


def given_product(picture: Image.Image) -> GivenProduct:
    """Return what is compared of an RGBA picture; it is cut as staging cuts it."""
    alpha = picture.getchannel("A")
    seen = alpha.point([255 * (level > VISIBLE) for level in range(256)]).getbbox()
    size = (seen[2] - seen[0], seen[3] - seen[1]) if seen else picture.size
    share = min(1.0, KEPT_PX / max(size))
    small = (max(1, round(size[0] * share)), max(1, round(size[1] * share)))
    cut = picture.crop(seen) if seen else picture
    reduced = cut.convert("RGBa").resize(small, Image.Resampling.BOX, reducing_gap=3.0)
    return GivenProduct(reduced, bool(np.asarray(alpha).min() <= VISIBLE))


@dataclass(frozen=True, kw_only=True, eq=False)
class ProductPlace:
    """The edges of a whole product in a frame, the box in which the frame shows it, and what is painted over that."""

    edges: CropEdges
    visual: PixelBox
    strokes: tuple[Stroke, ...]

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
        for box in boxes:
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


@dataclass(frozen=True)
class ProductSight:
    """What is seen of a product: shares of 1, and a distance in CIE L*a*b*.

    shown: of the product's cells, those that nothing covers. `structure` is None for a product that has none,
    `outline` for one that is no cut-out; both and `colour` are None where nothing is shown.
    """

    shown: float
    colour: float | None = None
    structure: float | None = None
    outline: float | None = None


STRUCTURED = 2.5
"""Standard deviation in L* of a product's drawing from which on its structure is judged."""
LIGHTING = 20.0
"""Largest shift of L* for all cells that is taken for the scene's light."""
SEEN_EDGE = 3.0
"""Distance in CIE L*a*b* from which on two sides of an outline differ for the eye."""
REACH = 7
"""Cells across the window in which both sides of an outline are averaged."""
LEAST_CELLS = 12


def see_product(
    image: Image.Image, place: ProductPlace, given: GivenProduct, covers: Iterable[PixelBox] = ()
) -> ProductSight:
    """Return what is seen of a product in a finished picture of any mode; `covers` are boxes of words and logos."""
    raster = place.raster
    free = raster.without(covers)
    wanted, cover = _given_cells(given, raster)
    body = cover > 0.5
    whole = max(1.0, float((_own_alpha(given, raster) > 0.5).sum()))
    inside = body & free
    shown = float(inside.sum()) / whole
    if inside.sum() < LEAST_CELLS:
        return ProductSight(shown)
    found = lab_of_srgb(_sample(image, raster))
    bare = free & (cover < 0.05)
    expected = _over_ground(wanted, cover, found, bare)
    return ProductSight(
        shown,
        _colour_distance(found, expected, inside),
        _structure(found[..., 0], expected[..., 0], inside),
        _outline(found, inside, bare) if given.cut_out else None,
    )


def _own_alpha(given: GivenProduct, raster: Raster) -> Floats:
    """Return (rows, columns) of the whole product's cover, 0 to 1."""
    small = given.picture.resize((raster.columns, raster.rows), Image.Resampling.BILINEAR)
    return np.asarray(small, np.float32)[..., 3] / 255


def _given_cells(given: GivenProduct, raster: Raster) -> tuple[Floats, Floats]:
    """Return colours, (rows, columns, 3) sRGB with straight alpha, and cover of the raster's part; empty around."""
    small = given.picture.resize((raster.columns, raster.rows), Image.Resampling.BILINEAR)
    cells = np.pad(np.asarray(small, np.float32) / 255, ((AROUND, AROUND), (AROUND, AROUND), (0, 0)))
    left, top, right, bottom = (edge + AROUND for edge in raster.part)
    cells = cells[top:bottom, left:right]
    cover = cells[..., 3]
    return np.clip(cells[..., :3] / np.maximum(cover, 1 / 255)[..., None], 0, 1), cover


def _sample(image: Image.Image, raster: Raster) -> Floats:
    """Return (rows, columns, 3) sRGB of the raster's part of a picture."""
    left, top = max(raster.box[0], 0.0), max(raster.box[1], 0.0)
    right, bottom = min(raster.box[2], float(image.width)), min(raster.box[3], float(image.height))
    x, y = math.floor(left), math.floor(top)
    cut = image.crop((x, y, math.ceil(right), math.ceil(bottom)))
    if cut.mode in ("P", "PA", "1"):
        cut = cut.convert("RGBA" if "transparency" in cut.info else "RGB")
    box = (left - x, top - y, right - x, bottom - y)
    small = cut.resize(raster.free.shape[::-1], Image.Resampling.BILINEAR, box=box)
    plain = small if small.mode == "RGB" else in_srgb(small)
    return np.asarray(plain, np.float32)[..., :3] / 255


def _over_ground(wanted: Floats, cover: Floats, found: Floats, bare: Cells) -> Floats:
    """Return (rows, columns, 3) L*a*b* of the product, over the ground around it where that shines through."""
    own = lab_of_srgb(wanted)
    if not bare.any() or not ((cover > 0.5) & (cover < 0.98)).any():
        return own
    ground = found[bare].mean(axis=0)
    share = cover[..., None]
    return np.asarray(own * share + ground * (1 - share), np.float32)


def _colour_distance(found: Floats, expected: Floats, inside: Cells) -> float:
    apart = (found - expected)[inside]
    light = float(np.clip(np.median(apart[:, 0]), -LIGHTING, LIGHTING))
    apart = apart - np.array([light, 0, 0], np.float32)
    return float(np.linalg.norm(apart, axis=1).mean())


def _structure(found: Floats, expected: Floats, inside: Cells) -> float | None:
    """Return the correlation of two planes over some cells, -1 to 1, but for even slopes and bends."""
    y, x = (axis.astype(np.float32) for axis in np.nonzero(inside))
    x, y = x / max(inside.shape[1], 1) - 0.5, y / max(inside.shape[0], 1) - 0.5
    even = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)
    both = np.stack([found[inside], expected[inside]], axis=1)
    left = both - even @ np.linalg.lstsq(even, both, rcond=None)[0]
    spread = left.std(axis=0)
    if spread[1] < STRUCTURED:
        return None
    return float((left[:, 0] * left[:, 1]).mean() / max(spread[0] * spread[1], 1e-6))


def _outline(found: Floats, inside: Cells, bare: Cells) -> float | None:
    """Return the share of the cells at a cut-out's edge that differ from the ground beside them."""
    near_in, _ = _window_means(found, inside)
    near_out, weight_out = _window_means(found, bare)
    edge = inside & (weight_out * REACH * REACH >= 4)
    if edge.sum() < LEAST_CELLS:
        return None
    return float((np.linalg.norm(near_in - near_out, axis=-1)[edge] > SEEN_EDGE).mean())


def _window_means(values: Floats, which: Cells) -> tuple[Floats, Floats]:
    """Return the means of the chosen cells in a window around each cell, and the share of the window that they are."""
    import cv2

    chosen = which.astype(np.float32)
    edge = cv2.BORDER_CONSTANT
    weight = cv2.blur(chosen, (REACH, REACH), borderType=edge)
    total = cv2.blur(values * chosen[..., None], (REACH, REACH), borderType=edge)
    return np.asarray(total / np.maximum(weight, 1e-6)[..., None], np.float32), np.asarray(weight, np.float32)
