"""The rules of placements for still pictures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from foundry.channel.inspection.finding import Finding
from foundry.channel.inspection.found import FileFacts, Picture
from foundry.channel.placement import Placement

SCREEN_COLOURS = ("rgb", "grey", "palette")
DEEP = {"avif": 12, "jxl": 16}
TURNED = {1: "upright", 2: "flipped", 3: "turned by 180 degrees", 4: "flipped and turned by 180 degrees",
          5: "flipped and turned by 90 degrees", 6: "turned by 90 degrees", 7: "flipped and turned by 270 degrees",
          8: "turned by 270 degrees"}  # fmt: skip


def still_findings(found: FileFacts, placement: Placement, exact: bool) -> Iterator[Finding]:
    """Yield the findings for a still on a screen; only the first for a file that is none."""
    moves = f"{found.moving.frames} frames" if found.moving else "a page" if found.page else "still"
    yield Finding("still", found.kind == "still", moves, "still", "Export one frame of it.")
    if found.picture is None or found.kind != "still":
        return
    yield pixel_finding(found, placement, exact)
    yield from _colours(found.picture, found.format, exact)
    yield alpha_finding(found.picture.see_through)
    turned = TURNED.get(found.picture.orientation, "turned")
    yield Finding("upright", turned == "upright", turned, "upright", "Turn the pixels and remove the EXIF orientation.")


def alpha_finding(see_through: float) -> Finding:
    """Return the finding on transparency: channels show such pixels on black, white or their page, as they please."""
    measured = f"alpha, {see_through:.1%} of the pixels are not opaque" if see_through else "opaque"
    remedy = "Flatten it: put it on the ground that is to be seen, and remove the alpha channel."
    return Finding("alpha", not see_through, measured, "opaque", remedy)


def _colours(picture: Picture, form: str, exact: bool) -> Iterator[Finding]:
    """Yield the findings on colours. Channels take any profile, and none for sRGB: for others' files it is advice."""
    screen = picture.colour in SCREEN_COLOURS
    yield Finding("colour", screen, picture.colour, "rgb", "Convert it to RGB with its own profile.")
    deepest = DEEP.get(form, 8)
    remedy = "Export it with 8 bits a channel."
    yield Finding("bits", picture.bits <= deepest, str(picture.bits), f"at most {deepest} a channel", remedy)
    if form == "jxl":
        return
    remedy = "Convert it to sRGB, and embed the profile." if picture.profile else "Embed the sRGB profile."
    yield Finding("profile", picture.srgb, picture.profile or "none", "sRGB", remedy, advice=not exact)


def pixel_finding(found: FileFacts, placement: Placement, exact: bool) -> Finding:
    """Return the finding on the size: that of the placement or, unless `exact`, another that the channel accepts."""
    size, others = (found.width_px, found.height_px), placement.other_sizes
    limit = f"{placement.width_px}x{placement.height_px}"
    passed = size == placement.size
    if others and not exact:
        limit += f", or {others.tolerance_percent} % near its shape from {others.smallest[0]}x{others.smallest[1]}"
        if others.largest:
            limit += f" to {others.largest[0]}x{others.largest[1]}"
        passed = passed or _another(size, placement)
    remedy = f"Export it with {placement.width_px}x{placement.height_px} pixels."
    return Finding("pixels", passed, f"{size[0]}x{size[1]}", limit, remedy)


def _another(size: tuple[int, int], placement: Placement) -> bool:
    others = placement.other_sizes
    if others is None or not size[1]:
        return False
    wanted = Decimal(placement.width_px) / placement.height_px
    off = abs(Decimal(size[0]) / size[1] / wanted - 1) * 100
    largest = others.largest or size
    within = all(low <= edge <= high for low, edge, high in zip(others.smallest, size, largest, strict=True))
    return within and off <= others.tolerance_percent
