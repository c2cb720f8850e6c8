"""The stage that all scenes share: a wall, a floor that a product can stand on, and one large lamp.

Lengths are in half short sides of the picture, so that a scene looks alike at every aspect. The wall is seen straight
on; the floor runs from it to the viewer in perspective. The subject's place follows `templates/compositions.yaml`, so
that podiums and ledges are where products will be set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from foundry.colour import linear_of_srgb, srgb_of_hex
from foundry.plan.composition import Composition, compositions
from lab.renders.optics import Plane, enlarge, mix, noise, sample, soften, step

LIGHTS = ("left", "right", "top")
ROOMS = ("left", "right", "top")
COARSE = 4
"""Pixels of the picture per pixel of the coarse stage, each way."""
FAR, DROP = 3.6, 0.62
"""Distance from camera to wall, and from the vanishing line down to the wall's foot."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The contents of one picture, and the number that fixes its accidents. Colours are "#RRGGBB".

    `room` is the side where the picture stays calm, for copy: beside the subject, or above it.
    """

    kind: str
    light: str
    room: str
    wall: str
    floor: str
    accent: str
    width_px: int
    height_px: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class SceneStage:
    """Coordinates, colours (linear light) and random numbers of one picture.

    `x` runs in half short sides from the middle, `y` from 0 (top) to 1; `short_px` is the short side. `horizon` is the
    wall's foot and `base` the foot of the subject, as shares of the height; `focus` is the subject's x. `side` is the
    lamp's: -1 left, 1 right, 0 above.
    """

    x: Plane
    y: Plane
    short_px: int
    horizon: float
    base: float
    focus: float
    side: float
    wall: Plane
    floor: Plane
    accent: Plane
    chance: np.random.Generator

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.x.shape[0], self.x.shape[1]

    @property
    def reach(self) -> float:
        """The largest |x|."""
        return self.shape[1] / self.short_px

    @property
    def tall(self) -> float:
        """The picture's height in half short sides."""
        return 2 * self.shape[0] / self.short_px

    @property
    def pixel(self) -> float:
        """One pixel's edge."""
        return 2 / self.short_px

    @cached_property
    def under(self) -> Plane:
        """Distance of each pixel below the wall's foot, in half short sides."""
        return np.asarray((self.y - np.float32(self.horizon)) * np.float32(self.tall))

    @cached_property
    def small(self) -> SceneStage:
        """The same stage at a quarter of the size, for what is soft anyway; it shares the random numbers."""
        height, width = (edge // COARSE for edge in self.shape)
        x, y = grid(width, height, self.short_px // COARSE)
        return replace(self, x=x, y=y, short_px=self.short_px // COARSE)

    @cached_property
    def scale(self) -> Plane:
        """Perspective of the floor: 1 at the wall, smaller towards the viewer."""
        return np.asarray(DROP / (np.maximum(self.under, 0) + DROP), np.float32)

    def random(self, low: float, high: float) -> float:
        """Draw one uniform number."""
        return low + (high - low) * float(self.chance.random())

    def fine(self, plane: Plane) -> Plane:
        """Return a plane or picture of `small` at this stage's size."""
        return enlarge(plane, self.shape)


def grid(width: int, height: int, short: int) -> tuple[Plane, Plane]:
    """Return x in half short sides from the middle, and y from 0 (top) to 1; (height, width) float32."""
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) * 2 / short
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    across, down = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return across, down


def nearest_composition(width: int, height: int) -> Composition:
    """Return the composition whose aspect is nearest."""
    wanted = np.log(width / height)
    return min(compositions().values(), key=lambda c: abs(float(np.log(c.width_px / c.height_px) - wanted)))


def build_stage(recipe: Recipe) -> SceneStage:
    """Return the stage of a recipe."""
    chance = np.random.default_rng(recipe.seed)
    width, height = recipe.width_px, recipe.height_px
    short = min(width, height)
    x, y = grid(width, height, short)
    composition = nearest_composition(width, height)
    base = composition.product_area[3] / 1000
    horizon = min(0.60 + 0.05 * float(chance.random()), base - 0.10)
    aside = 0.5 * width / short
    focus = {"left": aside, "right": -aside, "top": 0.0}[recipe.room]
    side = {"left": -1.0, "right": 1.0, "top": 0.0}[recipe.light]
    wall, floor, accent = (linear_of_srgb(srgb_of_hex(c)) for c in (recipe.wall, recipe.floor, recipe.accent))
    return SceneStage(
        x=x, y=y, short_px=short, horizon=horizon, base=base, focus=focus, side=side, wall=wall, floor=floor,
        accent=accent, chance=chance,
    )  # fmt: skip


def lamp(s: SceneStage) -> tuple[Plane, Plane]:
    """Return the relative light of a large lamp on wall and floor, about 1 on average.

    It is Lambert's cosine over distance squared.
    """
    small = s.small
    where = (s.side * (s.reach + 0.9), 1.9, 1.5) if s.side else (0.0, 2.3, 1.3)
    wall = _lambert(small.x, -small.under, np.float32(0), where, 2)
    depth = np.float32(FAR) * (1 - small.scale)
    floor = _lambert(small.x * small.scale, np.float32(0), depth, where, 1)
    seen = small.under > 0
    wall = wall / wall[~seen].mean()
    floor = floor / floor[seen].mean()
    fill = np.float32(0.34)
    return s.fine(fill + (1 - fill) * wall), s.fine(0.55 + 0.45 * floor)


def _lambert(x: Plane, up: Any, out: Any, where: tuple[float, float, float], facing: int) -> Plane:
    way = [np.float32(w) - p for w, p in zip(where, (x, up, out), strict=True)]
    far = way[0] ** 2 + way[1] ** 2 + way[2] ** 2 + np.float32(0.5)
    return np.asarray(np.maximum(way[facing], 0) / (far * np.sqrt(far)), np.float32)


def corner(s: SceneStage) -> tuple[Plane, Plane]:
    """Return the share of ambient light left near the line where wall and floor meet, on wall and floor."""
    wall = 1 - 0.30 * np.exp(np.minimum(s.under, 0) / 0.10) - 0.12 * np.exp(np.minimum(s.under, 0) / 0.4)
    floor = 1 - 0.26 * np.exp(-np.maximum(s.under, 0) / 0.05)
    return np.asarray(wall, np.float32), np.asarray(floor, np.float32)


def on_floor(s: SceneStage, soft_px: float = 0.8) -> Plane:
    """Return a mask: 0 on the wall, 1 on the floor."""
    edge = soft_px * s.pixel
    return step(-edge, edge, s.under)


def lit_room(s: SceneStage, wall: Plane, floor: Plane, soft_px: float = 0.8) -> Plane:
    """Light `wall` and `floor`, albedo as (3,) or pictures, by the lamp, with their shared corner."""
    on_wall, on_ground = lamp(s)
    wall_dim, floor_dim = corner(s)
    share = on_floor(s, soft_px)
    return mix(wall * (on_wall * wall_dim)[..., None], floor * (on_ground * floor_dim)[..., None], share)


def plaster(s: SceneStage, strength: float = 0.03) -> Plane:
    """Return a wall's faint unevenness, about 1."""
    at = s.random(0, 1), s.random(0, 1)
    return 1 + np.float32(strength) * sample(noise(1.5), s.x * 0.21 + at[0], s.under * 0.21 + at[1])


def ground_coordinates(s: SceneStage) -> tuple[Plane, Plane]:
    """Return coordinates on the floor seen from above: across, and away from the viewer."""
    return s.x * s.scale, np.float32(FAR) * s.scale


def soft_shadow(s: SceneStage, mask: Plane, radius: float) -> Plane:
    """Return a coarse mask, blurred by a radius in half short sides, at full size."""
    return s.fine(soften_by(s.small, mask, radius))


def soften_by(s: SceneStage, plane: Plane, radius: float) -> Plane:
    """Blur a plane by a radius in half short sides."""
    return soften(plane, radius / s.pixel)
