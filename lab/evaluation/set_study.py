"""The study of one set: how near its colours are to those that were asked for, and a cutout to its own pixels.

Colours are measured on the rendered picture, in which a product casts its shadow and is not seen. A role's colour is
there if a part of the picture lies within the bound of it, where light falls off as in `lab.evaluation.palette`: a
twentieth for wall and floor, and a two-hundredth for an accent, which may be a small thing. A cutout is staged as the
flow does it, and compared with its own pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image
from pydantic import BaseModel

from foundry.errors import FoundryError
from foundry.plan.composition import compositions
from foundry.sets.set_file import SetFile, Side, Surface
from imaging.pixels.arrays import Pixels
from imaging.still.product_placement import place_product
from imaging.still.set_staging import lay_cutout
from lab.evaluation.palette import patch_distance
from lab.evaluation.scaling import Picture, as_picture
from models.sets.ask import SetAsk
from models.sets.contact_sheet import Colours
from models.sets.product.standing import Frames, stand_cutout
from models.sets.renderer.client import Renderer

PATCHES = {"wall": 0.05, "floor": 0.05, "accent": 0.005}
"""Role → the share of a picture that must show its colour."""
ROLES = tuple(PATCHES)
BUCKET = "portrait"
MASTER_PX = (1_024, 1_280)
"""The size at which a cutout is compared: that of a master's rules, smaller than one."""


@dataclass(frozen=True)
class SetCase:
    """One picture of a study; `others` are the colours of another palette."""

    set_file: SetFile
    colours: Colours
    light: Side
    seed: int
    others: Colours


@dataclass(frozen=True)
class StudiedCase:
    """What was measured on one picture; `refused` is the renderer's sentence instead.

    `distances` are in ΔE94 by role, of the roles that the set names; `by_chance` are those of another palette, which
    nobody asked for. `product` is the largest difference of a cutout's pixel from its own where it is opaque, in
    ΔE2000.
    """

    case: SetCase
    picture: Pixels
    distances: dict[str, float]
    by_chance: dict[str, float]
    product: float
    seconds: float
    refused: str = ""


def roles_shown(set_file: SetFile) -> tuple[str, ...]:
    """Return the roles whose colour a set always shows: those of its ground, wall and parts that are always there.

    What the air fades by the set's own word is not of its colour.
    """
    always = [part for part in set_file.parts if part.chance == 1 and getattr(part, "choice", None) is None]
    named = {
        surface.colour
        for value in (set_file.ground, set_file.wall, *always)
        for surface in _surfaces(value)
        if not surface.haze
    }
    return tuple(role for role in ROLES if role in named)


def _surfaces(value: object) -> Iterator[Surface]:
    if isinstance(value, Surface):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _surfaces(getattr(value, name))


class SetStudy:
    """Studies sets with one renderer, small, and with one product."""

    def __init__(self, renderer: Renderer, product: Image.Image, size: tuple[int, int], samples: int) -> None:
        self.renderer, self.product, self.size, self.samples = renderer, product, size, samples
        self.box = compositions()[BUCKET].box(mirrored=False)

    def study(self, case: SetCase) -> StudiedCase:
        """Return what was measured on a case."""
        frames = Frames(MASTER_PX, self.size)
        held = stand_cutout(self.product, self.box, frames)
        wall, floor, accent = case.colours
        ask = SetAsk(
            set=case.set_file, wall=wall, floor=floor, accent=accent, light=case.light, seed=case.seed,
            width_px=self.size[0], height_px=self.size[1], stand=held.stand, products=held.products,
            samples=self.samples,
        )  # fmt: skip
        try:
            rendered = self.renderer.render(ask, held.files)
        except FoundryError as error:
            return StudiedCase(case, np.zeros((1, 1, 3), np.float32), {}, {}, 0.0, 0.0, str(error))
        picture, roles = as_picture(rendered.pixels), roles_shown(case.set_file)
        distances, by_chance = (_distances(picture, roles, colours) for colours in (case.colours, case.others))
        master = lay_cutout(_resized(rendered.pixels, MASTER_PX), self.product, self.box).pixels
        away = self._product_error(master)
        return StudiedCase(case, _resized(master, self.size), distances, by_chance, away, rendered.seconds)

    def _product_error(self, master: Pixels) -> float:
        """Return the largest ΔE2000 of an opaque pixel of the staged product from its own, as 8 bits show it."""
        from skimage.color import deltaE_ciede2000, rgb2lab

        cut, left, top = place_product(self.product, self.box, MASTER_PX)
        own = np.asarray(cut)
        there = master[top : top + cut.height, left : left + cut.width]
        seen = as_picture(there)
        away = deltaE_ciede2000(  # type: ignore[no-untyped-call]
            rgb2lab(own[..., :3]), rgb2lab(seen)
        )
        return float(away[own[..., 3] == 255].max())


def _distances(picture: Picture, roles: Iterable[str], colours: Colours) -> dict[str, float]:
    asked = dict(zip(ROLES, colours, strict=True))
    return {role: patch_distance(picture, asked[role], PATCHES[role]) for role in roles}


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    picture = Image.fromarray(as_picture(pixels))
    return np.asarray(picture.resize(size, Image.Resampling.LANCZOS), np.float32) / np.float32(255)
