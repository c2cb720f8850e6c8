"""Pixels of one rendition: a static layer per (master, layout, placement), and the copy of one locale on it.

Films use the parts one by one: the key visual moves under `overlay`, and the slots of `draw_lettering` move over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from PIL import Image, ImageDraw

from foundry.channel.placement import Placement
from foundry.copy import Copy
from foundry.layout.layout import Layout
from foundry.locales import is_rtl
from foundry.metering.steps import step
from foundry.plan.shot import MasterFacts
from foundry.tenant import Tenant
from imaging.pixels.contrast import (
    READABLE,
    colour_distance,
    contrast,
    lowest_contrast,
    luminance,
    luminance_range_of_all,
    mean_luminance,
)
from imaging.pixels.crop import CropEdges
from imaging.pixels.geometry import PixelBox
from imaging.pixels.strokes import paint_layer, round_mask
from imaging.still.product_raster import ProductPlace, place_of_product
from imaging.still.text_ground import MasterPicture, TextGround, prepare_text_ground
from imaging.typesetting.lettering import draw
from imaging.typesetting.setting import BrandType, SetSlot, TextAreas, set_copy

STANDS_OUT, SHOWS = 1.9, 18.0
"""Least contrast of a button with its ground; least distance of a pill or badge from its ground in CIE L*a*b*."""


@dataclass(frozen=True, kw_only=True)
class StaticLayer:
    """Everything but the words, for one direction of reading; shared by the locales of one (master, layout, placement).

    `source` is the master and its facts, from which the layer for the other direction is made.
    """

    ground: TextGround
    layout: Layout
    placement: Placement
    tenant: Tenant
    source: tuple[MasterPicture, MasterFacts] = field(repr=False)
    rtl: bool = False

    @cached_property
    def mirrored(self) -> StaticLayer:
        """Return the layer for the other direction of reading; made once, and its own mirrored layer is this one."""
        with step("layer"):
            ground = prepare_text_ground(*self.source, self.layout, self.placement, self.tenant, not self.rtl)
        other = replace(self, ground=ground, rtl=not self.rtl)
        vars(other)["mirrored"] = self
        return other

    @property
    def image(self) -> Image.Image:
        """Return RGB, 8 bits, sRGB, of the canvas' size."""
        return self.ground.image

    @property
    def visual(self) -> PixelBox:
        """Return the box in which the key visual shows."""
        return self.ground.visual

    @property
    def crop(self) -> CropEdges:
        """Return the part of the master that shows in `visual`, in the master's pixels."""
        return self.ground.crop

    @property
    def ink(self) -> Mapping[str, str]:
        """Return the readable brand colour of each block that has words without a plate."""
        return self.ground.ink

    @property
    def logo(self) -> PixelBox | None:
        """Return the logo's box."""
        return self.ground.logo.box if self.ground.logo else None

    @cached_property
    def product(self) -> ProductPlace | None:
        """Return the product's place in the frame; None where the master shows none."""
        return place_of_product(self.source[1], self.crop, self.visual, self.ground.strokes)

    @property
    def room(self) -> TextAreas:
        """Return the areas that words may fill."""
        return self.ground.room


@dataclass(frozen=True)
class PlacedSlot:
    """A slot's place in the frame, and its contrast with its ground (WCAG 2 contrast ratio)."""

    field: str
    box: PixelBox
    text: str
    size_px: int
    contrast: float


@dataclass(frozen=True)
class LetteredSlot:
    """A slot's pixels, RGBA with straight alpha and a small margin around the slot, and their place in the frame."""

    placed: PlacedSlot
    layer: Image.Image
    left_px: int
    top_px: int


@dataclass(frozen=True)
class FinishedPicture:
    """A finished picture, RGB sRGB 8-bit, with its slots, the fields that gave way, and the product's place."""

    image: Image.Image
    slots: tuple[PlacedSlot, ...]
    logo: PixelBox | None
    dropped: tuple[str, ...] = ()
    product: ProductPlace | None = None


def prepare(
    master: MasterPicture, facts: MasterFacts, layout: Layout, placement: Placement, tenant: Tenant
) -> StaticLayer:
    """Return the static layer of a master in a layout, in the direction of reading that suits the master.

    For a moving picture, `master` is some of its moments, and scrims are strong enough for all of them. LogoDoesNotFit
    if the logo has no room and may not be left out.
    """
    made = prepare_text_ground(master, facts, layout, placement, tenant)
    return StaticLayer(
        ground=made, layout=layout, placement=placement, tenant=tenant, source=(master, facts), rtl=facts.mirrored
    )


def turn_to_locale(static: StaticLayer, locale: str) -> StaticLayer:
    """Return the static layer in the locale's direction of reading: this one or its mirrored one."""
    return static if is_rtl(locale) == static.rtl else static.mirrored


def overlay(static: StaticLayer) -> Image.Image:
    """Return all of the static layer that lies over the key visual: RGBA of the frame's size, straight alpha.

    `static` must face the locale (`turn_to_locale`).
    """
    return paint_layer(static.image.size, static.ground.strokes)


def draw_lettering(static: StaticLayer, copy: Copy, locale: str) -> tuple[LetteredSlot, ...]:
    """Return the words of one locale, slot by slot, in the order of reading; CopyDoesNotFit if they have no room."""
    facing = turn_to_locale(static, locale)
    setting = set_copy(copy, locale, facing.layout, facing.room, _brand_type(facing.tenant))
    return tuple(_draw_slot(facing, slot) for slot in setting.slots)


def dropped_fields(static: StaticLayer, copy: Copy, locale: str) -> tuple[str, ...]:
    """Return the fields that have words and gave way for want of room."""
    facing = turn_to_locale(static, locale)
    return set_copy(copy, locale, facing.layout, facing.room, _brand_type(facing.tenant)).dropped


def _brand_type(tenant: Tenant) -> BrandType:
    return BrandType(tenant.families, tenant.brand.type, (tenant.name,))


def finish(static: StaticLayer, copy: Copy, locale: str) -> FinishedPicture:
    """Return the static layer with the words of one locale on it; CopyDoesNotFit if they have no room."""
    facing = turn_to_locale(static, locale)
    image = facing.image.copy()
    slots = draw_lettering(facing, copy, locale)
    for slot in slots:
        image.paste(slot.layer, (slot.left_px, slot.top_px), slot.layer)
    placed = tuple(slot.placed for slot in slots)
    return FinishedPicture(image, placed, facing.logo, dropped_fields(facing, copy, locale), facing.product)


def _draw_slot(static: StaticLayer, slot: SetSlot) -> LetteredSlot:
    plate, fill, ratio = _colours(static, slot)
    margin = slot.style.size // 2 + 2
    box = slot.box
    size = (box.width + 2 * margin, box.height + 2 * margin)
    layer = Image.new("RGBA", size, (plate or fill) + "00")
    if plate:
        layer.paste(plate, (margin, margin), round_mask(box.width, box.height, _corner(static.tenant, slot)))
    canvas = ImageDraw.Draw(layer)
    for x, y, line in slot.lines:
        draw(canvas, x - box.left + margin, y - box.top + margin, line, slot.style, fill)
    placed = PlacedSlot(slot.field, box, slot.text, slot.style.size, round(ratio, 2))
    return LetteredSlot(placed, layer, box.left - margin, box.top - margin)


def _corner(tenant: Tenant, slot: SetSlot) -> int:
    share = 50 if slot.plate == "badge" else tenant.brand.corner_radius
    return round(slot.box.height * share / 100)


def _colours(static: StaticLayer, slot: SetSlot) -> tuple[str | None, str, float]:
    """Return the colour of the plate, if any, that of the ink, and the contrast of the ink with its ground."""
    palette, kind = static.tenant.brand.palette, static.layout.styles[slot.field]
    if slot.plate != "none":
        first = getattr(palette, kind.plate_colour)
        plate = _plate_colour(static, slot, first)
        fill = max((palette.paper, palette.ink), key=lambda c: contrast(luminance(c), luminance(plate)))
        return plate, fill, contrast(luminance(fill), luminance(plate))
    ground = luminance_range_of_all((static.image, *static.ground.others), slot.box)
    wished = getattr(palette, kind.colour) if kind.colour != "auto" else None
    fill = wished if wished and lowest_contrast(wished, ground) >= READABLE else static.ink[slot.block]
    return None, fill, lowest_contrast(fill, ground)


def _plate_colour(static: StaticLayer, slot: SetSlot, first: str) -> str:
    """Return the first of `first`, ink and paper that stands out: a button by contrast, a pill by colour."""
    palette = static.tenant.brand.palette
    choices = (first, palette.ink, palette.paper)
    if slot.plate == "button":
        ground = mean_luminance(static.image, slot.box)
        found = [c for c in choices if contrast(luminance(c), ground) >= STANDS_OUT]
    else:
        found = [c for c in choices if colour_distance(c, static.image, slot.box) >= SHOWS]
    return found[0] if found else palette.ink
