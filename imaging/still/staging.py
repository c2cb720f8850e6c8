"""Staging of a product in an enlarged backdrop: scale, contact, cast shadow, reflection, light and colour of the scene.

The product's own pixels are kept: they are resampled once and lit, never redrawn. All blending is in linear light. The
same inputs give the same pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from foundry.colour import BT709, linear_of_srgb, srgb_of_linear
from foundry.plan.composition import Composition
from foundry.plan.shot import Box
from imaging.pixels.arrays import Pixels
from imaging.pixels.png_stream import ROWS_IN_CACHE
from imaging.still.product_placement import place_product
from imaging.still.shadows import blur, cast, contact

GLOSS = {
    "marble": 0.34,
    "water": 0.42,
    "spotlight": 0.30,
    "bokeh": 0.30,
    "wood": 0.16,
    "terrazzo": 0.20,
    "podium": 0.16,
}
GLOSS |= dict.fromkeys(("fabric", "dunes", "snow", "papercut", "leaves"), 0.0)
USUAL_GLOSS = 0.10
CLEARLY = 0.12
"""Absolute `light_side` from which on light comes from a side."""


@dataclass(frozen=True)
class StagedScene:
    """A master's pixels, (height, width, 3) float32 sRGB in [0, 1], and the product's box in thousandths."""

    pixels: Pixels
    product_box: Box | None


@dataclass(frozen=True, kw_only=True)
class _Set:
    """The part of the master that product and shadows touch, in linear light, and the product's place in it."""

    ground: Pixels
    alpha: Pixels
    colour: Pixels
    left: int
    top: int
    side: float

    @property
    def spot(self) -> tuple[slice, slice]:
        """Return the rows and columns of the product."""
        height, width = self.alpha.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


def gloss_of(caption: str) -> float:
    """Return how much the ground of a drawing mirrors, 0 to 1, from the scene word that its caption begins with."""
    return GLOSS.get(caption.split(" ", 1)[0], USUAL_GLOSS)


def stage_product(
    backdrop: Pixels,
    product: Image.Image | None,
    composition: Composition,
    mirrored: bool,
    caption: str | None = "",
) -> StagedScene:
    """Return the backdrop, mirrored if asked, with the product standing in the composition's area.

    `backdrop` is (height, width, 3) float32 sRGB in [0, 1]; `product` is RGBA, or None to leave the scene empty.
    `caption` is the embedded model's prompt: its scene word sets the gloss of the ground, and where the composition has
    no sides, a drawing lit from the opposite side to the one in its caption is mirrored. With None, the scene was drawn
    around the product, shadow and light included, and the product is pasted without them.
    """
    wrong = not composition.has_sides and _lit_from_the_other_side(backdrop, caption or "")
    scene = backdrop[:, ::-1] if mirrored != wrong else backdrop
    if product is None:
        return StagedScene(np.ascontiguousarray(scene), None)
    height, width = scene.shape[:2]
    cut, left, top = place_product(product, composition.box(mirrored), (width, height))
    rows, columns = _touched_area(cut, left, top, width, height)
    pixels = np.asarray(cut, dtype=np.float32) / np.float32(255)
    part = _by_strips(linear_of_srgb, scene[rows, columns])
    place = _Set(
        ground=part, alpha=pixels[..., 3], colour=linear_of_srgb(pixels[..., :3]), left=left - columns.start,
        top=top - rows.start, side=light_side(scene),
    )  # fmt: skip
    result = np.array(scene)
    light = _set_in(place) if caption is None else _blend(place, gloss_of(caption))
    result[rows, columns] = _by_strips(_encode_srgb, light)
    return StagedScene(result, in_thousandths((left, top, left + cut.width, top + cut.height), (width, height)))


def in_thousandths(edges: tuple[int, int, int, int], size: tuple[int, int]) -> Box:
    """Return a rectangle of pixels in a picture of `size` (width, height)."""
    left, top, right, bottom = edges
    width, height = size
    return Box(
        round(left * 1000 / width),
        round(top * 1000 / height),
        round(right * 1000 / width),
        round(bottom * 1000 / height),
    )


def _touched_area(cut: Image.Image, left: int, top: int, width: int, height: int) -> tuple[slice, slice]:
    """Return the rows and columns that product, shadows and reflection may change."""
    reach = int(0.85 * max(cut.size))
    rows = slice(max(0, top - 8), min(height, top + cut.height + reach // 2))
    return rows, slice(max(0, left - reach), min(width, left + cut.width + reach))


def light_side(scene: Pixels) -> float:
    """Return -1 if the left of the upper scene is much brighter, 1 if the right is, and values between."""
    upper = scene[: scene.shape[0] // 2 : 16, ::16] @ BT709
    third = max(1, upper.shape[1] // 3)
    left, right = float(upper[:, :third].mean()), float(upper[:, -third:].mean())
    return float(np.clip((right - left) / max(right + left, 1e-3) * 5, -1, 1))


def _set_in(place: _Set) -> Pixels:
    """Return the ground with the product's own pixels over it, in linear light."""
    canvas, share = place.ground.copy(), place.alpha[..., None]
    canvas[place.spot] = canvas[place.spot] * (1 - share) + place.colour * share
    return canvas


def _lit_from_the_other_side(backdrop: Pixels, caption: str) -> bool:
    words = caption.split(" ")
    said = words[words.index("light") + 1] if "light" in words[:-1] else ""
    return {"left": 1, "right": -1}.get(said, 0) * light_side(backdrop) > CLEARLY


def _blend(place: _Set, gloss: float) -> Pixels:
    """Return ground, shadows, reflection and lit product, in linear light."""
    size, at = place.ground.shape[:2], (place.left, place.top)
    thrown, touching = cast(place.alpha, at, size, place.side), contact(place.alpha, at, size)
    shade = _ground_colour(place) ** 0.5
    canvas = np.empty_like(place.ground)
    for rows in _strips(size[0]):
        lost = 1 - (1 - thrown[rows]) * (1 - touching[rows])
        canvas[rows] = place.ground[rows] * (1 - lost[..., None] * (1 - 0.18 * shade))
    canvas = _add_reflection(canvas, place, gloss)
    share = place.alpha[..., None]
    canvas[place.spot] = canvas[place.spot] * (1 - share) + _lit(place) * share
    return canvas


def _ground_colour(place: _Set) -> Pixels:
    """Return (3,) mean linear light of the ground in front of the product."""
    base = place.top + place.alpha.shape[0]
    near = place.ground[base : base + max(8, place.alpha.shape[0] // 8) : 4, ::8]
    return np.asarray(near.reshape(-1, 3).mean(axis=0) if near.size else np.full(3, 0.5), np.float32)


def _add_reflection(canvas: Pixels, place: _Set, gloss: float) -> Pixels:
    """Add a mirror image to the ground that fades and softens downwards, as strong as the ground is glossy."""
    h, w = place.alpha.shape
    base = place.top + h
    depth = min(round(h * (0.16 + 0.45 * gloss)), canvas.shape[0] - base)
    if depth < 2 or gloss <= 0:
        return canvas
    fall = np.linspace(1, 0, depth, dtype=np.float32)[:, None] ** 1.6
    lift = _lift(place.alpha)
    rows = np.clip(h - 1 - lift[None, :] - np.arange(depth)[:, None], 0, h - 1)
    columns = np.arange(w)[None, :]
    share = (place.alpha[rows, columns] * fall * gloss)[..., None]
    mirrored = place.colour[rows, columns]
    soft = blur(mirrored, 0.012 * w)
    down = np.linspace(0, 1, depth, dtype=np.float32)[:, None, None]
    spot = (slice(base, base + depth), slice(place.left, place.left + w))
    canvas[spot] = canvas[spot] * (1 - share) + (mirrored * (1 - down) + soft * down) * share
    return canvas


def _lift(alpha: Pixels) -> Pixels:
    """Return how many rows each column's lowest opaque pixel lies above the foot, so that a round foot mirrors well."""
    solid = alpha > 0.5
    lift = np.argmax(solid[::-1], axis=0)
    return np.where(solid.any(axis=0), np.minimum(lift, alpha.shape[0] // 10), 0)


def _lit(place: _Set) -> Pixels:
    """Return the product under the scene's light: side, level, colour, the ground's bounce, light round its edge."""
    h, w = place.alpha.shape
    around = place.ground[max(0, place.top) : place.top + h, max(0, place.left - w // 3) : place.left + w + w // 3]
    ambient = around[::8, ::8].reshape(-1, 3).mean(axis=0)
    level = float(ambient @ BT709)
    tint = ambient / max(level, 1e-3)
    across = np.linspace(-1, 1, w, dtype=np.float32)[None, :, None]
    down = np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
    gain = 1 + 0.20 * place.side * np.sin(across * 1.3)
    exposure = np.clip(0.80 + 0.42 * level**0.5, 0.78, 1.08)
    foot = 1 - 0.30 * np.clip((down - 0.93) / 0.07, 0, 1) ** 2
    bounce = 0.22 * np.clip((down - 0.62) / 0.38, 0, 1) ** 1.5 * _ground_colour(place)
    shaded = place.colour * (gain * exposure * foot * (0.86 + 0.14 * tint) + bounce)
    rim = (0.22 * np.clip(1 - blur(place.alpha, 0.022 * w), 0, 1) * (1 + 0.6 * place.side * across[..., 0]))[..., None]
    behind = blur(place.ground[place.spot], 0.10 * w)
    return np.asarray(shaded * (1 - rim) + behind * rim, np.float32)


def _strips(height: int) -> Iterator[slice]:
    """Yield slices of so few rows that what is computed of them on the way stays in a core's cache."""
    for top in range(0, height, ROWS_IN_CACHE):
        yield slice(top, top + ROWS_IN_CACHE)


def _by_strips(curve: Callable[[Pixels], Pixels], picture: Pixels) -> Pixels:
    """Return what `curve` makes of each value of a picture."""
    made = np.empty(picture.shape, np.float32)
    for rows in _strips(len(picture)):
        made[rows] = curve(picture[rows])
    return made


def _encode_srgb(linear: Pixels) -> Pixels:
    return np.asarray(srgb_of_linear(np.clip(linear, 0, 1)), np.float32)
