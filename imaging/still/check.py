"""Checks of a finished file, measured on its bytes and on its composition."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np
from PIL import Image, ImageStat

from foundry.channel.inspection import FileFacts, inspect
from foundry.channel.inspection.verdict import judge
from foundry.channel.placement import Placement
from foundry.manifest import CheckRecord
from imaging.pixels.contrast import LARGE_PX, READABLE, READABLE_LARGE, least_contrast
from imaging.pixels.geometry import PixelBox, safe_box
from imaging.still.compose import FinishedPicture, PlacedSlot
from imaging.still.product_sight import GivenProduct, ProductSight, see_product

NamedBoxes = list[tuple[str, PixelBox]]
BLANK_LEVELS = 2.0
"""Standard deviation in levels of 256 below which a picture is blank."""
LEAST_SHOWN, MOST_COLOUR, LEAST_STRUCTURE, LEAST_OUTLINE = 0.15, 20.0, 0.5, 0.2
"""Limits of `imaging.still.product_sight`: shares of 1, and a distance in CIE L*a*b*."""


def check(
    data: bytes, composed: FinishedPicture, placement: Placement, given: GivenProduct | None = None
) -> tuple[CheckRecord, ...]:
    """Return every measure of a still with its limit; it is published only if all pass.

    The bytes are read again by `foundry.channel.inspection`, which shares no code with the encoders; CannotRead if they
    are no whole file. Safe area, overlap, contrast and share of copy are measured on the composition. The product is
    compared with the picture that was `given` of it, on the file's own pixels where its reader decodes them.
    """
    decoded: list[Image.Image] = []
    found = inspect(data, placement.name, decoded.append)
    of_file = (*file_checks(found, placement), _not_blank(found, composed.image))
    checks = (*of_file, *composition_checks(composed, placement))
    return (*checks, check_product((*decoded, composed.image)[0], composed, given)) if given else checks


def file_checks(found: FileFacts, placement: Placement) -> tuple[CheckRecord, ...]:
    """Return the placement's rules as checks of a finished still, film or page; rules that only advise are left out."""
    findings = judge(found, placement, exact=True).findings
    return tuple(CheckRecord(f.rule, f.passed, f.measured, f.limit) for f in findings if not f.advice)


def composition_checks(composed: FinishedPicture, placement: Placement) -> tuple[CheckRecord, ...]:
    """Return the checks of safe area, overlap and contrast, and of the share of copy where the placement limits it."""
    share = () if placement.text_share is None else (_text_share(composed, placement, placement.text_share),)
    return (
        _inside(composed, placement),
        check_apart([named_boxes(composed.slots, composed.logo)]),
        check_contrast(composed.slots),
        *share,
    )


def check_record(name: str, passed: bool, measured: str, limit: str) -> CheckRecord:
    """Return one measure with its limit as a record."""
    return CheckRecord(name, bool(passed), measured, limit)


def _not_blank(found: FileFacts, image: Image.Image) -> CheckRecord:
    """Check the file's own pixels where its reader decodes them, else (films, pages) the composition's."""
    spread = found.picture.spread if found.picture else None
    if spread is None:
        spread = ImageStat.Stat(image.convert("L")).stddev[0]
    measured = f"{spread:.1f} levels of deviation"
    return check_record("not_blank", spread >= BLANK_LEVELS, measured, f"at least {BLANK_LEVELS:g}")


def check_product(image: Image.Image, composed: FinishedPicture, given: GivenProduct) -> CheckRecord:
    """Check that a picture shows the product that was given, in its place: its colours, structure and outline."""
    if composed.product is None:
        return check_record("product", False, "no place is known for it", "its place is known")
    if image.size != composed.image.size:
        image = image.resize(composed.image.size)
    covers = [box for _, box in named_boxes(composed.slots, composed.logo)]
    return product_record(see_product(image, composed.product, given, covers))


def product_record(sight: ProductSight) -> CheckRecord:
    """Return what is seen of a product as a check, with all limits; a measure that does not apply is not named."""
    shares = (("structure", sight.structure, LEAST_STRUCTURE), ("outline", sight.outline, LEAST_OUTLINE))
    wrong = sight.shown < LEAST_SHOWN or (sight.colour or 0.0) > MOST_COLOUR
    wrong = wrong or any(share is not None and share < least for _, share, least in shares)
    measured = [f"shown {sight.shown:.2f}"]
    measured += [] if sight.colour is None else [f"colour {sight.colour:.1f}"]
    measured += [f"{name} {share:.2f}" for name, share, _ in shares if share is not None]
    limit = f"shown at least {LEAST_SHOWN}, colour at most {MOST_COLOUR:g}"
    limit += "".join(f", {name} at least {least}" for name, _, least in shares)
    return check_record("product", not wrong, ", ".join(measured), limit)


def _text_share(composed: FinishedPicture, placement: Placement, limit: int) -> CheckRecord:
    """Check the thousandths of the frame under the boxes of copy; where boxes overlap, they count once."""
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
    """Return the boxes of the slots and the logo of one picture with their names."""
    boxes = [(slot.field, slot.box) for slot in slots]
    return [*boxes, ("logo", logo)] if logo else boxes


def check_apart(pictures: Iterable[NamedBoxes]) -> CheckRecord:
    """Check that no two boxes of a picture overlap, on any of the pictures."""
    over = [f"{a} on {b}" for boxes in pictures for (a, x), (b, y) in combinations(boxes, 2) if x.overlaps(y)]
    return check_record("no_overlap", not over, ", ".join(over) or "none", "none")


def check_contrast(slots: tuple[PlacedSlot, ...]) -> CheckRecord:
    """Check the contrast of every slot with its ground: 3:1 for large type, else 4.5:1 (WCAG 2.2)."""
    low = [f"{slot.field} {slot.contrast}:1" for slot in slots if slot.contrast < least_contrast(slot.size_px)]
    least = min((slot.contrast for slot in slots), default=21.0)
    limit = f"{READABLE_LARGE}:1 for {LARGE_PX} px and above, else {READABLE}:1"
    return check_record("contrast", not low, ", ".join(low) or f"at least {least}:1", limit)
