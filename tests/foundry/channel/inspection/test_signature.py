"""Formats by their first bytes, and the formats that names claim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.channel.inspection.signature import HEAD_BYTES, SUFFIXES, claimed_format, format_of


def iso(*brands: bytes) -> bytes:
    """The first box of an ISO media file: its major brand, a version, compatible brands."""
    content = brands[0] + bytes(4) + b"".join(brands[1:])
    return (8 + len(content)).to_bytes(4, "big") + b"ftyp" + content


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", ""),
        (b"II*\x00", "tiff"),
        (b"MM\x00*", "tiff"),
        (b"%PDF-1.7", "pdf"),
        (b"\xff\x0a", "jxl"),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
        (b"BM", "bmp"),
        (iso(b"isom", b"iso2", b"mp41"), "mp4"),
        (iso(b"qt  "), "mov"),
        (iso(b"avif", b"mif1"), "avif"),
        (iso(b"mif1", b"avif"), "avif"),
        (iso(b"heic", b"mif1"), "heic"),
        (b"\x00\x00\x00\x08wide", "mov"),
        (b"\x00\x00\x00\x08free", ""),
        (b"\x1aE\xdf\xa3" + b"\x42\x82\x84webm", "webm"),
        (b"\x1aE\xdf\xa3" + b"\x42\x82\x88matroska", "mkv"),
        (b"", ""),
        (b"hello", ""),
    ],
)
def test_the_first_bytes_decide_on_the_format(head: bytes, form: str) -> None:
    assert format_of(head) == form


@settings(max_examples=50, deadline=None)
@given(head=st.binary(max_size=HEAD_BYTES))
def test_any_first_bytes_have_a_known_format_or_none(head: bytes) -> None:
    assert format_of(head) in {"", *SUFFIXES.values()}


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.JPG", "jpeg"), ("a.b.tif", "tiff"), ("x/y.m4v", "mp4"), ("a.txt", ""), ("a", ""), (".png", ""), ("", "")],
)
def test_a_name_claims_the_format_of_its_suffix(name: str, form: str) -> None:
    assert claimed_format(name) == form
