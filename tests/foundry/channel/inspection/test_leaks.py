"""Private data in pictures and films: each kind is named, and harmless metadata is not."""

from __future__ import annotations

import io

import pytest
from PIL import Image, PngImagePlugin

from foundry.channel.inspection.leaks import film_leaks, picture_leaks, xmp_of

XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/">{}</x:xmpmeta>'


def opened(form: str = "JPEG", **options: object) -> Image.Image:
    """A picture as it is read from its file."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, form, **options)
    stream.seek(0)
    return Image.open(stream)


def exif(tag: int, value: object, inner: int | None = None) -> bytes:
    """EXIF with one entry, in the main directory or in an inner one."""
    data = Image.Exif()
    (data if inner is None else data.get_ifd(inner))[tag] = value
    return data.tobytes()


@pytest.mark.parametrize(
    ("tag", "value", "inner", "leak"),
    [
        (1, "N", 0x8825, "GPS position"),
        (0xA430, "Ada", 0x8769, "camera owner's name"),
        (0xA431, "123", 0x8769, "camera's serial number"),
        (0xA435, "123", 0x8769, "lens's serial number"),
        (0x927C, b"maker", 0x8769, "maker's note"),
        (0x013C, "ada-laptop", None, "name of the computer"),
    ],
)
def test_private_exif_is_named(tag: int, value: object, inner: int | None, leak: str) -> None:
    assert picture_leaks(opened(exif=exif(tag, value, inner))) == (leak,)


def test_harmless_exif_leaks_nothing() -> None:
    assert picture_leaks(opened(exif=exif(0x0112, 1))) == ()
    assert picture_leaks(opened()) == ()


def test_a_comment_leaks() -> None:
    assert picture_leaks(opened(comment=b"from Ada")) == ("comment",)


def test_a_text_chunk_is_named_by_its_key() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Secret", "x")
    (leak,) = picture_leaks(opened("PNG", pnginfo=texts))
    assert leak == "text 'Secret'"


@pytest.mark.parametrize(
    ("packet", "leak"),
    [
        ("<exif:GPSLatitude>48</exif:GPSLatitude>", "GPS position"),
        ("<aux:SerialNumber>1</aux:SerialNumber>", "serial number"),
        ("<photoshop:DocumentAncestors/>", "names of files it was made from"),
    ],
)
def test_private_xmp_is_named(packet: str, leak: str) -> None:
    picture = opened(xmp=XMP.format(packet).encode())
    assert xmp_of(picture) == XMP.format(packet).encode()
    assert picture_leaks(picture) == (leak,)


def test_a_picture_without_xmp_has_an_empty_packet() -> None:
    assert xmp_of(opened()) == b""


def test_makers_and_places_of_films_leak_and_encoders_do_not() -> None:
    leaks = film_leaks({"make": "Apple", "com.apple.quicktime.model": "iPhone", "encoder": "Lavf", "title": "A"})
    assert leaks == ("maker of the camera", "model of the camera")
    assert film_leaks({}) == ()
