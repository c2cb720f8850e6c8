"""Which part of a master shows."""

from __future__ import annotations

from foundry.plan.shot import Box, MasterFacts
from imaging.pixels.geometry import PixelBox

CropEdges = tuple[float, float, float, float]
_LOW = 0.94
_WHOLE = Box(0, 0, 1000, 1000)


def box_in_pixels(box: Box, facts: MasterFacts) -> CropEdges:
    """A box in thousandths of a master, in its pixels."""
    across, down = facts.width_px, facts.height_px
    return (box.left * across / 1000, box.top * down / 1000, box.right * across / 1000, box.bottom * down / 1000)


def crop_box(facts: MasterFacts, wanted: tuple[int, int], close_up: int | None, place: str = "keep") -> CropEdges:
    """The part of the master, in its pixels, that fills `wanted`: the product stays whole, and in its place.

    With `close_up` the product has this height, in thousandths, and stands in the middle, as it does with `place`
    "center"; "low" puts it near the lower edge.
    """
    ratio = wanted[0] / wanted[1]
    width = min(facts.width_px, facts.height_px * ratio)
    height = width / ratio
    left, top, right, bottom = box_in_pixels(facts.product_box or _WHOLE, facts)
    if close_up:
        needed = max((bottom - top) * 1000 / close_up, (right - left) * 1.12 / ratio)
        height = min(height, needed)
        width = height * ratio
    if close_up or place != "keep":
        x, y = (left + right) / 2 - width / 2, (top + bottom) / 2 - height / 2
        if place == "low":
            y = bottom - height * _LOW
    else:
        x = (facts.width_px - width) * _share(left, right, facts.width_px)
        y = (facts.height_px - height) * _share(top, bottom, facts.height_px)
    x = min(max(x, 0), facts.width_px - width)
    y = min(max(y, 0), facts.height_px - height)
    return (x, y, x + width, y + height)


def _share(low: float, high: float, edge: int) -> float:
    before, after = low, edge - high
    return before / (before + after) if before + after > 0 else 0.5


def product_box_in_frame(facts: MasterFacts, crop: CropEdges, visual: PixelBox) -> PixelBox | None:
    """Where the product shows in the frame; None where the master's record does not say."""
    if facts.product_box is None:
        return None
    left, top, right, bottom = box_in_pixels(facts.product_box, facts)
    across = visual.width / (crop[2] - crop[0])
    down = visual.height / (crop[3] - crop[1])
    xs = [round(visual.left + (x - crop[0]) * across) for x in (left, right)]
    ys = [round(visual.top + (y - crop[1]) * down) for y in (top, bottom)]
    return PixelBox(xs[0], ys[0], xs[1], ys[1]).within(visual)
