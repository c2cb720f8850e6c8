"""Printed pages: boxes by arithmetic, the exact picture where it fits, else a JPEG that is like enough."""

from __future__ import annotations

import io
import sys
import zlib
from decimal import Decimal

import numpy as np
import pikepdf
import pytest
from PIL import Image

from foundry.channel.placement import Placement, Print
from foundry.errors import BadInput
from imaging.still.encoding.lossy import NoLibrary
from imaging.still.encoding.pdf import Boxes, PrintedPage, boxes, pdf
from imaging.still.encoding.search import FLOOR, TARGET
from imaging.still.encoding.sheet import Sheet, sheet
from imaging.still.encoding.tiff import differences
from tests.support.scenes import XMP, a_placement, advert, noise

PRINTED = Print(dots_per_inch=300, bleed_mm=Decimal(3), colour="rgb")
UNBLED = PRINTED.model_copy(update={"bleed_mm": Decimal(0)})
PAGE, CANVAS = (360, 240), (432, 312)


def a_page(printed: Print | None = PRINTED, size: tuple[int, int] = PAGE) -> Placement:
    return a_placement("pdf", size, printed=printed)


def a_sheet(image: Image.Image, placement: Placement) -> Sheet:
    return sheet(image, placement, XMP)


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def test_the_trim_box_lies_in_the_middle_and_the_bleed_around_it() -> None:
    found = boxes(a_page(), PRINTED, CANVAS)
    assert found.media == (0, 0, Decimal("103.68"), Decimal("74.88"))
    assert found.trim == (Decimal("8.64"), Decimal("8.64"), Decimal("95.04"), Decimal("66.24"))
    assert found.bleed[0] == found.trim[0] - Decimal("8.5039")
    assert found.media[2] - found.bleed[2] == found.bleed[0]


def test_a_page_without_bleed_has_three_equal_boxes() -> None:
    found = boxes(a_page(UNBLED), UNBLED, PAGE)
    assert found.media == found.bleed == found.trim


def test_less_bleed_than_the_print_asks_for_is_refused_with_both_measures() -> None:
    with pytest.raises(BadInput, match=r"picture of 400x280 px has 4\.8.* pt of bleed; 3 mm are 8\.5039 pt"):
        boxes(a_page(), PRINTED, (400, 280))


def test_a_picture_is_stored_exactly_where_it_fits() -> None:
    image = advert(*CANVAS)
    found = pdf(a_sheet(image, a_page()), a_page(), 10**9)
    assert (found.quality, found.likeness) == (100, 1.0)
    with opened(found.data) as file:
        picture = file.pages[0].Resources.XObject.Picture
        assert (int(picture.Width), int(picture.Height), int(picture.BitsPerComponent)) == (*CANVAS, 8)
        assert np.array_equal(np.frombuffer(picture.read_bytes(), np.uint8), np.asarray(image).ravel())


def test_the_stored_bytes_are_differences_in_a_flate_stream() -> None:
    image = advert(*CANVAS)
    with opened(pdf(a_sheet(image, a_page()), a_page(), 10**9).data) as file:
        picture = file.pages[0].Resources.XObject.Picture
        assert int(picture.DecodeParms.Predictor) == 2
        stored = zlib.decompress(picture.read_raw_bytes())
    assert stored == differences(np.asarray(image)).tobytes()


@pytest.mark.parametrize("share", [60, 40])
def test_a_limit_makes_it_a_jpeg_that_is_like_enough(share: int) -> None:
    image = advert(*CANVAS)
    whole = len(pdf(a_sheet(image, a_page()), a_page(), 10**9).data)
    found = pdf(a_sheet(image, a_page()), a_page(), whole * share // 100)
    assert found.quality < 100
    assert found.likeness >= FLOOR
    assert len(found.data) <= whole * share // 100
    with opened(found.data) as file:
        picture = file.pages[0].Resources.XObject.Picture
        assert "/Decode" not in picture
        with Image.open(io.BytesIO(picture.read_raw_bytes())) as jpeg:
            assert (jpeg.mode, jpeg.size) == ("RGB", CANVAS)


def test_the_smallest_acceptable_page_is_returned_where_none_meets_the_limit() -> None:
    image = noise(*PAGE)
    found = pdf(a_sheet(image, a_page(UNBLED)), a_page(UNBLED), 1_000)
    assert len(found.data) > 1_000
    assert FLOOR <= found.likeness < TARGET


def test_a_page_carries_its_packet_and_neither_dates_nor_names() -> None:
    page = PrintedPage(boxes(a_page(), PRINTED, CANVAS), False, XMP)
    data = page.with_picture(b"\0" * 3, (1, 1))
    assert data.startswith(b"%PDF-1.6")
    with opened(data) as file:
        assert file.Root.Metadata.read_bytes() == XMP
        assert "/Info" not in file.trailer
        assert "/OutputIntents" not in file.Root
        assert file.pages[0].Contents.read_bytes() == b"q 103.6800 0 0 74.8800 0 0 cm /Picture Do Q"


def test_a_page_in_inks_states_its_press() -> None:
    page = PrintedPage(Boxes((Decimal(0),) * 4, (Decimal(0),) * 4, (Decimal(0),) * 4), True, XMP)
    with opened(page.with_picture(b"\0" * 4, (1, 1))) as file:
        assert file.pages[0].Resources.XObject.Picture.ColorSpace == "/DeviceCMYK"
        assert str(file.Root.OutputIntents[0].S) == "/GTS_PDFX"


def test_a_placement_that_is_not_printed_takes_no_page() -> None:
    with pytest.raises(BadInput, match="takes pdf but is not printed"):
        pdf(a_sheet(advert(*PAGE), a_page(None)), a_page(None), 10**9)


def test_a_page_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pikepdf", None)
    with pytest.raises(NoLibrary, match="pip install pikepdf"):
        pdf(a_sheet(advert(*CANVAS), a_page()), a_page(), 10**9)
