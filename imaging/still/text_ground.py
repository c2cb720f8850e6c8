"""The stage that words come on: key visual, close-up, panels, scrims and logo, painted once for many locales."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageChops

from foundry.channel.placement import Placement
from foundry.layout.layout import Layout, Visual
from foundry.plan.shot import MasterFacts
from foundry.tenant import Tenant
from imaging.pixels.contrast import contrast, lowest_contrast, luminance, luminance_range_of_all, middle_luminance
from imaging.pixels.crop import CropEdges, crop_box, product_box_in_frame
from imaging.pixels.geometry import LayoutFrame, PixelBox, block_boxes, layout_frame
from imaging.pixels.reduction import Picture, Pyramid, in_whole_pixels, reduce_crop
from imaging.pixels.sight import find_focus, find_quiet_area
from imaging.pixels.strokes import Stroke, dim_stroke, paint_stroke, round_mask, show_through, veil
from imaging.typesetting.logo import LogoPlace, logo_picture, place_logo
from imaging.typesetting.setting import TextAreas

READABLE = 4.5
SCRIM = (0.2, 0.35, 0.5, 0.65, 0.8)
LINES = 4
"""Bands of a block that a scrim makes readable each: a line at its edge may lie on what is rare in the block."""
LIGHT = 0.2
"""Mean luminance above which a ground takes the logo in dark ink."""


@dataclass(frozen=True)
class Moments:
    """A picture that moves, at some moments: RGB, of one size. Words on it must read at all of them."""

    first: Image.Image
    others: tuple[Image.Image, ...]


MasterPicture = Picture | Moments


@dataclass(frozen=True)
class TextGround:
    """RGB 8-bit sRGB pixels of the canvas; `visual` is where the key visual shows, `strokes` what lies over it.

    `others` are the canvas at the other moments of a picture that moves.
    """

    image: Image.Image
    visual: PixelBox
    crop: CropEdges
    strokes: tuple[Stroke, ...]
    ink: Mapping[str, str]
    logo: LogoPlace | None
    room: TextAreas
    others: tuple[Image.Image, ...] = ()


def prepare_text_ground(
    master: MasterPicture,
    facts: MasterFacts,
    layout: Layout,
    placement: Placement,
    tenant: Tenant,
    rtl: bool | None = None,
) -> TextGround:
    """Everything but the words; `rtl` says in which direction it is read, without it the master's side does.

    Where the record of a master names no product, what draws the eye is kept in its place; of a picture that moves, it
    is not kept clear of scrims, since it will be elsewhere.
    """
    first, others = (master.first, master.others) if isinstance(master, Moments) else (master, ())
    product_known = facts.product_box is not None
    facts = (
        facts
        if product_known
        else replace(facts, product_box=find_focus(first.small if isinstance(first, Pyramid) else first))
    )
    room = layout_frame(layout, placement, facts.mirrored if rtl is None else rtl)
    visual = room.box(layout.key_visual.area)
    shown = [_shown(picture, facts, layout.key_visual, visual) for picture in (first, *others)]
    crop, canvases = shown[0][1], []
    for picture, _ in shown:
        canvases.append(Image.new("RGB", room.size, getattr(tenant.brand.palette, layout.ground)))
        canvases[-1].paste(picture, (visual.left, visual.top))
    kept_clear = product_box_in_frame(facts, crop, visual) if product_known or not others else None
    painter = _Painter(tuple(canvases), layout, tenant, room, [], kept_clear)
    painter.around(visual)
    if layout.close_up:
        painter.close_up(first, facts, layout.close_up)
    painter.panels()
    logo = place_logo(layout, room, tenant)
    boxes = tuple((name, painter.quiet_box(name, logo)) for name in layout.blocks)
    ink = {name: painter.readable(box) for name, box in boxes if _bare(layout, name)}
    if logo:
        painter.logo(logo)
    strokes = tuple(painter.strokes)
    said = TextAreas(placement.name, room, boxes)
    return TextGround(canvases[0], visual, crop, strokes, ink, logo, said, tuple(canvases[1:]))


def _shown(master: Picture, facts: MasterFacts, visual: Visual, box: PixelBox) -> tuple[Image.Image, CropEdges]:
    size = (box.width, box.height)
    crop = in_whole_pixels(crop_box(facts, size, visual.product_height, visual.product), size)
    return reduce_crop(master, size, crop), crop


@dataclass(frozen=True)
class _Painter:
    canvases: tuple[Image.Image, ...]
    layout: Layout
    tenant: Tenant
    frame: LayoutFrame
    strokes: list[Stroke]
    product: PixelBox | None

    def paint(self, stroke: Stroke) -> None:
        for canvas in self.canvases:
            paint_stroke(canvas, stroke)
        self.strokes.append(stroke)

    def around(self, visual: PixelBox) -> None:
        """The ground wherever the key visual does not reach."""
        ground = getattr(self.tenant.brand.palette, self.layout.ground)
        corner = self.frame.length(self.layout.key_visual.corner)
        if corner:
            hole = Image.new("L", self.frame.size)
            hole.paste(round_mask(visual.width, visual.height, corner), (visual.left, visual.top))
            self.paint(Stroke(self.frame.whole, ground, ImageChops.invert(hole)))
            return
        for box in _beside(self.frame.size, visual):
            self.paint(Stroke(box, ground))

    def close_up(self, master: Picture, facts: MasterFacts, visual: Visual) -> None:
        box = self.frame.box(visual.area)
        picture, _ = _shown(master, facts, visual, box)
        corner = self.frame.length(visual.corner)
        self.paint(Stroke(box, picture, round_mask(box.width, box.height, corner) if corner else None))

    def panels(self) -> None:
        for panel in self.layout.panels.values():
            box = self.frame.box(panel.area)
            mask = None
            if panel.corner or panel.opacity < 100:
                mask = round_mask(box.width, box.height, self.frame.length(panel.corner))
                mask = mask.point([round(level * panel.opacity / 100) for level in range(256)])
            self.paint(Stroke(box, getattr(self.tenant.brand.palette, panel.colour), mask))

    def quiet_box(self, name: str, logo: LogoPlace | None) -> PixelBox:
        """The block's area; of several, the one behind which the picture is quietest."""
        boxes = block_boxes(self.layout.blocks[name], self.frame, logo.clear if logo else None)
        return boxes[find_quiet_area(self.canvases[0], boxes).index] if len(boxes) > 1 else boxes[0]

    def readable(self, box: PixelBox) -> str:
        """Ink or paper, whichever reads better on the area, and a soft scrim only where neither reads well."""
        palette = self.tenant.brand.palette
        ground = luminance_range_of_all(self.canvases, box)
        between, inks = middle_luminance(ground), (palette.ink, palette.paper)
        best = max(inks, key=lambda c: (lowest_contrast(c, ground) >= READABLE, contrast(luminance(c), between)))
        if lowest_contrast(best, ground) < READABLE:
            self.paint(self._scrim(box, best, palette.paper if best == palette.ink else palette.ink))
        return best

    def _scrim(self, box: PixelBox, ink: str, colour: str) -> Stroke:
        """The weakest veil on which the ink reads, or the strongest there is."""
        whole = veil(self.frame.size, box, colour, self.product)
        for strength in SCRIM:
            scrim = dim_stroke(whole, strength)
            tried = [show_through(canvas, scrim, box) for canvas in self.canvases]
            if lowest_contrast(ink, self._worst(tried, box)) >= READABLE:
                break
        return scrim

    def _worst(self, cuts: Sequence[Image.Image], block: PixelBox) -> tuple[float, float]:
        """The least and most luminance in pictures of a block: of the whole, and of each of its bands that the product
        is not in, as no scrim covers the product."""
        width, height = cuts[0].size
        found = [luminance_range_of_all(cuts, PixelBox(0, 0, width, height))]
        for at in range(LINES):
            upper, lower = (height * edge // LINES for edge in (at, at + 1))
            band = PixelBox(block.left, block.top + upper, block.right, block.top + lower)
            if lower > upper and not (self.product and self.product.overlaps(band)):
                found.append(luminance_range_of_all(cuts, PixelBox(0, upper, width, lower)))
        return min(low for low, _ in found), max(high for _, high in found)

    def logo(self, place: LogoPlace) -> None:
        on_light = middle_luminance(luminance_range_of_all(self.canvases, place.box)) > LIGHT
        self.paint(Stroke(place.box, logo_picture(self.tenant, place, on_light)))


def _bare(layout: Layout, block: str) -> bool:
    """Whether a block has words without a plate of their own."""
    return any(layout.styles[field].plate == "none" for field in layout.blocks[block].fields)


def _beside(size: tuple[int, int], visual: PixelBox) -> Iterable[PixelBox]:
    width, height = size
    around = (
        PixelBox(0, 0, width, visual.top),
        PixelBox(0, visual.bottom, width, height),
        PixelBox(0, visual.top, visual.left, visual.bottom),
        PixelBox(visual.right, visual.top, width, visual.bottom),
    )
    return (box for box in around if box.width > 0 and box.height > 0)
