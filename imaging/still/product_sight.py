"""A product seen in a finished picture: its region compared with the picture that was given of it.

Both are reduced to a raster of a few dozen cells (`product_raster`), on which three things are measured:

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
from functools import lru_cache

import numpy as np
from PIL import Image

from foundry.colour import Floats, lab_of_srgb
from foundry.inputs.wide_gamut import in_srgb
from imaging.pixels.geometry import PixelBox
from imaging.still.product_raster import AROUND, Cells, ProductPlace, Raster

KEPT_PX = 192
"""Longer edge at which a given picture is kept."""
VISIBLE = 8
"""Alpha above which a pixel belongs to the product; as in staging."""


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


@dataclass(frozen=True)
class ProductSight:
    """What is seen of a product: shares of 1, and a distance in CIE L*a*b*.

    shown: of the product's cells, those that nothing covers; 1 for a product that is too small to be measured.
    `structure` is None for a product that has none, `outline` for one that is no cut-out; both and `colour` are None
    where too few cells are free.
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
LEAST_CELLS, THINNEST_PX = 12, 4.0
"""Cells of a product, and pixels of its shorter edge, without which nothing is measured."""
SOLID_BODY = 0.75
"""Solidity from which on an outline is judged: the cells of wires and rods are mostly ground."""
BODY, GROUND, SOLID = 0.5, 0.05, 0.98
"""Shares of the fullest cover: a cell of more is the product's, one of less is ground, one of more hides the ground."""
RARE = 0.15
"""Share of a product's cells that let light through from which on it is compared over its ground."""


@dataclass(frozen=True, eq=False)
class _Expected:
    """A given product on the raster of a place: L*a*b* and cover of each cell, and the number of its cells in all.

    `solidity` is the mean cover of its cells over that of the given picture: thin parts fill no cell.
    """

    colour: Floats
    cover: Floats
    fullest: float
    cells: int
    solidity: float

    @property
    def body(self) -> Cells:
        """Return the product's cells."""
        return self.cover > BODY * self.fullest

    @property
    def see_through(self) -> bool:
        """Return whether light shines through more of the product than its edge."""
        return bool((self.body & (self.cover < SOLID)).sum() > RARE * self.body.sum())


def see_product(
    image: Image.Image, place: ProductPlace, given: GivenProduct, covers: Iterable[PixelBox] = ()
) -> ProductSight:
    """Return what is seen of a product in a finished picture of any mode; `covers` are boxes of words and logos."""
    if place.thickness_px < THINNEST_PX:
        return ProductSight(1.0)
    raster, expected = place.raster, _expect(place, given)
    if expected.cells < LEAST_CELLS:
        return ProductSight(1.0)
    free = raster.without(covers)
    inside = free & expected.body
    shown = float(inside.sum()) / expected.cells
    if inside.sum() < LEAST_CELLS:
        return ProductSight(shown)
    found = lab_of_srgb(_sample(image, raster))
    bare = free & (expected.cover < GROUND * expected.fullest)
    wanted = _over_ground(expected, found, bare) if expected.see_through else expected.colour
    return ProductSight(
        shown,
        _colour_distance(found, wanted, inside),
        _structure(found[..., 0], wanted[..., 0], inside),
        _outline(found, inside, bare) if given.cut_out and expected.solidity >= SOLID_BODY else None,
    )


@lru_cache(maxsize=4)
def _expect(place: ProductPlace, given: GivenProduct) -> _Expected:
    """Return what a place should show; the locales of a file ask one after the other, so the last ones are kept."""
    raster = place.raster
    small = given.picture.resize((raster.columns, raster.rows), Image.Resampling.BILINEAR)
    whole = np.pad(np.asarray(small, np.float32) / 255, ((AROUND, AROUND), (AROUND, AROUND), (0, 0)))
    left, top, right, bottom = (edge + AROUND for edge in raster.part)
    cells = whole[top:bottom, left:right]
    cover = cells[..., 3]
    straight = np.clip(cells[..., :3] / np.maximum(cover, 1 / 255)[..., None], 0, 1)
    fullest = max(float(whole[..., 3].max()), 1 / 255)
    body = whole[..., 3] > BODY * fullest
    opaque = max(int(np.asarray(given.picture)[..., 3].max()), 1) / 255
    solidity = float(whole[..., 3][body].mean()) / opaque
    return _Expected(lab_of_srgb(straight), cover, fullest, int(body.sum()), solidity)


def _sample(image: Image.Image, raster: Raster) -> Floats:
    """Return (rows, columns, 3) sRGB of the raster's part of a picture."""
    left, top = max(raster.box[0], 0.0), max(raster.box[1], 0.0)
    right, bottom = min(raster.box[2], float(image.width)), min(raster.box[3], float(image.height))
    box = (left, top, right, bottom)
    if image.mode in ("P", "PA", "1"):
        x, y = math.floor(left), math.floor(top)
        image = image.crop((x, y, math.ceil(right), math.ceil(bottom)))
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        box = (left - x, top - y, right - x, bottom - y)
    small = image.resize(raster.free.shape[::-1], Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
    plain = small if small.mode == "RGB" else in_srgb(small)
    return np.asarray(plain, np.float32)[..., :3] / 255


def _over_ground(expected: _Expected, found: Floats, bare: Cells) -> Floats:
    """Return (rows, columns, 3) L*a*b* of a product that lets light through, over the mean ground around it."""
    if not bare.any():
        return expected.colour
    share = expected.cover[..., None]
    return np.asarray(expected.colour * share + found[bare].mean(axis=0) * (1 - share), np.float32)


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
    slopes = np.linalg.solve(even.T @ even + 1e-3 * np.eye(even.shape[1], dtype=np.float32), even.T @ both)
    left = both - even @ slopes
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
