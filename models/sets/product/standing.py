"""A product's place in a set's picture, so that its pixels fit when they are put back at the master's size."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image

from foundry.inputs.product_model import kind_of
from foundry.inputs.product_view import View
from foundry.plan.shot import Box
from imaging.pixels.resample import centred_crop
from imaging.still.product_placement import product_rectangle
from models.sets.ask import Area, StandIn

CUTOUT_FILE, MODEL_FILE = "product.png", "product"
FINER = 1.5
"""Pixels of a cutout's file in one of the drawing: enough for its reflection."""


@dataclass(frozen=True)
class Frames:
    """The sizes (width, height) of a master, and of the drawing whose middle it shows."""

    master: tuple[int, int]
    drawing: tuple[int, int]

    def area_of(self, left: float, top: float, right: float, bottom: float) -> Area:
        """Return a rectangle of the master, in its pixels, in shares of the drawing."""
        crop = centred_crop(*self.drawing, *self.master)
        across = (crop.right - crop.left) / self.master[0] / self.drawing[0]
        down = (crop.bottom - crop.top) / self.master[1] / self.drawing[1]
        x, y = crop.left / self.drawing[0], crop.top / self.drawing[1]
        return Area(left=x + left * across, top=y + top * down, right=x + right * across, bottom=y + bottom * down)

    def box_of(self, area: Area) -> Box:
        """Return an area of the drawing in thousandths of the master."""
        crop, (width, height) = centred_crop(*self.drawing, *self.master), self.drawing
        across, down = 1000 / (crop.right - crop.left), 1000 / (crop.bottom - crop.top)
        edges = (
            (area.left * width - crop.left) * across, (area.top * height - crop.top) * down,
            (area.right * width - crop.left) * across, (area.bottom * height - crop.top) * down,
        )  # fmt: skip
        return Box(*(min(1000, max(0, round(edge))) for edge in edges))


@dataclass(frozen=True)
class Standing:
    """The products of a picture, the rectangle that they stand in, and their files by name."""

    stand: Area
    products: tuple[StandIn, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def stand_nothing(box: Box, frames: Frames) -> Standing:
    """Return the place of a product for a picture without one; `box` is in thousandths of the master."""
    width, height = (edge / 1000 for edge in frames.master)
    return Standing(frames.area_of(box.left * width, box.top * height, box.right * width, box.bottom * height))


def stand_cutout(picture: Image.Image, box: Box, frames: Frames) -> Standing:
    """Return an RGBA picture as a stand-in, in the rectangle of the master in which staging will put its pixels."""
    area = cutout_area(picture, box, frames)
    place = product_rectangle(picture, box, frames.master)
    high = max(8, round((area.bottom - area.top) * frames.drawing[1] * FINER))
    wide = max(4, round(high * place.width / place.height))
    small = picture.crop(place.visible).convert("RGBa").resize((wide, high), Image.Resampling.LANCZOS).convert("RGBA")
    stream = io.BytesIO()
    small.save(stream, "PNG", compress_level=1)
    return Standing(area, (StandIn(kind="cutout", file=CUTOUT_FILE, area=area),), {CUTOUT_FILE: stream.getvalue()})


def stand_model(data: bytes, view: View, picture: Image.Image, box: Box, frames: Frames) -> Standing:
    """Return a product's model as a stand-in, seen from the side of its view, in the rectangle of the view's picture.

    `data` is its file, GLB or USD.
    """
    area, file = cutout_area(picture, box, frames), f"{MODEL_FILE}{kind_of(data[:16]) or ''}"
    turned = StandIn(kind="geometry", file=file, area=area, turn_deg=float(-view.azimuth_deg))
    return Standing(area, (turned,), {file: data})


def cutout_area(picture: Image.Image, box: Box, frames: Frames) -> Area:
    """Return the rectangle that a product's picture takes, in shares of the drawing."""
    place = product_rectangle(picture, box, frames.master)
    return frames.area_of(place.left, place.top, place.left + place.width, place.top + place.height)
