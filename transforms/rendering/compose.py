"""Pixels of one rendition: a static layer per (master, layout, placement), then the copy of one locale on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from foundry.channel import Placement
from foundry.colour import linear_of_srgb, srgb_of_hex
from foundry.copy import Copy
from foundry.layout import Area, Layout
from foundry.shot import Box, MasterFacts
from foundry.tenant import Tenant
from transforms.rendering.setting import PixelBox, SetSlot, pixels, set_copy
from transforms.rendering.text import draw

READABLE = 4.5
SCRIM = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8)
LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


@dataclass(frozen=True)
class StaticLayer:
    """Everything but the words; shared by the locales of one (master, layout, placement)."""

    image: Image.Image
    layout: Layout
    placement: Placement
    tenant: Tenant
    ink: dict[str, str]
    logo: PixelBox | None


@dataclass(frozen=True)
class PlacedSlot:
    """Where a slot ended up, and how it reads against what is behind it (WCAG 2 contrast ratio)."""

    field: str
    box: PixelBox
    text: str
    size_px: int
    contrast: float


@dataclass(frozen=True)
class Composition:
    """A finished picture, RGB sRGB 8-bit, with its slots."""

    image: Image.Image
    slots: tuple[PlacedSlot, ...]
    logo: PixelBox | None


def luminance(colour: str) -> float:
    """Relative luminance of "#RRGGBB" (WCAG 2.2)."""
    return float(linear_of_srgb(srgb_of_hex(colour)) @ LUMA)


def contrast(first: float, second: float) -> float:
    """Contrast ratio of two relative luminances (WCAG 2.2)."""
    high, low = max(first, second), min(first, second)
    return (high + 0.05) / (low + 0.05)


def prepare(
    master: Image.Image, facts: MasterFacts, layout: Layout, placement: Placement, tenant: Tenant
) -> StaticLayer:
    """Crop, reduce, panels, scrims and logo."""
    size, mirrored = placement.size, facts.mirrored
    visual = pixels(layout.key_visual, size, mirrored)
    canvas = Image.new("RGB", size, tenant.brand.palette.paper)
    crop = crop_box(facts, (visual.width, visual.height), layout.close_up)
    picture = master.resize((visual.width, visual.height), Image.Resampling.LANCZOS, box=crop, reducing_gap=3.0)
    canvas.paste(picture, (visual.left, visual.top))
    for panel in layout.panels:
        box = pixels(panel.area, size, mirrored)
        colour = getattr(tenant.brand.palette, panel.colour)
        canvas.paste(colour, (box.left, box.top, box.right, box.bottom))
    ink = {}
    for name, area in _copy_areas(layout):
        canvas, ink[name] = _readable(canvas, pixels(area, size, mirrored), tenant)
    logo = _draw_logo(canvas, layout, placement, tenant, mirrored)
    return StaticLayer(canvas, layout, placement, tenant, ink, logo)


def _copy_areas(layout: Layout) -> Iterable[tuple[str, Area]]:
    yield "column", layout.column.area
    if "price" in layout.styles:
        yield "row", layout.row.area
    if layout.legal:
        yield "legal", layout.legal


def crop_box(facts: MasterFacts, wanted: tuple[int, int], close_up: int | None) -> tuple[float, float, float, float]:
    """The part of the master, in its pixels, that fills `wanted`: the product stays whole and in its place."""
    ratio = wanted[0] / wanted[1]
    width = min(facts.width_px, facts.height_px * ratio)
    height = width / ratio
    box = facts.product_box or Box(300, 300, 700, 800)
    left, right = (x * facts.width_px / 1000 for x in (box.left, box.right))
    top, bottom = (y * facts.height_px / 1000 for y in (box.top, box.bottom))
    if close_up:
        needed = max((bottom - top) * 1000 / close_up, (right - left) * 1.12 / ratio)
        height = min(height, needed)
        width = height * ratio
        x, y = (left + right) / 2 - width / 2, (top + bottom) / 2 - height / 2
    else:
        x = (facts.width_px - width) * _share(left, right, facts.width_px)
        y = (facts.height_px - height) * _share(top, bottom, facts.height_px)
    x = min(max(x, 0), facts.width_px - width)
    y = min(max(y, 0), facts.height_px - height)
    return (x, y, x + width, y + height)


def _share(low: float, high: float, edge: int) -> float:
    before, after = low, edge - high
    return before / (before + after) if before + after > 0 else 0.5


def _readable(canvas: Image.Image, box: PixelBox, tenant: Tenant) -> tuple[Image.Image, str]:
    """Ink or paper, whichever reads better on the area, and a soft scrim only where neither reads well."""
    palette = tenant.brand.palette
    dark, light = _extremes(canvas, box)
    scores = {
        colour: min(contrast(luminance(colour), dark), contrast(luminance(colour), light))
        for colour in (palette.ink, palette.paper)
    }
    middle = float(np.sqrt(max(dark, 1e-4) * max(light, 1e-4)))
    best = max(scores, key=lambda c: (scores[c] >= READABLE, contrast(luminance(c), middle)))
    veil = palette.paper if best == palette.ink else palette.ink
    for strength in SCRIM:
        veiled = _veiled(canvas, box, veil, strength) if strength else canvas
        dark, light = _extremes(veiled, box)
        own = luminance(best)
        if min(contrast(own, dark), contrast(own, light)) >= READABLE:
            break
    return veiled, best


def _extremes(canvas: Image.Image, box: PixelBox) -> tuple[float, float]:
    small = canvas.crop((box.left, box.top, box.right, box.bottom)).resize((24, 24), Image.Resampling.BOX)
    light = linear_of_srgb(np.asarray(small, dtype=np.float32) / 255) @ LUMA
    return float(np.percentile(light, 4)), float(np.percentile(light, 96))


def _veiled(canvas: Image.Image, box: PixelBox, colour: str, strength: float) -> Image.Image:
    """A wash that is strongest behind the area and fades out softly around it."""
    scale = 8
    size = (max(canvas.width // scale, 1), max(canvas.height // scale, 1))
    soft = max(size) * 0.035
    mask = Image.new("L", size, 0)
    grow = soft * 1.4
    inner = [box.left / scale - grow, box.top / scale - grow]
    inner += [box.right / scale + grow, box.bottom / scale + grow]
    ImageDraw.Draw(mask).rectangle(inner, fill=round(255 * strength))
    mask = mask.filter(ImageFilter.GaussianBlur(soft)).resize(canvas.size, Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", canvas.size, colour), canvas, mask)


def _draw_logo(
    canvas: Image.Image, layout: Layout, placement: Placement, tenant: Tenant, mirrored: bool
) -> PixelBox | None:
    kit = tenant.brand.logo
    if kit is None:
        return None
    area = pixels(layout.logo, placement.size, mirrored)
    dark, light = _extremes(canvas, area)
    on_light = np.sqrt(max(dark, 1e-4) * max(light, 1e-4)) > 0.2
    path = tenant.logo_path("dark" if on_light else "light")
    mark = _logo(str(path), area.width, area.height)
    x = area.left + (area.width - mark.width) // 2
    if layout.logo_align == "start":
        x = area.right - mark.width if mirrored else area.left
    y = area.top + (area.height - mark.height) // 2
    canvas.paste(mark, (x, y), mark)
    return PixelBox(x, y, x + mark.width, y + mark.height)


@lru_cache(maxsize=128)
def _logo(path: str, width: int, height: int) -> Image.Image:
    with Image.open(path) as stored:
        mark = stored.convert("RGBA")
    ratio = min(width / mark.width, height / mark.height)
    size = (max(1, round(mark.width * ratio)), max(1, round(mark.height * ratio)))
    return mark.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def finish(static: StaticLayer, copy: Copy, locale: str) -> Composition:
    """Set and draw the words of one locale; CopyDoesNotFit if they cannot be set."""
    slots = set_copy(copy, locale, static.layout, static.placement, static.tenant.brand.fonts)
    image = static.image.copy()
    canvas = ImageDraw.Draw(image)
    placed = [_draw_slot(image, canvas, static, slot) for slot in slots]
    return Composition(image, tuple(placed), static.logo)


def _draw_slot(image: Image.Image, canvas: ImageDraw.ImageDraw, static: StaticLayer, slot: SetSlot) -> PlacedSlot:
    ground = _ground(static.image, slot.box)
    if slot.plate:
        plate, fill = _plate_colours(static.tenant, slot.field, ground)
        _round_plate(image, slot, plate, static.tenant.brand.corner_radius)
        ratio = contrast(luminance(fill), luminance(plate))
    else:
        area = "legal" if slot.field == "legal" else _area_of(slot.field)
        fill = static.ink.get(area, static.ink["column"])
        dark, light = _extremes(static.image, slot.box)
        ratio = min(contrast(luminance(fill), dark), contrast(luminance(fill), light))
    for x, y, line in slot.lines:
        draw(canvas, x, y, line, slot.style, fill)
    return PlacedSlot(slot.field, slot.box, slot.text, slot.style.size, round(ratio, 2))


def _area_of(field: str) -> str:
    return "row" if field in ("price", "call_to_action") else "column"


def _ground(image: Image.Image, box: PixelBox) -> float:
    part = image.crop((box.left, box.top, box.right, box.bottom)).resize((8, 8), Image.Resampling.BOX)
    return float((linear_of_srgb(np.asarray(part, dtype=np.float32) / 255) @ LUMA).mean())


def _plate_colours(tenant: Tenant, field: str, ground: float) -> tuple[str, str]:
    """A plate that stands out from the ground, and the text colour that reads best on it."""
    palette = tenant.brand.palette
    first = palette.accent if field == "offer" else palette.primary
    choices = [first, palette.ink, palette.paper]
    plate = next((c for c in choices if contrast(luminance(c), ground) >= 1.9), None)
    plate = plate or max(choices, key=lambda c: contrast(luminance(c), ground))
    inks = (palette.paper, palette.ink)
    return plate, max(inks, key=lambda c: contrast(luminance(c), luminance(plate)))


def _round_plate(image: Image.Image, slot: SetSlot, colour: str, radius: int) -> None:
    box = slot.box
    corner = box.height / 2 if slot.field == "offer" else box.height * radius / 100
    image.paste(colour, (box.left, box.top), _round_mask(box.width, box.height, round(corner)))


@lru_cache(maxsize=512)
def _round_mask(width: int, height: int, corner: int) -> Image.Image:
    scale = 4
    mask = Image.new("L", (width * scale, height * scale), 0)
    edge = (0, 0, width * scale - 1, height * scale - 1)
    ImageDraw.Draw(mask).rounded_rectangle(edge, corner * scale, fill=255)
    return mask.resize((width, height), Image.Resampling.BOX)
