"""PDF 1.6 of one printed page: one picture with bleed, page boxes in points, and an output intent.

Boxes, output intent and colour are those of PDF/X-4 (ISO 15930-7). The file does not claim to be PDF/X-4: the standard
requires dates, which would change the file from run to run. There are no printer's marks.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from foundry.channel.placement import Placement, Print
from foundry.errors import BadInput
from imaging.still.encoding.inks import PRESS, inks
from imaging.still.encoding.lossy import Codec, NoLibrary
from imaging.still.encoding.search import Search, Try
from imaging.still.encoding.sheet import Sheet, Tags, bleed_points, points, profile
from imaging.still.encoding.tiff import differences

Levels = NDArray[np.uint8]
CONDITION = "FOGRA39"
HORIZONTAL = 2
"""The TIFF predictor, in PDF's numbering (ISO 32000-1, table 8)."""
RUNGS = (60, 68, 75, 81, 86, 90, 93, 96)


@dataclass(frozen=True)
class Boxes:
    """A page's boxes in points, each (left, bottom, right, top): the whole picture, with bleed, and after trimming."""

    media: tuple[Decimal, Decimal, Decimal, Decimal]
    bleed: tuple[Decimal, Decimal, Decimal, Decimal]
    trim: tuple[Decimal, Decimal, Decimal, Decimal]


def boxes(placement: Placement, printed: Print, size: tuple[int, int]) -> Boxes:
    """Return the boxes of a picture of `size` px; the trim box has the placement's size and lies in the middle.

    BadInput if the picture has less than the bleed around it.
    """
    whole = [points(px, printed.dots_per_inch) for px in size]
    page = [points(px, printed.dots_per_inch) for px in placement.size]
    margin = [(w - p) / 2 for w, p in zip(whole, page, strict=True)]
    wanted = bleed_points(printed)
    if min(margin) + points(1, printed.dots_per_inch) < wanted:
        text = f"picture of {size[0]}x{size[1]} px has {min(margin)} pt of bleed; {printed.bleed_mm} mm are {wanted} pt"
        raise BadInput(placement.name, f"{text}. Compose it on the placement's canvas.")
    out = [min(m, wanted) for m in margin]
    zero = Decimal(0)
    trim = (margin[0], margin[1], margin[0] + page[0], margin[1] + page[1])
    bleed = (trim[0] - out[0], trim[1] - out[1], trim[2] + out[0], trim[3] + out[1])
    return Boxes((zero, zero, whole[0], whole[1]), bleed, trim)


@dataclass(frozen=True)
class PrintedPage:
    """A printed page without its picture: boxes, colour in inks or RGB, and the XMP packet."""

    boxes: Boxes
    in_inks: bool
    xmp: bytes

    def with_picture(self, data: bytes, size: tuple[int, int], **entries: Any) -> bytes:
        """Return the PDF file; `data` is its one picture of `size` px, `entries` its filter and other image entries."""
        pikepdf = pikepdf_library()
        file = pikepdf.new()
        colour = pikepdf.Name.DeviceCMYK if self.in_inks else pikepdf.Array(["/ICCBased", _profile(file, "sRGB", 3)])
        kind = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, "ColorSpace": colour}
        picture = pikepdf.Stream(file, data, **kind, Width=size[0], Height=size[1], BitsPerComponent=8, **entries)
        content = "q {2} 0 0 {3} 0 0 cm /Picture Do Q".format(*self.boxes.media).encode()
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=pikepdf.Array(self.boxes.media),
            BleedBox=pikepdf.Array(self.boxes.bleed),
            TrimBox=pikepdf.Array(self.boxes.trim),
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Picture=file.make_indirect(picture))),
            Contents=file.make_indirect(pikepdf.Stream(file, content)),
        )
        file.pages.append(pikepdf.Page(file.make_indirect(page)))
        file.Root.Metadata = pikepdf.Stream(file, self.xmp, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        if self.in_inks:
            file.Root.OutputIntents = pikepdf.Array([_intent(file)])
        return saved(file)


def saved(file: Any) -> bytes:
    """Return the bytes of a pikepdf document, the same for the same content; its streams keep theirs."""
    stream = io.BytesIO()
    file.save(
        stream,
        force_version="1.6",
        deterministic_id=True,
        compress_streams=False,
        fix_metadata_version=False,
        object_stream_mode=pikepdf_library().ObjectStreamMode.disable,
    )
    return stream.getvalue()


def _profile(file: Any, name: str, channels: int) -> Any:
    pikepdf = pikepdf_library()
    packed = zlib.compress(profile(name), 9)
    return file.make_indirect(pikepdf.Stream(file, packed, N=channels, Filter=pikepdf.Name.FlateDecode))


def _intent(file: Any) -> Any:
    pikepdf = pikepdf_library()
    return pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name("/GTS_PDFX"),
        OutputConditionIdentifier=CONDITION,
        RegistryName="http://www.color.org",
        Info="Offset on coated paper, FOGRA39L",
        DestOutputProfile=_profile(file, PRESS, 4),
    )


def pikepdf_library() -> Any:
    """Return the module; NoLibrary if this installation lacks it."""
    try:
        import pikepdf
    except ImportError as error:
        raise NoLibrary("pdf", "pikepdf") from error
    return pikepdf


def pdf(sheet: Sheet, placement: Placement, limit: int) -> Try:
    """Return the page with its exact picture if that is within the limit in bytes, else with a JPEG.

    The JPEG is found by `Search`. BadInput for a placement that is not printed; NoLibrary without pikepdf.
    """
    printed = placement.printed
    if printed is None:
        raise BadInput(placement.name, "takes pdf but is not printed; say its dots per inch and bleed in `printed`")
    in_inks = printed.colour == "cmyk"
    page = PrintedPage(boxes(placement, printed, sheet.size), in_inks, sheet.xmp)
    levels = inks(sheet.pixels) if in_inks else sheet.pixels
    whole = _exact(page, levels)
    if len(whole) <= limit:
        return Try(whole, 100, 1.0)
    jpeg = Codec(
        name="pdf", write=partial(_pack_jpeg, page), read=_read, rungs=RUNGS, guess=86, calm=81, most=96, local=True
    )
    return Search(jpeg, levels, sheet.tags).within(limit)


def _exact(page: PrintedPage, levels: Levels) -> bytes:
    pikepdf = pikepdf_library()
    height, width, channels = levels.shape
    how = pikepdf.Dictionary(Predictor=HORIZONTAL, Colors=channels, BitsPerComponent=8, Columns=width)
    data = zlib.compress(differences(levels).tobytes(), 6)
    return page.with_picture(data, (width, height), Filter=pikepdf.Name.FlateDecode, DecodeParms=how)


def _pack_jpeg(page: PrintedPage, levels: Levels, quality: int, fine: bool, tags: Tags | None) -> bytes:
    """Return a JPEG, alone without tags, for measuring, else on its page.

    Pillow stores inks inverted, as Adobe does; the page's Decode array states it.
    """
    _make_room(levels)
    stream = io.BytesIO()
    Image.fromarray(levels, "CMYK" if page.in_inks else "RGB").save(
        stream, "JPEG", quality=quality, subsampling=0 if fine else 2, optimize=True
    )
    if tags is None:
        return stream.getvalue()
    pikepdf = pikepdf_library()
    inverted = {"Decode": pikepdf.Array([1, 0] * 4)} if page.in_inks else {}
    size = (levels.shape[1], levels.shape[0])
    return page.with_picture(stream.getvalue(), size, Filter=pikepdf.Name.DCTDecode, **inverted)


def _make_room(pixels: Levels) -> None:
    """Let Pillow's buffer hold a whole optimised or progressive JPEG; its own guess is too small for noise."""
    ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 2 * pixels.size + 65_536)


def _read(data: bytes) -> Levels:
    """Return the levels of a JPEG, alone or on its page."""
    if data.startswith(b"%PDF"):
        with pikepdf_library().open(io.BytesIO(data)) as file:
            data = file.pages[0].Resources.XObject.Picture.read_raw_bytes()
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture)
