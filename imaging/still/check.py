"""What is true of a finished file, measured on its bytes and on its composition."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np
from PIL import Image, ImageStat

from foundry.channel.inspection import FileFacts, inspect
from foundry.channel.inspection.verdict import judge
from foundry.channel.placement import Placement
from foundry.manifest import CheckRecord
from imaging.pixels.geometry import PixelBox, safe_box
from imaging.still.compose import FinishedPicture, PlacedSlot

NamedBoxes = list[tuple[str, PixelBox]]
LARGE_PX, LARGE, SMALL = 24, 3.0, 4.5
BLANK_LEVELS = 2.0


def check(data: bytes, composed: FinishedPicture, placement: Placement) -> tuple[CheckRecord, ...]:
    """Every measure with its limit; a file is published only if all pass.

    The bytes are read again by `foundry.channel.inspection`, which knows nothing of how they were written; CannotRead
    if they are no whole file. What layout has to answer for is measured on the composition.
    """
    found = inspect(data, placement.name)
    return (*file_checks(found, placement), _not_blank(found, composed.image), *composition_checks(composed, placement))


def file_checks(found: FileFacts, placement: Placement) -> tuple[CheckRecord, ...]:
    """The placement's rules held against a finished still, film or page; advice is no check."""
    findings = judge(found, placement, exact=True).findings
    return tuple(CheckRecord(f.rule, f.passed, f.measured, f.limit) for f in findings if not f.advice)


def composition_checks(composed: FinishedPicture, placement: Placement) -> tuple[CheckRecord, ...]:
    """Safe area, overlap, contrast, and the share of copy where the placement limits it."""
    share = () if placement.text_share is None else (_text_share(composed, placement, placement.text_share),)
    return (
        _inside(composed, placement),
        check_apart([named_boxes(composed.slots, composed.logo)]),
        check_contrast(composed.slots),
        *share,
    )


def check_record(name: str, passed: bool, measured: str, limit: str) -> CheckRecord:
    """One measure with its limit."""
    return CheckRecord(name, bool(passed), measured, limit)


def _not_blank(found: FileFacts, image: Image.Image) -> CheckRecord:
    """On the file's own pixels where its reader decodes them, else (films, pages) on the composition's."""
    spread = found.picture.spread if found.picture else None
    if spread is None:
        spread = ImageStat.Stat(image.convert("L")).stddev[0]
    measured = f"{spread:.1f} levels of deviation"
    return check_record("not_blank", spread >= BLANK_LEVELS, measured, f"at least {BLANK_LEVELS:g}")


def _text_share(composed: FinishedPicture, placement: Placement, limit: int) -> CheckRecord:
    """Thousandths of the frame under the boxes of copy; where boxes overlap, counted once."""
    w, h = placement.canvas
    under = np.zeros((h, w), dtype=bool)
    for slot in composed.slots:
        under[max(slot.box.top, 0) : slot.box.bottom, max(slot.box.left, 0) : slot.box.right] = True
    share = round(1000 * float(under.mean()))
    return check_record("text_share", share <= limit, f"{share} thousandths", f"at most {limit}")


def _inside(composed: FinishedPicture, placement: Placement) -> CheckRecord:
    safe = safe_box(placement)
    out = [slot.field for slot in composed.slots if not slot.box.is_inside(safe)]
    if composed.logo and not composed.logo.is_inside(safe):
        out.append("logo")
    return check_record("safe_area", not out, ", ".join(out) or "all inside", "all inside")


def named_boxes(slots: Iterable[PlacedSlot], logo: PixelBox | None) -> NamedBoxes:
    """What lies on one picture, by the names that people know."""
    boxes = [(slot.field, slot.box) for slot in slots]
    return [*boxes, ("logo", logo)] if logo else boxes


def check_apart(pictures: Iterable[NamedBoxes]) -> CheckRecord:
    """Whether on none of the pictures two boxes meet."""
    over = [f"{a} on {b}" for boxes in pictures for (a, x), (b, y) in combinations(boxes, 2) if x.overlaps(y)]
    return check_record("no_overlap", not over, ", ".join(over) or "none", "none")


def check_contrast(slots: tuple[PlacedSlot, ...]) -> CheckRecord:
    """Contrast of every slot against what lies behind it: 3:1 for large type, else 4.5:1 (WCAG 2.2)."""
    low = [
        f"{slot.field} {slot.contrast}:1"
        for slot in slots
        if slot.contrast < (LARGE if slot.size_px >= LARGE_PX else SMALL)
    ]
    least = min((slot.contrast for slot in slots), default=21.0)
    limit = f"{LARGE}:1 for {LARGE_PX} px and above, else {SMALL}:1"
    return check_record("contrast", not low, ", ".join(low) or f"at least {least}:1", limit)
