"""Product pictures: accepted with their facts, or refused with one reason."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageOps

from foundry.errors import Unusable
from foundry.inputs.door import receive_path
from foundry.inputs.file_identity import file_identity
from foundry.inputs.picture import MAX_BYTES, MIN_EDGE_PX, PICTURE, PictureFacts, decode, inspect_picture, picture_name
from foundry.inputs.wide_gamut import in_srgb
from foundry.names import sha256_file


def save(path: Path, size: tuple[int, int] = (80, 100), mode: str = "RGB", form: str | None = None) -> Path:
    """A plain picture as a file."""
    Image.new(mode, size, 120 if mode == "L" else None).save(path, form)
    return path


def inspect(path: Path) -> PictureFacts:
    """The facts of a file, received and inspected."""
    return inspect_picture(receive_path(path, PICTURE))


@pytest.mark.parametrize(
    ("name", "mode", "alpha"), [("a.png", "RGBA", True), ("a.jpg", "RGB", False), ("a.webp", "RGB", False)]
)
def test_a_usable_picture_gives_its_facts(name: str, mode: str, alpha: bool, tmp_path: Path) -> None:
    path = save(tmp_path / name, mode=mode)
    facts = inspect(path)
    assert (facts.width_px, facts.height_px, facts.has_alpha) == (80, 100, alpha)
    assert facts.key == facts.sha256 == sha256_file(path)


def test_the_content_decides_on_the_format_not_the_name(tmp_path: Path) -> None:
    assert inspect(save(tmp_path / "a.txt", form="PNG")).width_px == 80


def missing(folder: Path) -> Path:
    return folder / "none.png"


def directory(folder: Path) -> Path:
    (folder / "dir.png").mkdir()
    return folder / "dir.png"


def empty(folder: Path) -> Path:
    (folder / "a.png").touch()
    return folder / "a.png"


def text(folder: Path) -> Path:
    (folder / "a.png").write_text("no picture at all")
    return folder / "a.png"


def cut_off(folder: Path) -> Path:
    path = save(folder / "a.png", (500, 500))
    path.write_bytes(path.read_bytes()[:-40])
    return path


def tiny(folder: Path) -> Path:
    return save(folder / "a.png", (500, MIN_EDGE_PX - 1))


def other_format(folder: Path) -> Path:
    return save(folder / "a.png", form="BMP")


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (missing, "does not exist among the files that may be named here; give the relative path"),
        (directory, "is not a regular file; give a PNG"),
        (empty, "is empty; give a PNG"),
        (text, r"is not a readable picture \(neither PNG, JPEG nor WebP inside\)"),
        (cut_off, r"is not a readable picture \("),
        (tiny, "has 500x63 pixels; each edge needs 64; give a larger one"),
        (other_format, "is not a readable picture"),
    ],
)
def test_an_unusable_picture_is_refused_with_one_reason(
    make: Callable[[Path], Path], wrong: str, tmp_path: Path
) -> None:
    with pytest.raises(Unusable, match=wrong):
        inspect(make(tmp_path))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", (8_001, 8_000), "1")
    with pytest.raises(Unusable, match="has 8001x8000 pixels; the limit is 64000000 in all; scale it down"):
        inspect(path)


def test_a_file_of_too_many_bytes_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(Unusable, match="has 40000001 bytes; the limit is 40000000"):
        inspect(path)


def test_a_decoded_picture_is_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 100)).save(tmp_path / "a.jpg", exif=exif)
    decoded = decode((tmp_path / "a.jpg").read_bytes())
    assert (decoded.size, decoded.mode) == ((100, 80), "RGBA")


def test_pictures_and_views_have_object_names_of_their_own() -> None:
    assert picture_name("ab12") == "inputs/ab/ab12"
    assert picture_name("view-cd34") == "views/cd/cd34.png"


def test_a_changed_file_has_another_identity(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    before = file_identity(path)
    assert file_identity(path) == before
    assert (before[0], before[-1]) == (path, 3)
    changed = path.stat()
    path.write_text("two")
    os.utime(path, ns=(changed.st_atime_ns, changed.st_mtime_ns))
    assert file_identity(path) != before
    with pytest.raises(FileNotFoundError):
        file_identity(tmp_path / "none")


def with_broken_exif() -> bytes:
    """A JPEG whose EXIF begins as it should and is cut off within its first entry."""
    stream = io.BytesIO()
    Image.new("RGB", (80, 100), "teal").save(
        stream, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\xff\xff"
    )
    return stream.getvalue()


def with_profile(space: str, profile: bytes) -> bytes:
    stream = io.BytesIO()
    Image.new(space, (80, 100)).save(stream, "PNG" if space != "CMYK" else "JPEG", icc_profile=profile)
    return stream.getvalue()


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize(
    "data",
    [
        with_broken_exif(),
        with_profile("RGB", SRGB[:200]),
        with_profile("RGB", SRGB[:128] + bytes(len(SRGB) - 128)),
        with_profile("RGB", SRGB[:12] + b"link" + SRGB[16:]),
        with_profile("RGB", SRGB[:16] + b"CMYK" + SRGB[20:]),
        with_profile("L", SRGB[:16] + b"GRAY" + SRGB[20:]),
    ],
)
def test_a_picture_that_a_run_could_not_use_is_refused_at_admission(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(data)
    refused = ""
    try:
        inspect(tmp_path / "a.png")
    except Unusable as error:
        refused = error.limit
    if refused:
        assert re.search("profile|EXIF|readable", refused)
    else:  # Pillow mends it, and then the run can use it too
        assert decode(data).size == (80, 100)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_the_box_gives_the_same_pixels_bit_for_bit(form: str, mode: str, orientation: int) -> None:
    exif, stream = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    noise = Image.effect_noise((90, 70), 80)
    source = Image.merge("RGBA", (noise, noise.rotate(90).resize((90, 70)), noise.transpose(0), noise)).convert("RGB")
    fits = {"PNG": ("L", "P", "RGB", "RGBA"), "JPEG": ("L", "RGB", "CMYK"), "WEBP": ("RGB", "RGBA")}[form]
    picture = (source.convert(mode) if mode != "RGBA" else source.copy()) if mode in fits else source
    if mode == "RGBA" and mode in fits:
        picture.putalpha(noise)
    picture.save(stream, form, exif=exif)
    data = stream.getvalue()
    with Image.open(io.BytesIO(data)) as stored:
        plain = in_srgb(ImageOps.exif_transpose(stored))
    assert (decode(data).size, decode(data).tobytes()) == (plain.size, plain.tobytes())


def test_a_decoded_picture_is_kept_and_cannot_be_changed_for_others() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (80, 100), "teal").save(stream, "PNG")
    first = decode(stream.getvalue())
    first.putpixel((0, 0), (1, 2, 3, 4))
    assert decode(stream.getvalue()).getpixel((0, 0)) == (0, 128, 128, 255)
