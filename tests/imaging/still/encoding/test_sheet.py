"""The input of an encoder: what is no picture is refused, 16 bits are rounded, and lengths in print are exact."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from foundry.channel.placement import Print
from foundry.errors import BadInput
from imaging.still.encoding.sheet import Sheet, bleed_points, points, profile, sheet
from tests.support.scenes import XMP, a_placement, advert

PRINTED = Print(dots_per_inch=300, bleed_mm=Decimal(3), colour="cmyk")
SLOT = a_placement("png", (320, 320))


def test_sixteen_bits_are_rounded_to_the_nearest_of_eight() -> None:
    every = np.arange(65_536, dtype=np.uint16)
    deep = np.stack([every] * 3, axis=1).reshape(256, 256, 3)
    found = Sheet(deep, XMP).pixels
    assert found.dtype == np.uint8
    assert np.array_equal(found, np.rint(deep / 257).astype(np.uint8))


def test_eight_bits_are_passed_on() -> None:
    pixels = np.asarray(advert(40, 30))
    made = Sheet(pixels, XMP)
    assert made.pixels is pixels
    assert made.size == made.image.size == (40, 30)


def test_a_picture_and_its_metadata_become_a_sheet() -> None:
    made = sheet(advert(), SLOT, XMP)
    assert (made.tags.xmp, made.tags.icc, made.tags.dots_per_inch) == (XMP, profile("sRGB"), 0)
    printed = sheet(advert(), a_placement("pdf", (320, 320), printed=PRINTED), XMP)
    assert printed.tags.dots_per_inch == 300


@pytest.mark.parametrize("mode", ["RGBA", "L", "CMYK", "P"])
def test_a_picture_in_another_mode_is_refused(mode: str) -> None:
    with pytest.raises(BadInput, match=f"got a picture of mode {mode}; compositions are RGB, flatten it"):
        sheet(Image.new(mode, (4, 4)), SLOT, XMP)


@pytest.mark.parametrize(
    "levels",
    [np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 4), np.uint16), np.zeros((4, 4), np.uint16), np.zeros((4, 4, 3))],
    ids=["8 bits", "four channels", "grey", "floats"],
)
def test_an_array_that_is_not_rgb_of_sixteen_bits_is_refused(levels: np.ndarray) -> None:  # type: ignore[type-arg]
    with pytest.raises(BadInput, match="give RGB of 8 bits or"):
        sheet(levels, SLOT, XMP)


@pytest.mark.parametrize(
    ("px", "dots", "wanted"), [(300, 300, "72.0000"), (1, 300, "0.2400"), (1, 7, "10.2857"), (0, 300, "0.0000")]
)
def test_lengths_are_exact_to_a_ten_thousandth_of_a_point(px: int, dots: int, wanted: str) -> None:
    assert str(points(px, dots)) == wanted


def test_bleed_is_given_in_millimetres() -> None:
    assert str(bleed_points(PRINTED)) == "8.5039"
    assert str(bleed_points(PRINTED.model_copy(update={"bleed_mm": Decimal("25.4")}))) == "72.0000"
