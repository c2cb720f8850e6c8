"""The ground that words are set on: key visual, close-up, panels, scrims and logo, painted once for many locales."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageChops

from foundry.channel.placement import Placement
from foundry.layout.layout import Layout, Visual
from foundry.plan.shot import MasterFacts
from foundry.tenant import Tenant
from imaging.pixels.contrast import (
    READABLE,
    contrast,
    lowest_contrast,
    luminance,
    luminance_range_of_all,
    middle_luminance,
)
from imaging.pixels.crop import CropEdges, crop_box, product_box_in_frame
from imaging.pixels.geometry import LayoutFrame, PixelBox, block_boxes, layout_frame
from imaging.pixels.reduction import Picture, Pyramid, in_whole_pixels, reduce_crop
from imaging.pixels.sight import find_focus, find_quiet_area
from imaging.pixels.strokes import Stroke, dim_stroke, paint_stroke, round_mask, show_through, veil
from imaging.typesetting.logo import LogoPlace, logo_picture, place_logo
from imaging.typesetting.setting import TextAreas

SCRIM = (0.2, 0.35, 0.5, 0.65, 0.8)
"""Strengths of a scrim, tried from the weakest."""
LINES = 4
"""Bands of a block, each of which a scrim makes readable: a line at its edge may lie on a rare brightness."""
LIGHT = 0.2
"""Luminance above which a ground takes the logo in dark ink."""


@dataclass(frozen=True)
class Moments:
    """Frames of a moving picture: RGB, of one size. Words must be readable on all of them."""

    first: Image.Image
    others: tuple[Image.Image, ...]


MasterPicture = Picture | Moments


@dataclass(frozen=True, kw_only=True)
class TextGround:
    """A canvas without words, and the areas for them.

    `image` is RGB, 8 bits, sRGB, of the canvas' size; `others` are the canvas at the other moments of a moving picture.
    The part `crop` of the master shows in `visual`, under `strokes`. `ink` is the readable brand colour of each block
    that has words without a plate.
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
    """Return everything but the words; `rtl` is the direction of reading, and by default the one the master suits.

    Where the record of a master names no product, its focus (`find_focus`) takes the product's place in crops. On a
    moving picture that focus is not kept clear of scrims, since it moves. LogoDoesNotFit if the logo has no room and
    may not be left out.
    """
    first, others = (master.first, master.others) if isinstance(master, Moments) else (master, ())
    product_known = facts.product_box is not None
    facts = facts if product_known else replace(facts, product_box=find_focus(_small(first)))
    frame = layout_frame(layout, placement, facts.mirrored if rtl is None else rtl)
    visual = frame.box(layout.key_visual.area)
    shown = [_crop_master(picture, facts, layout.key_visual, visual) for picture in (first, *others)]
    canvases = tuple(_canvas(picture, visual, frame.size, _ground_colour(layout, tenant)) for picture, _ in shown)
    crop = shown[0][1]
    kept_clear = product_box_in_frame(facts, crop, visual) if product_known or not others else None
    painter = _Painter(canvases=canvases, layout=layout, tenant=tenant, frame=frame, strokes=[], product=kept_clear)
    painter.paint_layout(visual, first, facts)
    logo = place_logo(layout, frame, tenant)
    boxes = tuple((name, painter.quiet_box(name, logo)) for name in layout.blocks)
    ink = {name: painter.make_readable(box) for name, box in boxes if _has_bare_words(layout, name)}
    if logo:
        painter.paint_logo(logo)
    return TextGround(
        image=canvases[0], visual=visual, crop=crop, strokes=tuple(painter.strokes), ink=ink, logo=logo,
        room=TextAreas(placement.name, frame, boxes), others=canvases[1:],
    )  # fmt: skip


def _small(master: Picture) -> Image.Image:
    return master.small if isinstance(master, Pyramid) else master


def _ground_colour(layout: Layout, tenant: Tenant) -> str:
    return str(getattr(tenant.brand.palette, layout.ground))


def _canvas(picture: Image.Image, visual: PixelBox, size: tuple[int, int], colour: str) -> Image.Image:
    canvas = Image.new("RGB", size, colour)
    canvas.paste(picture, (visual.left, visual.top))
    return canvas


def _crop_master(master: Picture, facts: MasterFacts, visual: Visual, box: PixelBox) -> tuple[Image.Image, CropEdges]:
    """Return the master's part that a visual shows, at the size of its box, and the part's edges."""
    size = (box.width, box.height)
    crop = in_whole_pixels(crop_box(facts, size, visual.product_height, visual.product), size)
    return reduce_crop(master, size, crop), crop


@dataclass(frozen=True, kw_only=True)
class _Painter:
    """Paints on the canvases of all moments, and collects the strokes."""

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

    def paint_layout(self, visual: PixelBox, master: Picture, facts: MasterFacts) -> None:
        """Paint the ground around the key visual, the close-up and the panels."""
        self.paint_around(visual)
        if self.layout.close_up:
            self.paint_close_up(master, facts, self.layout.close_up)
        self.paint_panels()

    def paint_around(self, visual: PixelBox) -> None:
        """Paint the ground's colour where the key visual does not reach."""
        ground = _ground_colour(self.layout, self.tenant)
        corner = self.frame.length(self.layout.key_visual.corner)
        if corner:
            hole = Image.new("L", self.frame.size)
            hole.paste(round_mask(visual.width, visual.height, corner), (visual.left, visual.top))
            self.paint(Stroke(self.frame.whole, ground, ImageChops.invert(hole)))
            return
        for box in _beside(self.frame.size, visual):
            self.paint(Stroke(box, ground))

    def paint_close_up(self, master: Picture, facts: MasterFacts, visual: Visual) -> None:
        box = self.frame.box(visual.area)
        picture, _ = _crop_master(master, facts, visual, box)
        corner = self.frame.length(visual.corner)
        self.paint(Stroke(box, picture, round_mask(box.width, box.height, corner) if corner else None))

    def paint_panels(self) -> None:
        for panel in self.layout.panels.values():
            box = self.frame.box(panel.area)
            mask = None
            if panel.corner or panel.opacity < 100:
                mask = round_mask(box.width, box.height, self.frame.length(panel.corner))
                mask = mask.point([round(level * panel.opacity / 100) for level in range(256)])
            self.paint(Stroke(box, getattr(self.tenant.brand.palette, panel.colour), mask))

    def quiet_box(self, name: str, logo: LogoPlace | None) -> PixelBox:
        """Return the block's area; of several, the one where the picture is calmest."""
        boxes = block_boxes(self.layout.blocks[name], self.frame, logo.clear if logo else None)
        return boxes[find_quiet_area(self.canvases[0], boxes).index] if len(boxes) > 1 else boxes[0]

    def make_readable(self, box: PixelBox) -> str:
        """Return ink or paper, whichever reads better on the area; paint a soft scrim where neither reads well."""
        palette = self.tenant.brand.palette
        ground = luminance_range_of_all(self.canvases, box)
        between, inks = middle_luminance(ground), (palette.ink, palette.paper)
        best = max(inks, key=lambda c: (lowest_contrast(c, ground) >= READABLE, contrast(luminance(c), between)))
        if lowest_contrast(best, ground) < READABLE:
            self.paint(self._scrim(box, best, palette.paper if best == palette.ink else palette.ink))
        return best

    def _scrim(self, box: PixelBox, ink: str, colour: str) -> Stroke:
        """Return the weakest scrim on which the ink is readable, or else the strongest."""
        whole = veil(self.frame.size, box, colour, self.product)
        for strength in SCRIM:
            scrim = dim_stroke(whole, strength)
            tried = [show_through(canvas, scrim, box) for canvas in self.canvases]
            if lowest_contrast(ink, self._worst(tried, box)) >= READABLE:
                break
        return scrim

    def _worst(self, cuts: Sequence[Image.Image], block: PixelBox) -> tuple[float, float]:
        """Return the lowest and highest luminance of the block's cut-outs, over the whole and each of its bands.

        Bands that the product is in do not count, as no scrim covers the product.
        """
        width, height = cuts[0].size
        found = [luminance_range_of_all(cuts, PixelBox(0, 0, width, height))]
        for at in range(LINES):
            upper, lower = (height * edge // LINES for edge in (at, at + 1))
            band = PixelBox(block.left, block.top + upper, block.right, block.top + lower)
            if lower > upper and not (self.product and self.product.overlaps(band)):
                found.append(luminance_range_of_all(cuts, PixelBox(0, upper, width, lower)))
        return min(low for low, _ in found), max(high for _, high in found)

    def paint_logo(self, place: LogoPlace) -> None:
        on_light = middle_luminance(luminance_range_of_all(self.canvases, place.box)) > LIGHT
        self.paint(Stroke(place.box, logo_picture(self.tenant, place, on_light)))


def _has_bare_words(layout: Layout, block: str) -> bool:
    """Return whether a block has words without a plate."""
    return any(layout.styles[field].plate == "none" for field in layout.blocks[block].fields)


def _beside(size: tuple[int, int], visual: PixelBox) -> Iterable[PixelBox]:
    """Return the parts of the canvas above, below, left and right of the key visual."""
    width, height = size
    around = (
        PixelBox(0, 0, width, visual.top),
        PixelBox(0, visual.bottom, width, height),
        PixelBox(0, visual.top, visual.left, visual.bottom),
        PixelBox(visual.right, visual.top, width, visual.bottom),
    )
    return (box for box in around if box.width > 0 and box.height > 0)
