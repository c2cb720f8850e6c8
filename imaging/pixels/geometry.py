"""Boxes in pixels, and the areas of a layout in one placement, for one direction of reading."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from foundry.channel.placement import Placement
from foundry.layout.layout import Block, Grid, Layout, Place

Span = tuple[float, float]


@dataclass(frozen=True)
class PixelBox:
    """A rectangle in pixels; right and bottom are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Return the pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return the pixels down."""
        return self.bottom - self.top

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom, as Pillow takes them."""
        return (self.left, self.top, self.right, self.bottom)

    def overlaps(self, other: PixelBox) -> bool:
        """Return whether the two have a pixel in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def is_inside(self, other: PixelBox) -> bool:
        """Return whether all of it lies in `other`."""
        across = self.left >= other.left and self.right <= other.right
        return across and self.top >= other.top and self.bottom <= other.bottom

    def within(self, other: PixelBox) -> PixelBox:
        """Return the part inside `other`; an empty box at its edge where there is none."""
        left, top = min(max(self.left, other.left), other.right), min(max(self.top, other.top), other.bottom)
        return PixelBox(left, top, max(min(self.right, other.right), left), max(min(self.bottom, other.bottom), top))

    def without(self, other: PixelBox) -> PixelBox:
        """Return the largest part on one side of `other`: to its left, above it, to its right or below it."""
        if not self.overlaps(other):
            return self
        rests = (
            PixelBox(self.left, self.top, self.right, other.top),
            PixelBox(self.left, other.bottom, self.right, self.bottom),
            PixelBox(self.left, self.top, other.left, self.bottom),
            PixelBox(other.right, self.top, self.right, self.bottom),
        )
        return max(rests, key=lambda rest: max(rest.width, 0) * max(rest.height, 0)).within(self)


def aligned_offset(align: str, spare: int, rtl: bool) -> int:
    """Return the pixels to the left of an aligned part in an area with `spare` pixels more than the part.

    `align` is "start", "center" or "end" of the direction of reading.
    """
    if align == "center":
        return spare // 2
    return spare if (align == "end") != rtl else 0


def safe_box(placement: Placement) -> PixelBox:
    """Return the safe area in pixels of the canvas, which includes any bleed."""
    (width, height), (across, down) = placement.size, placement.canvas
    x, y, safe = (across - width) // 2, (down - height) // 2, placement.safe_area
    left, top = width * safe.left // 1000, height * safe.top // 1000
    right, bottom = width - width * safe.right // 1000, height - height * safe.bottom // 1000
    return PixelBox(x + left, y + top, x + right, y + bottom)


@dataclass(frozen=True)
class LayoutFrame:
    """A placement's canvas as a layout divides it.

    `size` is the canvas' width and height, `reference_px` the edge that lengths in thousandths refer to, `grid` the
    columns, rows and the gutter in pixels. `rtl` mirrors every area within the region that the layout divides.
    """

    size: tuple[int, int]
    safe: PixelBox
    reference_px: int
    grid: tuple[int, int, int]
    rtl: bool

    @cached_property
    def whole(self) -> PixelBox:
        """Return the whole canvas."""
        return PixelBox(0, 0, *self.size)

    def length(self, thousandths: float) -> int:
        """Return thousandths of the reference edge in pixels."""
        return round(thousandths * self.reference_px / 1000)

    def box(self, place: Place) -> PixelBox:
        """Return an area of the layout in pixels of the canvas."""
        region = self.safe if place.of == "safe" else self.whole
        (left, right), (top, bottom) = self._across(place, region), self._down(place, region)
        if self.rtl:
            left, right = region.width - right, region.width - left
        x, y = region.left, region.top
        return PixelBox(round(x + left), round(y + top), round(x + right), round(y + bottom))

    def _across(self, place: Place, region: PixelBox) -> Span:
        if place.box:
            return (place.box[0] * region.width / 1000, place.box[2] * region.width / 1000)
        return _tracks(place.columns or (1, 1), self.grid[0], region.width, self.grid[2])

    def _down(self, place: Place, region: PixelBox) -> Span:
        if place.box:
            return (place.box[1] * region.height / 1000, place.box[3] * region.height / 1000)
        return _tracks(place.rows or (1, 1), self.grid[1], region.height, self.grid[2])


def _tracks(span: tuple[int, int], count: int, length: int, gutter: int) -> Span:
    track = (length - gutter * (count - 1)) / count
    return ((span[0] - 1) * (track + gutter), span[1] * track + (span[1] - 1) * gutter)


def layout_frame(layout: Layout, placement: Placement, rtl: bool) -> LayoutFrame:
    """Return the canvas of a placement, divided as the layout says."""
    width, height = placement.size
    reference = {"short": min(width, height), "height": height, "width": width}[layout.reference]
    grid: Grid = layout.grid
    gutter = round(grid.gutter * reference / 1000)
    return LayoutFrame(placement.canvas, safe_box(placement), reference, (grid.columns, grid.rows, gutter), rtl)


def block_boxes(block: Block, frame: LayoutFrame, keep_off: PixelBox | None) -> tuple[PixelBox, ...]:
    """Return a block's areas, cut to the safe area and to one side of `keep_off`, the logo with its clear space."""
    boxes = [frame.box(place).within(frame.safe) for place in block.areas]
    return tuple(box.without(keep_off) if keep_off else box for box in boxes)
