"""Product pictures in other colour spaces become sRGB by their profile; broken profiles are refused."""

from __future__ import annotations

import io
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageCms

from foundry.errors import Unusable
from foundry.inputs.door import receive_path
from foundry.inputs.picture import PICTURE, PictureFacts, decode, inspect_picture
from templates import __path__ as templates

LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
PRESS = (Path(next(iter(templates))) / "icc" / "offset-coated-fogra39.icc").read_bytes()


def saved(colour: tuple[int, ...], icc: bytes | None, mode: str = "RGB", form: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (80, 80), colour).save(stream, form, **({"icc_profile": icc} if icc else {}), quality=100)
    return stream.getvalue()


def pixel(data: bytes) -> tuple[int, ...]:
    return tuple(np.asarray(decode(data))[40, 40])


P3 = imagecodecs.cms_profile(
    "rgb", whitepoint=[0.3127, 0.329, 1], primaries=[0.68, 0.32, 1, 0.265, 0.69, 1, 0.15, 0.06, 1], gamma=2.2
)
ADOBE = imagecodecs.cms_profile("adobergb")


# Expected: the colour in linear light (gamma 2.2), through the published matrices to linear sRGB, encoded again.
@pytest.mark.parametrize(
    ("icc", "colour", "expected"),
    [(P3, (200, 100, 50), (216, 92, 24)), (ADOBE, (120, 160, 90), (101, 160, 86))],
)
def test_a_wide_colour_becomes_the_same_colour_in_srgb(
    icc: bytes, colour: tuple[int, int, int], expected: tuple[int, int, int]
) -> None:
    found = pixel(saved(colour, icc))
    assert np.abs(np.array(found[:3]) - expected).max() <= 2
    assert found[3] == 255


def test_srgb_and_untagged_pictures_keep_their_levels() -> None:
    assert pixel(saved((201, 99, 50), None)) == (201, 99, 50, 255)
    tagged = pixel(saved((201, 99, 50), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()))
    assert np.abs(np.array(tagged[:3]) - (201, 99, 50)).max() <= 1


def test_alpha_goes_with_a_wide_picture() -> None:
    found = pixel(saved((200, 100, 50, 77), P3, "RGBA"))
    assert found[3] == 77
    assert found[0] > 205


def test_inks_become_colour(tmp_path: Path) -> None:
    data = saved((0, 200, 200, 0), PRESS, "CMYK", "JPEG")
    (tmp_path / "inks.jpg").write_bytes(data)
    assert isinstance(inspect_picture(receive_path(tmp_path / "inks.jpg", PICTURE)), PictureFacts)
    red, green, blue, _ = pixel(data)
    assert red > 200 > green + 60
    assert blue < 120


@pytest.mark.parametrize("icc", [b"not a profile at all", LAB])
def test_a_profile_that_cannot_be_used_is_refused(icc: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.png"
    path.write_bytes(saved((1, 2, 3), icc))
    with pytest.raises(Unusable, match=r"odd\.png .* colour profile.*; save it as sRGB"):
        inspect_picture(receive_path(path, PICTURE))


def test_a_decoded_picture_carries_no_metadata() -> None:
    assert decode(saved((1, 2, 3), P3)).info == {}
