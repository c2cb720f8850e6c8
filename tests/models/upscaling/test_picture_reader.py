"""PNG and TIFF files are read at their depth; unusable ones are refused in a sentence."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from foundry.errors import BadInput
from imaging.pixels.rows import gather, rows_of
from models.upscaling.picture_reader import open_picture
from models.upscaling.target_picture import TargetPicture


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize(("bits", "channels"), [(8, 1), (16, 1), (8, 2), (16, 2), (8, 3), (16, 3), (8, 4), (16, 4)])
def test_every_level_survives_writing_and_reading(tmp_path: Path, suffix: str, bits: int, channels: int) -> None:
    top = 2**bits - 1
    levels = np.random.default_rng(0).integers(0, top + 1, (70, 33, channels))
    TargetPicture(tmp_path / f"a.{suffix}", bits, b"").write(rows_of((levels / top).astype(np.float32)))
    found = open_picture(tmp_path / f"a.{suffix}")
    assert (found.bits, found.profile) == (bits, b"")
    assert np.array_equal(np.rint(gather(found.rows()) * top), levels)
    assert [path.name for path in tmp_path.iterdir()] == [f"a.{suffix}"]


def animated(path: Path) -> None:
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("red", "blue")]
    frames[0].save(path, "PNG", save_all=True, append_images=frames[1:])


def turned(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 80)).save(path, "PNG", exif=exif)


def cut_off(path: Path) -> None:
    Image.effect_noise((80, 80), 50).save(path, "PNG")
    path.write_bytes(path.read_bytes()[:900])


def thunderscan(path: Path) -> None:
    """A TIFF that says it is compressed in a way which no library here reads."""
    Image.new("RGB", (80, 80)).save(path, "TIFF")
    data, plain = path.read_bytes(), struct.pack("<HHIHH", 259, 3, 1, 1, 0)
    assert plain in data
    path.write_bytes(data.replace(plain, struct.pack("<HHIHH", 259, 3, 1, 32809, 0)))


REFUSED: dict[str, tuple[Callable[[Path], Any], str]] = {
    "animated": (animated, "2 frames"),
    "cmyk": (lambda path: Image.new("CMYK", (80, 80)).save(path, "TIFF"), "CMYK; convert it"),
    "floats": (lambda path: Image.new("F", (80, 80)).save(path, "TIFF"), "has 32-bit float32 samples; convert it"),
    "pages": (
        lambda path: Image.new("L", (80, 80)).save(
            path, "TIFF", save_all=True, append_images=[Image.new("L", (80, 80))]
        ),
        "has 2 pages",
    ),
    "turned": (turned, "orientation 6"),
    "jpeg": (lambda path: Image.new("RGB", (80, 80)).save(path, "JPEG"), "neither PNG nor TIFF"),
    "huge": (lambda path: Image.new("1", (16_400, 10)).save(path, "PNG"), "16400x10 pixels; the limit is"),
    "a bomb": (lambda path: Image.new("1", (20_000, 20_000)).save(path, "PNG"), "far more pixels than the limit"),
    "cut off": (cut_off, "not a readable picture"),
    "cut off tiff": (lambda path: path.write_bytes(b"II*\x00\x08\x00"), "not a readable TIFF"),
    "thunderscan": (thunderscan, "save it uncompressed"),
    "missing": (lambda path: None, "is not a file"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_source_that_cannot_be_enlarged_is_refused_in_a_sentence(tmp_path: Path, kind: str) -> None:
    make, sentence = REFUSED[kind]
    make(tmp_path / "in.png")
    with pytest.raises(BadInput, match=sentence):
        gather(open_picture(tmp_path / "in.png").rows())


def test_a_source_can_be_read_more_than_once(tmp_path: Path) -> None:
    Image.effect_noise((20, 10), 50).save(tmp_path / "a.png")
    source = open_picture(tmp_path / "a.png")
    assert np.array_equal(gather(source.rows()), gather(source.rows()))
