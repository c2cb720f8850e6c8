"""TIFF: 8 and 16 bits and inks, exact in another reader, in strips, without anything that changes from run to run."""

from __future__ import annotations

import io
import sys
from decimal import Decimal

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from foundry.channel.placement import Print
from imaging.still.encoding.inks import inks
from imaging.still.encoding.lossy import NoLibrary
from imaging.still.encoding.sheet import Sheet
from imaging.still.encoding.tiff import ROWS, differences, tiff
from tests.support.scenes import XMP

CMYK = Print(dots_per_inch=300, bleed_mm=Decimal(3), colour="cmyk")
RGB = Print(dots_per_inch=150, bleed_mm=Decimal(0), colour="rgb")


def levels(bits: int, height: int = 70, width: int = 33) -> NDArray[np.uint8 | np.uint16]:
    chance = np.random.default_rng(bits)
    return chance.integers(0, 1 << bits, (height, width, 3)).astype(np.uint8 if bits == 8 else np.uint16)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 5), st.sampled_from([np.uint8, np.uint16]), st.integers(0, 99))
def test_summing_differences_gives_the_samples_again(width: int, channels: int, kind: type, seed: int) -> None:
    made = np.random.default_rng(seed).integers(0, np.iinfo(kind).max + 1, (3, width, channels)).astype(kind)
    found = differences(made)
    assert found.dtype == kind
    assert np.array_equal(np.cumsum(found, axis=1, dtype=kind), made)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("height", [1, ROWS, ROWS + 1, 3 * ROWS])
def test_another_reader_finds_every_level(bits: int, height: int) -> None:
    pixels = levels(bits, height)
    data = tiff(Sheet(pixels, XMP))
    assert np.array_equal(tifffile.imread(io.BytesIO(data)), pixels)
    if bits == 8:
        with Image.open(io.BytesIO(data)) as stored:
            assert np.array_equal(np.asarray(stored), pixels)


def test_inks_are_written_for_a_press_and_dots_per_inch_for_print() -> None:
    pixels = levels(8)
    with tifffile.TiffFile(io.BytesIO(tiff(Sheet(pixels, XMP, CMYK)))) as file:
        page = file.pages.first
        assert page.photometric.name == "SEPARATED"
        assert np.array_equal(page.asarray(), inks(pixels))
        assert page.tags["XResolution"].value == (300, 1)
    with tifffile.TiffFile(io.BytesIO(tiff(Sheet(pixels, XMP, RGB)))) as file:
        assert file.pages.first.tags["YResolution"].value == (150, 1)
        assert file.pages.first.photometric.name == "RGB"


def test_inks_of_sixteen_bits_are_those_of_their_eight() -> None:
    deep = levels(16)
    with tifffile.TiffFile(io.BytesIO(tiff(Sheet(deep, XMP, CMYK)))) as file:
        assert np.array_equal(file.pages.first.asarray(), inks(Sheet(deep, XMP).pixels))


def test_strips_are_compressed_one_by_one() -> None:
    with tifffile.TiffFile(io.BytesIO(tiff(Sheet(levels(8, 3 * ROWS), XMP)))) as file:
        page = file.pages.first
        assert page.rowsperstrip == ROWS
        assert len(page.dataoffsets) == 3
        assert (page.compression.name, page.predictor.name) == ("ADOBE_DEFLATE", "HORIZONTAL")
        assert page.tags[700].value == XMP


def test_the_same_picture_has_the_same_bytes() -> None:
    assert len({tiff(Sheet(levels(16), XMP, RGB)) for _ in range(3)}) == 1


def test_a_file_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tifffile", None)
    with pytest.raises(NoLibrary, match="tiff needs the package tifffile"):
        tiff(Sheet(levels(8), XMP))
