"""A reader of PDF pages, by pikepdf: page boxes, colours, and hidden content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from foundry.channel.inspection.found import CannotRead, FileFacts, Page

if TYPE_CHECKING:
    import pikepdf

MM_PER_POINT = 25.4 / 72
MOST_OBJECTS = 200_000
SPACES = {"/DeviceRGB": "rgb", "/CalRGB": "rgb", "/DeviceCMYK": "cmyk", "/DeviceGray": "grey", "/CalGray": "grey",
          "/Separation": "spot", "/DeviceN": "spot", "/Lab": "lab", "/Indexed": "palette"}  # fmt: skip
BY_CHANNELS = {1: "grey", 3: "rgb", 4: "cmyk"}


def inspect_page(file: BinaryIO, name: str, size_bytes: int) -> FileFacts:
    """Return the facts of a PDF's first page; one that is locked, damaged or empty is refused."""
    try:
        import pikepdf
    except ImportError as error:
        remedy = "Run `pip install campaign-foundry[print]`."
        raise CannotRead(name, "is a pdf, for which no reader is installed", remedy) from error
    try:
        with pikepdf.open(file) as document:
            return _facts(document, name, size_bytes)
    except pikepdf.PasswordError as error:
        raise CannotRead(name, "is a pdf with a password", "Export it without one.") from error
    except (pikepdf.PdfError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise CannotRead(name, f"is a pdf that cannot be read: {error}", "Export it again.") from error


def _facts(document: pikepdf.Pdf, name: str, size_bytes: int) -> FileFacts:
    if not document.pages:
        raise CannotRead(name, "is a pdf without a page", "Export it again.")
    if len(document.objects) > MOST_OBJECTS:
        what = f"is a pdf of {len(document.objects)} objects; the limit is {MOST_OBJECTS}"
        raise CannotRead(name, what, "Flatten it.")
    first = document.pages[0]
    trim, bleed = _box(first.trimbox), _box(first.get("/BleedBox", first.mediabox))
    sides = (trim[0] - bleed[0], trim[1] - bleed[1], bleed[2] - trim[2], bleed[3] - trim[3])
    page = Page(
        pages=len(document.pages),
        width_mm=round((trim[2] - trim[0]) * MM_PER_POINT, 2),
        height_mm=round((trim[3] - trim[1]) * MM_PER_POINT, 2),
        bleed_mm=round(max(min(sides), 0) * MM_PER_POINT, 2),
        colours=tuple(sorted(set(_colours(first)))),
        profile=_intent(document),
    )
    xmp = "/Metadata" in document.Root
    return FileFacts(
        name=name,
        kind="page",
        format="pdf",
        size_bytes=size_bytes,
        page=page,
        leaks=tuple(sorted(set(_leaks(document)))),
        xmp=xmp,
    )


def _box(array: Any) -> tuple[float, float, float, float]:
    left, low, right, high = (float(value) for value in array)
    return min(left, right), min(low, high), max(left, right), max(low, high)


def _colours(page: Any) -> Iterator[str]:
    """Yield the colours of the page's pictures and named spaces, and those that its drawing sets directly."""
    import pikepdf

    resources = page.get("/Resources", {})
    for picture in dict(page.get_images()).values():
        yield _space(picture.get("/ColorSpace"))
    for space in dict(resources.get("/ColorSpace", {})).values():
        yield _space(space)
    setting = {"rg": "rgb", "RG": "rgb", "k": "cmyk", "K": "cmyk", "g": "grey", "G": "grey"}
    for instruction in pikepdf.parse_content_stream(page):
        if str(instruction.operator) in setting:
            yield setting[str(instruction.operator)]


def _space(space: Any) -> str:
    import pikepdf

    if space is None:
        return "none"
    if isinstance(space, pikepdf.Name):
        return SPACES.get(str(space), "other")
    kind = str(space[0])
    if kind == "/ICCBased":
        return BY_CHANNELS.get(int(space[1].get("/N", 0)), "other")
    return SPACES.get(kind, "other")


def _intent(document: pikepdf.Pdf) -> str | None:
    from foundry.channel.inspection.profiles import name_of

    for intent in document.Root.get("/OutputIntents", ()):  # the first that names a profile
        if "/DestOutputProfile" in intent:
            return name_of(bytes(intent["/DestOutputProfile"].read_bytes()))
        if "/OutputConditionIdentifier" in intent:
            return str(intent["/OutputConditionIdentifier"])
    return None


def _leaks(document: pikepdf.Pdf) -> Iterator[str]:
    root = document.Root
    names: Any = root.get("/Names", {})
    if "/JavaScript" in names or "/OpenAction" in root or "/AA" in root:
        yield "script or action"
    if "/EmbeddedFiles" in names:
        yield "attached file"
    if "/Author" in (document.docinfo if "/Info" in document.trailer else {}):
        yield "author's name"
