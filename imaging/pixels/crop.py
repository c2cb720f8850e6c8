"""The part of a master that a layout shows."""

from __future__ import annotations

from foundry.plan.shot import Box, MasterFacts
from imaging.pixels.geometry import PixelBox

CropEdges = tuple[float, float, float, float]
"""Left, top, right and bottom of a part of a master, in its pixels; edges may lie between pixels."""
_LOW = 0.94
"""Share of the crop's height at which a product that is placed low ends."""
_WHOLE = Box(0, 0, 1000, 1000)


def box_in_pixels(box: Box, facts: MasterFacts) -> CropEdges:
    """Return a box given in thousandths of a master, in the master's pixels."""
    across, down = facts.width_px, facts.height_px
    return (box.left * across / 1000, box.top * down / 1000, box.right * across / 1000, box.bottom * down / 1000)


def crop_box(facts: MasterFacts, wanted: tuple[int, int], close_up: int | None, place: str = "keep") -> CropEdges:
    """Return the largest part of the master with the aspect of `wanted` (width, height in pixels).

    The product stays whole where the aspect allows it, and where it stands across and down, or moves as `place` says:
    "center" puts it in the middle, "low" near the lower edge. With `close_up` the part is smaller, so that the product
    has this height in thousandths of the part, in the middle unless `place` is "low".
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
    """Return which share of the space around a product lies before it; half if there is none."""
    before, after = low, edge - high
    return before / (before + after) if before + after > 0 else 0.5


def product_box_in_frame(facts: MasterFacts, crop: CropEdges, visual: PixelBox) -> PixelBox | None:
    """Return the product's box in the frame, cut to the key visual; None where the master's record names no product."""
    if facts.product_box is None:
        return None
    left, top, right, bottom = box_in_pixels(facts.product_box, facts)
    across = visual.width / (crop[2] - crop[0])
    down = visual.height / (crop[3] - crop[1])
    xs = [round(visual.left + (x - crop[0]) * across) for x in (left, right)]
    ys = [round(visual.top + (y - crop[1]) * down) for y in (top, bottom)]
    return PixelBox(xs[0], ys[0], xs[1], ys[1]).within(visual)
