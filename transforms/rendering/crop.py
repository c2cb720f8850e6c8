"""Which part of a master shows."""

from __future__ import annotations

from foundry.shot import Box, MasterFacts

Crop = tuple[float, float, float, float]


def crop_box(facts: MasterFacts, wanted: tuple[int, int], close_up: int | None) -> Crop:
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
