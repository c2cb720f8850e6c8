"""What is true of a finished file, measured on its bytes and on its composition."""

from __future__ import annotations

import io
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.channel import Placement
from foundry.manifest import CheckRecord
from transforms.rendering.compose import Composition, PlacedSlot
from transforms.rendering.encode import srgb_profile
from transforms.rendering.setting import PixelBox

LARGE_PX, LARGE, SMALL = 24, 3.0, 4.5


def check(data: bytes, composed: Composition, placement: Placement) -> tuple[CheckRecord, ...]:
    """Every measure with its limit; a file is published only if all pass."""
    with Image.open(io.BytesIO(data)) as file:
        file.load()
        form, size, profile = str(file.format).lower(), file.size, file.info.get("icc_profile")
        pixels = np.asarray(file.convert("RGB"), dtype=np.float32)
        location = bool(file.getexif().get_ifd(0x8825))
    limit = placement.size
    return (
        _is("pixels", size == limit, _px(size), _px(limit)),
        _is("format", form in placement.formats, form, " or ".join(placement.formats)),
        _is(
            "bytes",
            len(data) <= placement.max_bytes,
            str(len(data)),
            f"at most {placement.max_bytes}",
        ),
        _is("profile", profile == srgb_profile(), "sRGB" if profile else "none", "sRGB"),
        _is("no_location", not location, "GPS" if location else "none", "none"),
        _not_blank(pixels),
        _inside(composed, placement),
        _apart(composed),
        _readable(composed.slots),
    )


def _is(name: str, passed: bool, measured: str, limit: str) -> CheckRecord:
    return CheckRecord(name, bool(passed), measured, limit)


def _px(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _not_blank(pixels: NDArray[np.float32]) -> CheckRecord:
    spread = float(pixels.mean(axis=2).std())
    return _is("not_blank", spread >= 2, f"{spread:.1f} levels of deviation", "at least 2")


def safe_box(placement: Placement) -> PixelBox:
    """The safe area in pixels."""
    w, h = placement.size
    safe = placement.safe_area
    return PixelBox(
        w * safe.left // 1000,
        h * safe.top // 1000,
        w - w * safe.right // 1000,
        h - h * safe.bottom // 1000,
    )


def _inside(composed: Composition, placement: Placement) -> CheckRecord:
    safe = safe_box(placement)
    out = [slot.field for slot in composed.slots if not _within(slot.box, safe)]
    if composed.logo and not _within(composed.logo, safe):
        out.append("logo")
    return _is("safe_area", not out, ", ".join(out) or "all inside", "all inside")


def _within(box: PixelBox, safe: PixelBox) -> bool:
    across = box.left >= safe.left and box.right <= safe.right
    return across and box.top >= safe.top and box.bottom <= safe.bottom


def _apart(composed: Composition) -> CheckRecord:
    boxes = [(slot.field, slot.box) for slot in composed.slots]
    if composed.logo:
        boxes.append(("logo", composed.logo))
    over = [f"{a} on {b}" for (a, x), (b, y) in combinations(boxes, 2) if _overlap(x, y)]
    return _is("no_overlap", not over, ", ".join(over) or "none", "none")


def _overlap(a: PixelBox, b: PixelBox) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def _readable(slots: tuple[PlacedSlot, ...]) -> CheckRecord:
    low = [
        f"{slot.field} {slot.contrast}:1"
        for slot in slots
        if slot.contrast < (LARGE if slot.size_px >= LARGE_PX else SMALL)
    ]
    least = min((slot.contrast for slot in slots), default=21.0)
    limit = f"{LARGE}:1 for {LARGE_PX} px and above, else {SMALL}:1"
    return _is("contrast", not low, ", ".join(low) or f"at least {least}:1", limit)
