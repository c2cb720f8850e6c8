"""The rules of printed placements: for a PDF page, or a TIFF with its bleed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from foundry.channel.inspection.finding import Finding
from foundry.channel.inspection.found import FileFacts, Page, Picture
from foundry.channel.inspection.still_rules import alpha_finding
from foundry.channel.placement import MM_PER_INCH, Placement, Print

NEAR_MM = 0.5
"""The tolerance of sizes, which is less than that of a printer's cut."""
NEAR_DOTS = 1.0
INKS = {"cmyk": ("cmyk", "grey", "spot", "none"), "rgb": ("rgb", "grey", "cmyk", "spot", "none")}


def print_findings(found: FileFacts, placement: Placement) -> Iterator[Finding]:
    """Yield the findings for print; only the first for a file that is neither a page nor a still."""
    printed = placement.printed
    flat = found.kind in ("page", "still")
    yield Finding("flat", flat, found.kind, "page or still", "Export it as PDF or TIFF.")
    if printed is None:
        return
    if found.page:
        yield from _page(found.page, placement, printed)
    elif found.picture and flat:
        yield from _sheet(found, found.picture, placement, printed)


def millimetres(edge_px: int, printed: Print) -> float:
    """Return the length of a trimmed edge."""
    return float(Decimal(edge_px) * MM_PER_INCH / printed.dots_per_inch)


def _page(page: Page, placement: Placement, printed: Print) -> Iterator[Finding]:
    wanted = [millimetres(edge, printed) for edge in placement.size]
    off = max(abs(page.width_mm - wanted[0]), abs(page.height_mm - wanted[1]))
    limit = f"{wanted[0]:.1f} x {wanted[1]:.1f} mm"
    size = f"{page.width_mm:.1f} x {page.height_mm:.1f} mm"
    yield Finding("trimmed size", off <= NEAR_MM, size, limit, "Set the page's TrimBox.")
    bleed = float(printed.bleed_mm)
    enough = page.bleed_mm >= bleed - 0.1
    yield Finding("bleed", enough, f"{page.bleed_mm} mm", f"at least {bleed:g} mm", "Draw over the edge, set BleedBox.")
    yield Finding("pages", page.pages == 1, str(page.pages), "1", "Export one page.")
    wrong = [colour for colour in page.colours if colour not in INKS[printed.colour]]
    yield _ink(not wrong, ", ".join(page.colours) or "none", printed)
    yield _intent(page.profile)


def _sheet(found: FileFacts, picture: Picture, placement: Placement, printed: Print) -> Iterator[Finding]:
    size, canvas = (found.width_px, found.height_px), placement.canvas
    limit = f"{canvas[0]}x{canvas[1]}"
    remedy = f"Export it with {limit} pixels, bleed included."
    yield Finding("pixels", size == canvas, f"{size[0]}x{size[1]}", limit, remedy)
    dots = picture.dots_per_inch
    near = dots is not None and abs(dots - printed.dots_per_inch) <= NEAR_DOTS
    remedy = f"State {printed.dots_per_inch} dots per inch in the file."
    yield Finding("resolution", near, f"{dots} dpi" if dots else "none", f"{printed.dots_per_inch} dpi", remedy)
    yield _ink(picture.colour in INKS[printed.colour], picture.colour, printed)
    yield alpha_finding(picture.see_through)
    yield _intent(picture.profile)


def _ink(passed: bool, measured: str, printed: Print) -> Finding:
    return Finding("colour", passed, measured, printed.colour, f"Convert it to {printed.colour} for the printer.")


def _intent(profile: str | None) -> Finding:
    known = profile is not None and profile != "damaged"
    return Finding("profile", known, profile or "none", "the printer's profile", "Embed the profile it was made for.")
