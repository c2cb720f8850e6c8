"""TIFF files of every layout have the same pixels; what cannot be read is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from foundry.errors import BadInput
from imaging.pixels.rows import gather
from models.upscaling.picture_reader import open_picture
from models.upscaling.tiff_reader import is_tiff, open_tiff
from tests.models.upscaling.pictures import read_pixels
from tests.support.channel_files import tiff_of_pages

LEVELS = np.random.default_rng(2).integers(0, 256, (48, 40, 3), np.uint8)


@pytest.mark.parametrize(
    "layout", [{"rowsperstrip": 7}, {"tile": (16, 16)}, {"planarconfig": "separate"}, {"compression": "deflate"}]
)
def test_a_tiff_of_any_layout_has_the_same_pixels(tmp_path: Path, layout: dict[str, Any]) -> None:
    stored = np.moveaxis(LEVELS, -1, 0) if "planarconfig" in layout else LEVELS
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", **layout)
    source = open_picture(tmp_path / "a.tif")
    assert (source.width, source.height, source.bits) == (40, 48, 8)
    assert np.array_equal(np.rint(gather(source.rows()) * 255), LEVELS)


def test_premultiplied_alpha_is_made_straight(tmp_path: Path) -> None:
    pixel = np.array([[[100, 50, 0, 200], [0, 0, 0, 0]]], np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", pixel, photometric="rgb", extrasamples=["assocalpha"])
    first, second = read_pixels(tmp_path / "a.tif")[0]
    assert first == [0.5, 0.25, 0.0, round(200 / 255, 3)]
    assert second == [0.0, 0.0, 0.0, 0.0]


def test_a_big_endian_tiff_is_read_pixels(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", LEVELS.astype(np.uint16) * 257, photometric="rgb", byteorder=">")
    assert np.array_equal(np.rint(gather(open_picture(tmp_path / "a.tif").rows()) * 255), LEVELS)


@pytest.mark.parametrize(
    ("start", "tiff"), [(b"II*\0", True), (b"MM\0*", True), (b"II+\0", True), (b"\x89PNG", False), (b"", False)]
)
def test_a_tiff_is_known_by_its_first_bytes(tmp_path: Path, start: bytes, tiff: bool) -> None:
    (tmp_path / "a").write_bytes(start + bytes(8) if start else b"")
    assert is_tiff(tmp_path / "a") is tiff


@pytest.mark.parametrize(
    ("stored", "options", "sentence"),
    [
        (np.zeros((4, 4), np.uint32), {}, "has 32-bit uint32 samples; convert it to 8 or 16 bits"),
        (
            np.zeros((4, 4, 5), np.uint8),
            {"photometric": "rgb", "planarconfig": "contig"},
            "has 5 channels; keep grey or RGB, and alpha",
        ),
        (np.zeros((4, 4), np.uint8), {"photometric": "miniswhite"}, "is stored as a negative; convert it"),
        (np.zeros((4, 4), np.uint8), {"extratags": [(274, 3, 1, 6, True)]}, "stored turned (EXIF orientation 6)"),
    ],
)
def test_a_tiff_of_another_kind_is_refused(tmp_path: Path, stored: Any, options: dict[str, Any], sentence: str) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stored, **options)
    with pytest.raises(BadInput) as refused:
        open_tiff(tmp_path / "a.tif")
    assert sentence in str(refused.value)


def test_a_strip_that_was_never_written_is_refused_when_it_is_reached(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", LEVELS, photometric="rgb", rowsperstrip=16)
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+b") as file:
        file.pages[0].tags["StripByteCounts"].overwrite([48 * 40, 0, 0])
    with pytest.raises(BadInput, match=r"cannot be read \(NONE: .*save it uncompressed or with deflate"):
        gather(open_tiff(tmp_path / "a.tif").rows())


def test_a_damaged_tiff_is_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", LEVELS, photometric="rgb", rowsperstrip=16, compression="zlib")
    whole = (tmp_path / "a.tif").read_bytes()
    refusals = 0
    for at in range(0, 300, 6):
        mutant = bytearray(whole)
        mutant[at] ^= 0xFF
        (tmp_path / "a.tif").write_bytes(mutant)
        try:
            gather(open_tiff(tmp_path / "a.tif").rows())
        except BadInput:
            refusals += 1
    assert refusals > 5


def test_a_tiff_of_very_many_pages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(tiff_of_pages(100_000))
    with pytest.raises(BadInput, match="pages; an enlargement takes one"):
        open_tiff(tmp_path / "a.tif")


def test_a_picture_of_many_bands_is_the_same_as_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tifffile.imwrite(tmp_path / "a.tif", LEVELS, photometric="rgb", rowsperstrip=16)
    whole = gather(open_tiff(tmp_path / "a.tif").rows())
    monkeypatch.setattr("models.upscaling.tiff_reader.BAND_BYTES", 20 * LEVELS[0].nbytes)
    strips = list(open_tiff(tmp_path / "a.tif").rows().strips)
    assert len(strips) > 1
    assert np.array_equal(np.concatenate(strips), whole)
