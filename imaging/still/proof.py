"""What a designer would send back, found on pixels: clipped or straying ink, collisions, ragged columns, weak contrast.

It measures the drawn letters themselves and believes none of the boxes and ratios that the composition reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.colour import BT709, linear_of_srgb
from foundry.layout.layout import Layout
from foundry.locales import is_rtl
from foundry.plan.shot import MasterFacts
from imaging.pixels.crop import CropEdges, box_in_pixels
from imaging.pixels.geometry import PixelBox
from imaging.still.compose import LetteredSlot, StaticLayer

INKED, SOLID = 24, 250
LARGE_PX, LARGE, SMALL = 24, 3.0, 4.5
UNSURE = 0.03
"""Share by which two measures of one contrast differ, by where each takes the ground's darkest and lightest."""
LEAST_PX = {"legal": 8, "price": 9, "badge": 9}
LEAST_OTHER_PX = 10
STRAY, RAGGED = 0.12, 0.08
CUT = 0.01
"""Of a product's height: what its box may be cut by, as boxes are in thousandths of the master."""
MIRRORED, MIRRORED_WITHIN = frozenset({"headline", "subheadline", "legal"}), 0.035
"""Of the safe width. A block's own margin and a channel's safe area may differ on one side, by 5 px of 1080 where they
do, and what is centred between them is off by half of that in both directions."""
PLATED = 0.7
"""A circle fills 0.79 of its box, the heaviest figures 0.6."""


@dataclass(frozen=True)
class ProofFinding:
    """One thing that is wrong: its kind, the slot or slots, and what was measured against which limit."""

    kind: str
    slot: str
    measured: str


@dataclass(frozen=True)
class DrawnSlot:
    """A slot's drawn pixels: where they are in the frame, and how strong (alpha, uint8)."""

    slot: LetteredSlot
    alpha: NDArray[np.uint8]
    box: PixelBox

    @property
    def field(self) -> str:
        """The slot's name."""
        return self.slot.placed.field


def find_ink(slots: Iterable[LetteredSlot]) -> tuple[DrawnSlot, ...]:
    """The slots that show anything, with the bounds of their ink in the frame."""
    found = []
    for slot in slots:
        alpha = np.asarray(slot.layer.getchannel("A"))
        rows, columns = np.nonzero(alpha >= INKED)
        if len(rows):
            left, top = slot.left_px + int(columns.min()), slot.top_px + int(rows.min())
            right, bottom = slot.left_px + int(columns.max()) + 1, slot.top_px + int(rows.max()) + 1
            found.append(DrawnSlot(slot, alpha, PixelBox(left, top, right, bottom)))
    return tuple(found)


def findings(static: StaticLayer, slots: Sequence[LetteredSlot], locale: str) -> tuple[ProofFinding, ...]:
    """Everything that is wrong with the lettering of a locale over the static layer that faces its way."""
    drawn, ground = find_ink(slots), static.image
    found = [
        *product_cut(static.source[1], static.crop),
        *_cut(drawn, ground.size),
        *_strays(drawn),
        *_collisions(drawn, static.logo),
        *_tiny(drawn),
    ]
    return (*found, *_weak(drawn, ground), *_ragged(drawn, static.layout, is_rtl(locale)))


def product_cut(facts: MasterFacts, crop: CropEdges) -> Iterator[ProofFinding]:
    """The product is not all in the crop that shows."""
    if facts.product_box is None:
        return
    left, top, right, bottom = box_in_pixels(facts.product_box, facts)
    out = max(crop[0] - left, right - crop[2], crop[1] - top, bottom - crop[3]) / (bottom - top)
    if out > CUT:
        yield ProofFinding("product cut", "key_visual", f"by {out:.3f} of its height, at most {CUT:g}")


def _cut(drawn: Sequence[DrawnSlot], size: tuple[int, int]) -> Iterator[ProofFinding]:
    """Ink that reaches the frame's edge, or the edge of its own layer, was cut there or nearly."""
    for one in drawn:
        box = one.box
        if box.left <= 0 or box.top <= 0 or box.right >= size[0] or box.bottom >= size[1]:
            yield ProofFinding(
                "clipped", one.field, f"ink {_said(box)} reaches the edge of the frame {size[0]}x{size[1]}"
            )
        edges = (one.alpha[0], one.alpha[-1], one.alpha[:, 0], one.alpha[:, -1])
        if any(bool((edge >= INKED).any()) for edge in edges):
            yield ProofFinding("clipped", one.field, f"ink reaches the edge of its layer {one.slot.layer.size}")


def _strays(drawn: Sequence[DrawnSlot]) -> Iterator[ProofFinding]:
    for one in drawn:
        told, box = one.slot.placed.box, one.box
        out = max(told.left - box.left, told.top - box.top, box.right - told.right, box.bottom - told.bottom)
        allowed = max(2, round(STRAY * one.slot.placed.size_px))
        if out > allowed:
            yield ProofFinding("strays", one.field, f"ink leaves its slot by {out} px, at most {allowed}")


def _collisions(drawn: Sequence[DrawnSlot], logo: PixelBox | None) -> Iterator[ProofFinding]:
    boxes = [(one.field, one.box) for one in drawn] + ([("logo", logo)] if logo else [])
    for (first, a), (second, b) in combinations(boxes, 2):
        if a.overlaps(b):
            yield ProofFinding("overlaps", f"{first}, {second}", f"{_said(a)} and {_said(b)}")


def _tiny(drawn: Sequence[DrawnSlot]) -> Iterator[ProofFinding]:
    for one in drawn:
        size, least = one.slot.placed.size_px, LEAST_PX.get(one.field, LEAST_OTHER_PX)
        if size < least:
            yield ProofFinding("small", one.field, f"{size} px, at least {least}")


def _weak(drawn: Sequence[DrawnSlot], ground: Image.Image) -> Iterator[ProofFinding]:
    for one in drawn:
        ratio = measured_contrast(one, ground)
        least = LARGE if one.slot.placed.size_px >= LARGE_PX else SMALL
        if ratio < least * (1 - UNSURE):
            yield ProofFinding("contrast", one.field, f"{ratio:.2f}:1, at least {least}:1")


def measured_contrast(one: DrawnSlot, ground: Image.Image) -> float:
    """WCAG contrast of drawn letters: against their plate if they have one, else against what is around the strokes."""
    light = _light(one.slot.layer.convert("RGB"))
    solid = one.alpha >= min(SOLID, int(one.alpha.max()))
    box = one.box
    area = box.width * box.height
    if solid.sum() > PLATED * area:
        return _between_halves(light[solid])
    behind = _light(ground.crop((box.left, box.top, box.right, box.bottom)))
    ink = float(np.median(light[solid]))
    return min(_ratio(ink, float(level)) for level in np.percentile(behind, (5, 95)))


def _between_halves(light: NDArray[np.float32]) -> float:
    """Contrast of the two flat colours of a plate with letters: the darkest and the lightest tenth of it."""
    low, high = np.percentile(light, (2, 98))
    return _ratio(float(low), float(high))


def _ratio(first: float, second: float) -> float:
    high, low = max(first, second), min(first, second)
    return (high + 0.05) / (low + 0.05)


def _light(picture: Image.Image) -> NDArray[np.float32]:
    return np.asarray(linear_of_srgb(np.asarray(picture, dtype=np.float32) / 255) @ BT709, dtype=np.float32)


def _ragged(drawn: Sequence[DrawnSlot], layout: Layout, rtl: bool) -> Iterator[ProofFinding]:
    """Slots one under the other in a block share the edge that its alignment names, or their middle."""
    named = {one.field: one for one in drawn}
    for block in layout.blocks.values():
        column = [named[row[0]] for row in block.slots if len(row) == 1 and row[0] in named]
        for above, below in pairwise(column):
            apart = _apart(above.slot.placed.box, below.slot.placed.box, block.align, rtl)
            allowed = max(2, round(RAGGED * max(above.slot.placed.size_px, below.slot.placed.size_px)))
            if apart > allowed:
                measured = f"{apart} px apart at the {block.align}, at most {allowed}"
                yield ProofFinding("ragged", f"{above.field}, {below.field}", measured)


def _apart(above: PixelBox, below: PixelBox, align: str, rtl: bool) -> int:
    if align == "center":
        return abs(above.left + above.right - below.left - below.right) // 2
    right = rtl if align == "start" else not rtl
    return abs(above.right - below.right) if right else abs(above.left - below.left)


Places = dict[str, tuple[float, float]]


def places(drawn: Sequence[DrawnSlot], logo: PixelBox | None, safe: PixelBox) -> Places:
    """Where what begins a line of reading stands across the safe area: field → its left and right edge, 0 to 1.

    Not across the frame: a channel that covers one side of it covers the same side for every locale.
    """
    boxes = {one.field: one.slot.placed.box for one in drawn if one.field in MIRRORED}
    if logo:
        boxes["logo"] = logo
    return {name: ((b.left - safe.left) / safe.width, (b.right - safe.left) / safe.width) for name, b in boxes.items()}


def find_unmirrored(left_to_right: Places, right_to_left: Places) -> Iterator[ProofFinding]:
    """What is not mirrored: its start, end and middle all stand elsewhere than in the mirror."""
    for field, (left, right) in right_to_left.items():
        if field not in left_to_right:
            continue
        there = left_to_right[field]
        turned = (1 - right, 1 - left)
        middles = (sum(there) / 2, sum(turned) / 2)
        pairs = (*zip(there, turned, strict=True), middles)
        if min(abs(a - b) for a, b in pairs) > MIRRORED_WITHIN:
            measured = (
                f"from {left:.2f} to {right:.2f} of the safe width; from left to right {there[0]:.2f} to {there[1]:.2f}"
            )
            yield ProofFinding("not mirrored", field, measured)


def _said(box: PixelBox) -> str:
    return f"{box.left},{box.top} to {box.right},{box.bottom}"
