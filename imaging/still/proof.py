"""Flaws of a layout found on pixels: clipped or straying ink, collisions, ragged columns, weak contrast.

The drawn letters themselves are measured; the boxes and ratios that the composition reports are not relied on.
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
from imaging.pixels.contrast import contrast, least_contrast
from imaging.pixels.crop import CropEdges, box_in_pixels
from imaging.pixels.geometry import PixelBox
from imaging.still.compose import LetteredSlot, StaticLayer

INKED, SOLID = 24, 250
"""Alpha from which on a pixel counts as ink, and as full ink."""
UNSURE = 0.03
"""Share by which two measures of one contrast may differ, as they take the ground's darkest and lightest elsewhere."""
LEAST_PX = {"legal": 8, "price": 9, "badge": 9}
LEAST_OTHER_PX = 10
STRAY, RAGGED = 0.12, 0.08
"""Shares of the type's size: how far ink may leave its slot, and how far edges of one column may differ."""
CUT = 0.01
"""Share of a product's height that its box may be cut by, as boxes are in thousandths of the master."""
MIRRORED, MIRRORED_WITHIN = frozenset({"headline", "subheadline", "legal"}), 0.035
"""Fields whose place is mirrored, and the tolerance in shares of the safe width. A block's margin and a channel's safe
area may differ on one side, by 5 px of 1080, and a slot centred between them is off by half of that both ways."""
PLATED = 0.7
"""Share of its box from which on a slot's ink is a plate: a circle fills 0.79 of its box, the heaviest figures 0.6."""


@dataclass(frozen=True)
class ProofFinding:
    """One flaw: its kind, the slot or slots, and the measure with its limit."""

    kind: str
    slot: str
    measured: str


@dataclass(frozen=True)
class DrawnSlot:
    """A slot's drawn pixels: their alpha (uint8), and the bounds of their ink in the frame."""

    slot: LetteredSlot
    alpha: NDArray[np.uint8]
    box: PixelBox

    @property
    def field(self) -> str:
        """Return the slot's field."""
        return self.slot.placed.field


def find_ink(slots: Iterable[LetteredSlot]) -> tuple[DrawnSlot, ...]:
    """Return the slots that have any ink, with the bounds of their ink in the frame."""
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
    """Return every flaw of a locale's lettering over the static layer in its direction of reading."""
    drawn, ground = find_ink(slots), static.image
    found = [
        *product_cut(static.source[1], static.crop),
        *_find_clipped(drawn, ground.size),
        *_find_strays(drawn),
        *_find_collisions(drawn, static.logo),
        *_find_small(drawn),
    ]
    return (*found, *_find_weak(drawn, ground), *_find_ragged(drawn, static.layout, is_rtl(locale)))


def product_cut(facts: MasterFacts, crop: CropEdges) -> Iterator[ProofFinding]:
    """Yield a finding if the product is not whole in the crop."""
    if facts.product_box is None:
        return
    left, top, right, bottom = box_in_pixels(facts.product_box, facts)
    out = max(crop[0] - left, right - crop[2], crop[1] - top, bottom - crop[3]) / (bottom - top)
    if out > CUT:
        yield ProofFinding("product cut", "key_visual", f"by {out:.3f} of its height, at most {CUT:g}")


def _find_clipped(drawn: Sequence[DrawnSlot], size: tuple[int, int]) -> Iterator[ProofFinding]:
    """Yield ink that reaches the frame's edge or the edge of its own layer, where it may have been cut."""
    for one in drawn:
        box = one.box
        if box.left <= 0 or box.top <= 0 or box.right >= size[0] or box.bottom >= size[1]:
            yield ProofFinding(
                "clipped", one.field, f"ink {_edges(box)} reaches the edge of the frame {size[0]}x{size[1]}"
            )
        edges = (one.alpha[0], one.alpha[-1], one.alpha[:, 0], one.alpha[:, -1])
        if any(bool((edge >= INKED).any()) for edge in edges):
            yield ProofFinding("clipped", one.field, f"ink reaches the edge of its layer {one.slot.layer.size}")


def _find_strays(drawn: Sequence[DrawnSlot]) -> Iterator[ProofFinding]:
    for one in drawn:
        slot, ink = one.slot.placed.box, one.box
        out = max(slot.left - ink.left, slot.top - ink.top, ink.right - slot.right, ink.bottom - slot.bottom)
        allowed = max(2, round(STRAY * one.slot.placed.size_px))
        if out > allowed:
            yield ProofFinding("strays", one.field, f"ink leaves its slot by {out} px, at most {allowed}")


def _find_collisions(drawn: Sequence[DrawnSlot], logo: PixelBox | None) -> Iterator[ProofFinding]:
    boxes = [(one.field, one.box) for one in drawn] + ([("logo", logo)] if logo else [])
    for (first, a), (second, b) in combinations(boxes, 2):
        if a.overlaps(b):
            yield ProofFinding("overlaps", f"{first}, {second}", f"{_edges(a)} and {_edges(b)}")


def _find_small(drawn: Sequence[DrawnSlot]) -> Iterator[ProofFinding]:
    for one in drawn:
        size, least = one.slot.placed.size_px, LEAST_PX.get(one.field, LEAST_OTHER_PX)
        if size < least:
            yield ProofFinding("small", one.field, f"{size} px, at least {least}")


def _find_weak(drawn: Sequence[DrawnSlot], ground: Image.Image) -> Iterator[ProofFinding]:
    for one in drawn:
        ratio = measured_contrast(one, ground)
        least = least_contrast(one.slot.placed.size_px)
        if ratio < least * (1 - UNSURE):
            yield ProofFinding("contrast", one.field, f"{ratio:.2f}:1, at least {least}:1")


def measured_contrast(one: DrawnSlot, ground: Image.Image) -> float:
    """Return the WCAG contrast of drawn letters with their plate if they have one, else with the ground around them."""
    light = _light(one.slot.layer.convert("RGB"))
    solid = one.alpha >= min(SOLID, int(one.alpha.max()))
    box = one.box
    area = box.width * box.height
    if solid.sum() > PLATED * area:
        return _between_halves(light[solid])
    behind = _light(ground.crop((box.left, box.top, box.right, box.bottom)))
    ink = float(np.median(light[solid]))
    return min(contrast(ink, float(level)) for level in np.percentile(behind, (5, 95)))


def _between_halves(light: NDArray[np.float32]) -> float:
    """Return the contrast of the two flat colours of a plate with letters: its darkest and its lightest pixels."""
    low, high = np.percentile(light, (2, 98))
    return contrast(float(low), float(high))


def _light(picture: Image.Image) -> NDArray[np.float32]:
    return np.asarray(linear_of_srgb(np.asarray(picture, dtype=np.float32) / 255) @ BT709, dtype=np.float32)


def _find_ragged(drawn: Sequence[DrawnSlot], layout: Layout, rtl: bool) -> Iterator[ProofFinding]:
    """Yield slots of a column that do not share the edge of the block's alignment, or their middle if it is centred."""
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
"""Field → its left and right edge in shares of the safe area's width, 0 to 1."""


def places(drawn: Sequence[DrawnSlot], logo: PixelBox | None, safe: PixelBox) -> Places:
    """Return the places across the safe area of the slots whose place is mirrored, and of the logo.

    The safe area counts, not the frame: a channel that covers one side of it covers the same side for every locale.
    """
    boxes = {one.field: one.slot.placed.box for one in drawn if one.field in MIRRORED}
    if logo:
        boxes["logo"] = logo
    return {name: ((b.left - safe.left) / safe.width, (b.right - safe.left) / safe.width) for name, b in boxes.items()}


def find_unmirrored(left_to_right: Places, right_to_left: Places) -> Iterator[ProofFinding]:
    """Yield fields that are not mirrored: start, end and middle all stand elsewhere than in the mirror image."""
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


def _edges(box: PixelBox) -> str:
    return f"{box.left},{box.top} to {box.right},{box.bottom}"
