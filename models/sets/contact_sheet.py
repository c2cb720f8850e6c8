"""Many small pictures of one set, in palettes, lights and seeds, as one picture for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from foundry.sets.own_material import OwnMaterial
from foundry.sets.set_file import SetFile, Side
from imaging.pixels.arrays import Pixels
from models.backdrop.vocabulary import DEFAULT_COLOURS
from models.sets.ask import SetAsk
from models.sets.product.standing import Standing

GAP_PX, LABEL_PX, SWATCH_PX = 6, 18, 10
PAPER, INK = "#FFFFFF", "#333333"
STUDIO_COLOURS = ("#EFE6D8", "#E4D6C0", "#C4633F")
Colours = tuple[str, str, str]
"""Wall, floor and accent, as "#RRGGBB"."""


@dataclass(frozen=True, kw_only=True)
class SheetOrder:
    """What a contact sheet shows: a set in each palette, light and seed, with a product in its place.

    `props` are the files of the tenant's own by their paths, `materials` its materials by their ids; `size` is the
    width and height of one picture.
    """

    set_file: SetFile
    palettes: tuple[Colours, ...]
    standing: Standing
    size: tuple[int, int]
    lights: tuple[Side, ...] = ("left", "right")
    seeds: tuple[int, ...] = (0, 1, 2)
    room: Literal["left", "right", "top"] = "top"
    samples: int = 16
    props: Mapping[str, str] = field(default_factory=dict)
    materials: Mapping[str, OwnMaterial] = field(default_factory=dict)

    def asks(self) -> Iterator[SetAsk]:
        """Yield what is asked for each picture: a palette and a light by row, a seed by column."""
        for colours, light, seed in product(self.palettes, self.lights, self.seeds):
            wall, floor, accent = colours
            yield SetAsk(
                set=self.set_file, wall=wall, floor=floor, accent=accent, light=light, room=self.room, seed=seed,
                width_px=self.size[0], height_px=self.size[1], stand=self.standing.stand,
                products=self.standing.products, props=dict(self.props), materials=dict(self.materials),
                samples=self.samples,
            )  # fmt: skip


def usual_colours(set_file: SetFile) -> Colours:
    """Return the colours of a set that nobody gave any: its own, its scene's, or a studio's."""
    given = set_file.colours
    if given and all(colour.startswith("#") for colour in given):
        return given
    return DEFAULT_COLOURS.get(set_file.scene or "", STUDIO_COLOURS)


def contact_sheet(pictures: Sequence[tuple[SetAsk, Pixels]], columns: int) -> Image.Image:
    """Return pictures of one size, sRGB in [0, 1], in rows of `columns`, each with its colours, light and seed."""
    height, width = pictures[0][1].shape[:2]
    rows = -(-len(pictures) // columns)
    cell = (width + GAP_PX, height + LABEL_PX + GAP_PX)
    sheet = Image.new("RGB", (cell[0] * columns + GAP_PX, cell[1] * rows + GAP_PX), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for at, (ask, pixels) in enumerate(pictures):
        x, y = GAP_PX + at % columns * cell[0], GAP_PX + at // columns * cell[1]
        sheet.paste(Image.fromarray(np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)), (x, y))
        top = y + height + 4
        for number, colour in enumerate((ask.wall, ask.floor, ask.accent)):
            left = x + number * (SWATCH_PX + 2)
            draw.rectangle((left, top, left + SWATCH_PX, top + SWATCH_PX), colour, INK)
        draw.text((x + 3 * (SWATCH_PX + 2) + 4, top - 2), f"{ask.light}, seed {ask.seed}", INK, font)
    return sheet
