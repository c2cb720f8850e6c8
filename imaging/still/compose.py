"""Pixels of one rendition: a static layer per (master, layout, placement), then the copy of one locale on it.

Films take the same pieces apart: the key visual moves below `overlay`, and the slots of `draw_lettering` move over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from foundry.channel.placement import Placement
from foundry.copy import Copy
from foundry.layout.layout import Layout
from foundry.locales import is_rtl
from foundry.plan.shot import MasterFacts
from foundry.tenant import Tenant
from imaging.pixels.contrast import (
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
from imaging.still.text_ground import MasterPicture, TextGround, prepare_text_ground
from imaging.typesetting.lettering import draw
from imaging.typesetting.setting import BrandType, SetSlot, TextAreas, set_copy

READABLE = 4.5
STANDS_OUT, SHOWS = 1.9, 18.0
"""Of a button, contrast with what it lies on; of a pill or badge, distance from it in CIE L*a*b*."""


@dataclass(frozen=True)
class StaticLayer:
    """Everything but the words, for one direction of reading; shared by the locales of one (master, layout, placement).

    `ground.visual` is where the key visual shows, `ground.crop` the part of the master that shows there (left, top,
    right, bottom in the master's pixels), `ground.strokes` all that lies over it.
    """

    ground: TextGround
    layout: Layout
    placement: Placement
    tenant: Tenant
    source: tuple[MasterPicture, MasterFacts] = field(repr=False)
    rtl: bool = False
    _turned: dict[bool, StaticLayer] = field(default_factory=dict, repr=False, compare=False)

    @property
    def image(self) -> Image.Image:
        """RGB, 8 bits, sRGB, of the canvas' size."""
        return self.ground.image

    @property
    def visual(self) -> PixelBox:
        """Where the key visual shows."""
        return self.ground.visual

    @property
    def crop(self) -> CropEdges:
        """What of the master shows in `visual`, in its pixels."""
        return self.ground.crop

    @property
    def ink(self) -> Mapping[str, str]:
        """Block → the brand colour that reads on it."""
        return self.ground.ink

    @property
    def logo(self) -> PixelBox | None:
        """The logo's box."""
        return self.ground.logo.box if self.ground.logo else None

    @property
    def room(self) -> TextAreas:
        """Where the words may stand."""
        return self.ground.room


@dataclass(frozen=True)
class PlacedSlot:
    """Where a slot ended up, and how it reads against what is behind it (WCAG 2 contrast ratio)."""

    field: str
    box: PixelBox
    text: str
    size_px: int
    contrast: float


@dataclass(frozen=True)
class LetteredSlot:
    """A slot's pixels: RGBA, straight alpha, cropped to the slot with a little margin, and their place in the frame."""

    placed: PlacedSlot
    layer: Image.Image
    left_px: int
    top_px: int


@dataclass(frozen=True)
class FinishedPicture:
    """A finished picture, RGB sRGB 8-bit, with its slots and the fields that gave way."""

    image: Image.Image
    slots: tuple[PlacedSlot, ...]
    logo: PixelBox | None
    dropped: tuple[str, ...] = ()


def prepare(
    master: MasterPicture, facts: MasterFacts, layout: Layout, placement: Placement, tenant: Tenant
) -> StaticLayer:
    """Crop, reduce, panels, scrims and logo; mirrored where the master is. LogoDoesNotFit if it may not be left out.

    Of a picture that moves, `master` is some moments, and the scrims are strong enough for all of them.
    """
    made = prepare_text_ground(master, facts, layout, placement, tenant)
    return StaticLayer(made, layout, placement, tenant, (master, facts), facts.mirrored)


def turn_to_locale(static: StaticLayer, locale: str) -> StaticLayer:
    """The static layer in the locale's direction of reading: this one, or its mirrored twin, made once and kept."""
    rtl = is_rtl(locale)
    if rtl == static.rtl:
        return static
    if rtl not in static._turned:
        made = prepare_text_ground(*static.source, static.layout, static.placement, static.tenant, rtl)
        twin = StaticLayer(made, static.layout, static.placement, static.tenant, static.source, rtl)
        twin._turned[static.rtl] = static
        static._turned[rtl] = twin
    return static._turned[rtl]


def overlay(static: StaticLayer) -> Image.Image:
    """All of the static layer that lies over the key visual: RGBA of the frame's size, straight alpha.

    A film gives the static layer as `turn_to_locale` returns it.
    """
    return paint_layer(static.image.size, static.ground.strokes)


def draw_lettering(static: StaticLayer, copy: Copy, locale: str) -> tuple[LetteredSlot, ...]:
    """The words of one locale, slot by slot, what is read first first; CopyDoesNotFit if they cannot be set."""
    facing = turn_to_locale(static, locale)
    setting = set_copy(copy, locale, facing.layout, facing.room, _type(facing.tenant))
    return tuple(_lettered(facing, slot) for slot in setting.slots)


def dropped_fields(static: StaticLayer, copy: Copy, locale: str) -> tuple[str, ...]:
    """The fields that have words and gave way, since there was no room."""
    facing = turn_to_locale(static, locale)
    return set_copy(copy, locale, facing.layout, facing.room, _type(facing.tenant)).dropped


def _type(tenant: Tenant) -> BrandType:
    return BrandType(tenant.brand.fonts, tenant.brand.type, (tenant.name,))


def finish(static: StaticLayer, copy: Copy, locale: str) -> FinishedPicture:
    """The static layer with the lettering pasted on; CopyDoesNotFit if the words cannot be set."""
    facing = turn_to_locale(static, locale)
    image = facing.image.copy()
    slots = draw_lettering(facing, copy, locale)
    for slot in slots:
        image.paste(slot.layer, (slot.left_px, slot.top_px), slot.layer)
    placed = tuple(slot.placed for slot in slots)
    return FinishedPicture(image, placed, facing.logo, dropped_fields(facing, copy, locale))


def _lettered(static: StaticLayer, slot: SetSlot) -> LetteredSlot:
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
    """Plate, if any, ink, and the contrast between the ink and what is behind it."""
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
    """The first of the wished colour, ink and paper that stands out: a button by contrast, a pill by colour."""
    palette = static.tenant.brand.palette
    choices = (first, palette.ink, palette.paper)
    if slot.plate == "button":
        ground = mean_luminance(static.image, slot.box)
        found = [c for c in choices if contrast(luminance(c), ground) >= STANDS_OUT]
    else:
        found = [c for c in choices if colour_distance(c, static.image, slot.box) >= SHOWS]
    return found[0] if found else palette.ink
