"""Printed pages: 16 bits, inks within gamut and limit, page boxes to the ten-thousandth of a point."""

from __future__ import annotations

import io
from decimal import Decimal

import numpy as np
import pikepdf
import pytest
import tifffile
from PIL import Image, ImageCms

from foundry.channel.placement import Print
from foundry.colour import lab_of_srgb
from foundry.errors import BadInput
from imaging.still.encode import TooManyBytes, encode, srgb_profile
from imaging.still.encoding.inks import MOST_INK, PRESS, inks, limit_ink, most_ink
from imaging.still.encoding.sheet import profile
from tests.support.scenes import XMP, a_placement, advert, levels, noise

CMYK = Print(dots_per_inch=300, bleed_mm=Decimal(3), colour="cmyk")
RGB = Print(dots_per_inch=300, bleed_mm=Decimal(3), colour="rgb")
PAGE, CANVAS = (360, 240), (432, 312)
"""Trimmed and with 36 px of bleed on each side, 0.6 px more than 3 mm."""


def deep(width: int = 90, height: int = 70) -> np.ndarray:  # type: ignore[type-arg]
    """A ramp through far more than 256 levels."""
    ramp = np.linspace(0, 65_535, width * height * 3)
    return ramp.reshape(height, width, 3).astype(np.uint16)


def test_a_tiff_of_16_bits_keeps_every_bit_and_the_profile() -> None:
    pixels = deep()
    encoded = encode(pixels, a_placement("tiff", (90, 70)), XMP)
    with tifffile.TiffFile(io.BytesIO(encoded.data)) as file:
        page = file.pages.first
        assert np.array_equal(page.asarray(), pixels)
        assert page.iccprofile == srgb_profile()
        assert page.tags[700].value == XMP
        assert {tag.name for tag in page.tags}.isdisjoint({"DateTime", "Software", "HostComputer", "Artist"})
    assert len(encoded.data) < pixels.nbytes


def test_a_tiff_of_8_bits_is_read_by_pillow_with_its_dots_per_inch() -> None:
    image = advert()
    encoded = encode(image, a_placement("tiff", image.size, printed=RGB), XMP)
    with Image.open(io.BytesIO(encoded.data)) as file:
        assert file.info["dpi"] == (300, 300)
        assert np.array_equal(levels(file), levels(image))


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_printed_pictures_say_their_dots_per_inch(form: str) -> None:
    encoded = encode(advert(), a_placement(form, (320, 320), printed=RGB), XMP)
    with Image.open(io.BytesIO(encoded.data)) as file:
        assert file.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert file.info["icc_profile"] == srgb_profile()


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "avif"])
def test_16_bits_are_rounded_for_formats_of_8(form: str) -> None:
    rounded = Image.fromarray(np.rint(deep() / 257).astype(np.uint8))
    assert (
        encode(deep(), a_placement(form, (90, 70)), XMP).data == encode(rounded, a_placement(form, (90, 70)), XMP).data
    )


def test_inks_come_back_through_the_profile_as_the_colours_that_they_print() -> None:
    colours = ["#FFFFFF", "#7A1F2B", "#2F6B4F", "#C9A36A", "#808080", "#3B5B8C", "#F4EDE4", "#222222"]
    image = Image.new("RGB", (len(colours), 1))
    for at, colour in enumerate(colours):
        image.putpixel((at, 0), tuple(bytes.fromhex(colour[1:])))
    printed = Image.fromarray(inks(np.asarray(image)), "CMYK")
    press = ImageCms.ImageCmsProfile(io.BytesIO(profile(PRESS)))
    back = ImageCms.profileToProfile(
        printed, press, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    assert back is not None
    off = lab_of_srgb(np.asarray(back, np.float32) / 255) - lab_of_srgb(np.asarray(image, np.float32) / 255)
    distance = np.linalg.norm(off, axis=-1)
    assert distance.max() < 5
    assert distance.mean() < 2.5


def test_no_pixel_has_more_ink_than_dries() -> None:
    every = np.stack(np.meshgrid(*[np.arange(0, 256, 15, dtype=np.uint8)] * 3), axis=-1).reshape(1, -1, 3)
    assert most_ink(inks(every)) <= MOST_INK
    full = np.full((2, 2, 4), 255, np.uint8)
    assert most_ink(full) == 400
    assert most_ink(limit_ink(full)) <= MOST_INK
    assert (limit_ink(full)[..., 3] == 255).all()
    thin = np.full((2, 2, 4), 100, np.uint8)
    assert limit_ink(thin) is thin


def test_a_tiff_in_inks_carries_the_press_profile() -> None:
    image = advert()
    encoded = encode(image, a_placement("tiff", image.size, printed=CMYK), XMP)
    with Image.open(io.BytesIO(encoded.data)) as file:
        assert file.mode == "CMYK"
        assert file.info["icc_profile"] == profile(PRESS)
        assert np.array_equal(np.asarray(file), inks(np.asarray(image)))


def test_page_boxes_are_exact_in_points() -> None:
    encoded = encode(advert(*CANVAS), a_placement("pdf", PAGE, printed=CMYK), XMP)
    assert encoded.quality == 100
    with pikepdf.open(io.BytesIO(encoded.data)) as file:
        page = file.pages[0]
        boxes = {name: [float(number) for number in page[name]] for name in ("/MediaBox", "/BleedBox", "/TrimBox")}
        assert boxes["/MediaBox"] == pytest.approx([0, 0, 103.68, 74.88], abs=1e-4)
        assert boxes["/TrimBox"] == pytest.approx([8.64, 8.64, 95.04, 66.24], abs=1e-4)
        assert boxes["/BleedBox"] == pytest.approx([0.1361, 0.1361, 103.5439, 74.7439], abs=1e-4)
        intent = file.Root.OutputIntents[0]
        assert str(intent.OutputConditionIdentifier) == "FOGRA39"
        assert intent.DestOutputProfile.read_bytes() == profile(PRESS)
        assert file.Root.Metadata.read_bytes() == XMP
        assert "/Info" not in file.trailer


def test_a_pages_picture_is_exact_or_like_enough() -> None:
    image = advert(*CANVAS)
    wanted = inks(np.asarray(image))
    whole = encode(image, a_placement("pdf", PAGE, printed=CMYK), XMP)
    with pikepdf.open(io.BytesIO(whole.data)) as file:
        pixels = np.frombuffer(file.pages[0].Resources.XObject.Picture.read_bytes(), np.uint8)
        assert np.array_equal(pixels.reshape(wanted.shape), wanted)
    tight = encode(image, a_placement("pdf", PAGE, len(whole.data) * 85 // 100, CMYK), XMP)
    assert tight.quality < 100
    with pikepdf.open(io.BytesIO(tight.data)) as file:
        picture = file.pages[0].Resources.XObject.Picture
        assert [int(number) for number in picture.Decode] == [1, 0] * 4
        packed = np.asarray(Image.open(io.BytesIO(picture.read_raw_bytes())))
    assert np.abs(packed.astype(int) - wanted).mean() < 3


def test_a_page_in_rgb_says_srgb() -> None:
    image = advert(*CANVAS)
    encoded = encode(image, a_placement("pdf", PAGE, printed=RGB), XMP)
    with pikepdf.open(io.BytesIO(encoded.data)) as file:
        picture = file.pages[0].Resources.XObject.Picture
        assert picture.ColorSpace[1].read_bytes() == srgb_profile()
        assert np.array_equal(np.frombuffer(picture.read_bytes(), np.uint8), np.asarray(image).ravel())


def test_the_same_page_has_the_same_bytes() -> None:
    pages = {encode(advert(*CANVAS), a_placement("pdf", PAGE, printed=CMYK), XMP).data for _ in range(3)}
    assert len(pages) == 1


def test_a_page_without_its_bleed_is_refused() -> None:
    with pytest.raises(BadInput, match=r"picture of 360x240 px has 0.* pt of bleed; 3 mm are 8.5039 pt"):
        encode(advert(*PAGE), a_placement("pdf", PAGE, printed=CMYK), XMP)
    with pytest.raises(BadInput, match="is not printed"):
        encode(advert(*PAGE), a_placement("pdf", PAGE), XMP)


def test_noise_on_a_page_is_packed_whole_or_refused() -> None:
    unbled = CMYK.model_copy(update={"bleed_mm": Decimal(0)})
    whole = len(encode(noise(200, 160), a_placement("pdf", (200, 160), printed=unbled), XMP).data)
    found = encode(noise(200, 160), a_placement("pdf", (200, 160), whole * 95 // 100, unbled), XMP)
    assert found.quality < 100
    assert len(found.data) <= whole * 95 // 100
    with pytest.raises(TooManyBytes, match="a pdf of"):
        encode(noise(200, 160), a_placement("pdf", (200, 160), whole // 5, unbled), XMP)


def test_noise_fills_a_page_too() -> None:
    encoded = encode(
        noise(40, 30), a_placement("pdf", (40, 30), printed=RGB.model_copy(update={"bleed_mm": Decimal(0)})), XMP
    )
    assert encoded.data.startswith(b"%PDF-1.6")
