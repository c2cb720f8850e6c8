"""Pixels of one rendition: a static layer per (master, layout, placement), then the copy of one locale on it.

Films take the same pieces apart: the key visual moves below `above`, and the slots of `lettering` move over it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from foundry.channel import Placement
from foundry.copy import Copy
from foundry.layout import Area, Layout
from foundry.shot import MasterFacts
from foundry.tenant import Tenant
from transforms.rendering.contrast import against, contrast, extremes, luminance, mean, middle
from transforms.rendering.crop import Crop, crop_box
from transforms.rendering.room import PixelBox, pixels
from transforms.rendering.setting import SetSlot, set_copy
from transforms.rendering.strokes import Stroke, lay, over, round_mask, veil
from transforms.rendering.text import draw

READABLE = 4.5
SCRIM = (0.2, 0.35, 0.5, 0.65, 0.8)


@dataclass(frozen=True)
class StaticLayer:
    """Everything but the words; shared by the locales of one (master, layout, placement).

    `visual` is where the key visual shows, `crop` what of the master shows there (left, top, right, bottom in the
    master's pixels), `strokes` what lies over it.
    """

    image: Image.Image
    layout: Layout
    placement: Placement
    tenant: Tenant
    ink: dict[str, str]
    logo: PixelBox | None
    visual: PixelBox
    crop: Crop
    strokes: tuple[Stroke, ...]


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
class Composition:
    """A finished picture, RGB sRGB 8-bit, with its slots and the fields that gave way."""

    image: Image.Image
    slots: tuple[PlacedSlot, ...]
    logo: PixelBox | None
    dropped: tuple[str, ...] = ()


def prepare(
    master: Image.Image, facts: MasterFacts, layout: Layout, placement: Placement, tenant: Tenant
) -> StaticLayer:
    """Crop, reduce, panels, scrims and logo."""
    size, mirrored = placement.size, facts.mirrored
    visual = pixels(layout.key_visual, size, mirrored)
    crop = crop_box(facts, (visual.width, visual.height), layout.close_up)
    canvas = Image.new("RGB", size, tenant.brand.palette.paper)
    picture = master.resize((visual.width, visual.height), Image.Resampling.LANCZOS, box=crop, reducing_gap=3.0)
    canvas.paste(picture, (visual.left, visual.top))
    strokes = [*_frame(size, visual, tenant), *_panels(layout, size, mirrored, tenant)]
    for stroke in strokes:
        lay(canvas, stroke)
    ink = {}
    for name, area in _copy_areas(layout):
        ink[name], scrim = _readable(canvas, pixels(area, size, mirrored), tenant)
        strokes += _laid(canvas, scrim)
    logo = _logo_stroke(canvas, layout, placement, tenant, mirrored)
    strokes += _laid(canvas, logo)
    return StaticLayer(canvas, layout, placement, tenant, ink, logo.box if logo else None, visual, crop, tuple(strokes))


def above(static: StaticLayer) -> Image.Image:
    """All of the static layer that lies over the key visual: RGBA of the frame's size, straight alpha."""
    return over(static.placement.size, static.strokes)


def _laid(canvas: Image.Image, stroke: Stroke | None) -> list[Stroke]:
    if stroke is None:
        return []
    lay(canvas, stroke)
    return [stroke]


def _frame(size: tuple[int, int], visual: PixelBox, tenant: Tenant) -> Iterable[Stroke]:
    """Paper wherever the key visual does not reach."""
    width, height = size
    around = (
        PixelBox(0, 0, width, visual.top),
        PixelBox(0, visual.bottom, width, height),
        PixelBox(0, visual.top, visual.left, visual.bottom),
        PixelBox(visual.right, visual.top, width, visual.bottom),
    )
    return (Stroke(box, tenant.brand.palette.paper) for box in around if box.width > 0 and box.height > 0)


def _panels(layout: Layout, size: tuple[int, int], mirrored: bool, tenant: Tenant) -> Iterable[Stroke]:
    for panel in layout.panels:
        yield Stroke(pixels(panel.area, size, mirrored), getattr(tenant.brand.palette, panel.colour))


def _copy_areas(layout: Layout) -> Iterable[tuple[str, Area]]:
    yield "column", layout.column.area
    if "price" in layout.styles:
        yield "row", layout.row.area
    if layout.legal:
        yield "legal", layout.legal


def _readable(canvas: Image.Image, box: PixelBox, tenant: Tenant) -> tuple[str, Stroke | None]:
    """Ink or paper, whichever reads better on the area, and a soft scrim only where neither reads well."""
    palette = tenant.brand.palette
    ground = extremes(canvas, box)
    between = middle(ground)
    inks = (palette.ink, palette.paper)
    best = max(inks, key=lambda c: (against(c, ground) >= READABLE, contrast(luminance(c), between)))
    scrim = None
    if against(best, ground) < READABLE:
        scrim = _scrim(canvas, box, best, palette.paper if best == palette.ink else palette.ink)
    return best, scrim


def _scrim(canvas: Image.Image, box: PixelBox, ink: str, colour: str) -> Stroke:
    """The weakest veil on which the ink reads, or the strongest there is."""
    for strength in SCRIM:
        scrim = veil(canvas.size, box, colour, strength)
        tried = canvas.copy()
        lay(tried, scrim)
        if against(ink, extremes(tried, box)) >= READABLE:
            break
    return scrim


def _logo_stroke(
    canvas: Image.Image, layout: Layout, placement: Placement, tenant: Tenant, mirrored: bool
) -> Stroke | None:
    if tenant.brand.logo is None:
        return None
    area = pixels(layout.logo, placement.size, mirrored)
    path = tenant.logo_path("dark" if middle(extremes(canvas, area)) > 0.2 else "light")
    mark = _logo(str(path), area.width, area.height)
    x = area.left + (area.width - mark.width) // 2
    if layout.logo_align == "start":
        x = area.right - mark.width if mirrored else area.left
    y = area.top + (area.height - mark.height) // 2
    return Stroke(PixelBox(x, y, x + mark.width, y + mark.height), mark)


@lru_cache(maxsize=128)
def _logo(path: str, width: int, height: int) -> Image.Image:
    with Image.open(path) as stored:
        mark = stored.convert("RGBA")
    ratio = min(width / mark.width, height / mark.height)
    size = (max(1, round(mark.width * ratio)), max(1, round(mark.height * ratio)))
    return mark.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def lettering(static: StaticLayer, copy: Copy, locale: str) -> tuple[LetteredSlot, ...]:
    """The words of one locale, slot by slot; CopyDoesNotFit if they cannot be set."""
    slots = set_copy(copy, locale, static.layout, static.placement, static.tenant.brand.fonts)
    return tuple(_lettered(static, slot) for slot in slots)


def finish(static: StaticLayer, copy: Copy, locale: str) -> Composition:
    """The static layer with the lettering pasted on; CopyDoesNotFit if the words cannot be set."""
    image = static.image.copy()
    slots = lettering(static, copy, locale)
    for slot in slots:
        image.paste(slot.layer, (slot.left_px, slot.top_px), slot.layer)
    return Composition(image, tuple(slot.placed for slot in slots), static.logo)


def _lettered(static: StaticLayer, slot: SetSlot) -> LetteredSlot:
    plate, fill, ratio = _colours(static, slot)
    margin = slot.style.size // 2 + 2
    box = slot.box
    size = (box.width + 2 * margin, box.height + 2 * margin)
    layer = Image.new("RGBA", size, (plate or fill) + "00")
    if plate:
        corner = box.height / 2 if slot.field == "offer" else box.height * static.tenant.brand.corner_radius / 100
        layer.paste(plate, (margin, margin), round_mask(box.width, box.height, round(corner)))
    canvas = ImageDraw.Draw(layer)
    for x, y, line in slot.lines:
        draw(canvas, x - box.left + margin, y - box.top + margin, line, slot.style, fill)
    placed = PlacedSlot(slot.field, box, slot.text, slot.style.size, round(ratio, 2))
    return LetteredSlot(placed, layer, box.left - margin, box.top - margin)


def _colours(static: StaticLayer, slot: SetSlot) -> tuple[str | None, str, float]:
    """Plate, if any, ink, and the contrast between the ink and what is behind it."""
    if slot.plate:
        plate, fill = _plate_colours(static.tenant, slot.field, mean(static.image, slot.box))
        return plate, fill, contrast(luminance(fill), luminance(plate))
    area = "legal" if slot.field == "legal" else _area_of(slot.field)
    fill = static.ink.get(area, static.ink["column"])
    return None, fill, against(fill, extremes(static.image, slot.box))


def _area_of(field: str) -> str:
    return "row" if field in ("price", "call_to_action") else "column"


def _plate_colours(tenant: Tenant, field: str, ground: float) -> tuple[str, str]:
    """A plate that stands out from the ground, and the text colour that reads best on it."""
    palette = tenant.brand.palette
    first = palette.accent if field == "offer" else palette.primary
    choices = [first, palette.ink, palette.paper]
    plate = next((c for c in choices if contrast(luminance(c), ground) >= 1.9), None)
    plate = plate or max(choices, key=lambda c: contrast(luminance(c), ground))
    inks = (palette.paper, palette.ink)
    return plate, max(inks, key=lambda c: contrast(luminance(c), luminance(plate)))
