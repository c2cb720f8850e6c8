"""Lossy formats: what is written is read back by another reader, with its metadata, the same every time."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from imaging.still.encoding.lossy import CODECS, tag_jpeg, wrap_jxl
from imaging.still.encoding.sheet import Tags, profile
from tests.support.scenes import XMP, advert

PIXELS = np.asarray(advert(160, 120))
TAGS = Tags(XMP, profile("sRGB"), 300)


@pytest.mark.parametrize("name", CODECS)
def test_a_higher_quality_is_nearer_and_larger(name: str) -> None:
    codec = CODECS[name]
    low, high = (codec.write(PIXELS, quality, True, None) for quality in (codec.rungs[0], codec.rungs[-1]))
    off = [np.abs(codec.read(data).astype(int) - PIXELS).mean() for data in (low, high)]
    assert len(low) < len(high)
    assert off[0] > off[1]


@pytest.mark.parametrize("name", CODECS)
def test_metadata_changes_no_pixel(name: str) -> None:
    codec = CODECS[name]
    bare, tagged = (codec.write(PIXELS, 80, True, tags) for tags in (None, TAGS))
    assert XMP in tagged
    assert np.array_equal(codec.read(bare), codec.read(tagged))


@pytest.mark.parametrize("name", CODECS)
def test_a_search_starts_and_stays_on_the_rungs(name: str) -> None:
    codec = CODECS[name]
    assert {codec.guess, codec.calm, codec.most} <= set(codec.rungs)
    assert list(codec.rungs) == sorted(set(codec.rungs))
    assert codec.calm <= codec.guess <= codec.most


def test_a_jpeg_gets_its_segments_after_its_first_one() -> None:
    bare = CODECS["jpeg"].write(PIXELS, 80, False, None)
    data = tag_jpeg(bare, TAGS)
    kinds, at = [], 2
    while data[at + 1] != 0xDA:
        marker, length = struct.unpack_from(">xBH", data, at)
        kinds.append(marker)
        at += 2 + length
    assert kinds[:3] == [0xE0, 0xE1, 0xE2]
    with Image.open(io.BytesIO(data)) as stored:
        assert stored.info["dpi"] == (300, 300)
        assert stored.info["icc_profile"] == profile("sRGB")
    assert np.array_equal(
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR),
        cv2.imdecode(np.frombuffer(bare, np.uint8), cv2.IMREAD_COLOR),
    )


def test_a_jpeg_without_dots_per_inch_keeps_the_density_of_its_writer() -> None:
    bare = CODECS["jpeg"].write(PIXELS, 80, False, None)
    assert tag_jpeg(bare, Tags(XMP, b"icc"))[13:18] == bare[13:18]


def test_a_codestream_is_wrapped_in_boxes_whose_lengths_add_up() -> None:
    data, found, at = wrap_jxl(b"\xff\x0acode", TAGS), [], 0
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        found.append((kind, data[at + 8 : at + length]))
        at += length
    assert [kind for kind, _ in found] == [b"JXL ", b"ftyp", b"xml ", b"jxlc"]
    assert dict(found)[b"xml "] == XMP
    assert dict(found)[b"jxlc"] == b"\xff\x0acode"


def test_half_size_colour_makes_a_smaller_jpeg() -> None:
    jpeg = CODECS["jpeg"]
    assert len(jpeg.write(PIXELS, 80, False, None)) < len(jpeg.write(PIXELS, 80, True, None))
