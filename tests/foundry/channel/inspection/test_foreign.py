"""Files of others are read in the box: with the same facts, and refused where they would harm this process."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from foundry.channel.inspection import CannotRead, inspect
from foundry.channel.inspection.foreign import inspect_foreign
from tests.support.channel_files import film, page, still, tiff_of_pages


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "gif", "avif", "tiff"])
def test_a_still_has_the_same_facts_in_the_box(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form}"
    path.write_bytes(still(form))
    assert inspect_foreign(path) == inspect(path)


def test_a_film_and_a_page_have_the_same_facts_in_the_box(tmp_path: Path) -> None:
    moving, printed = film(tmp_path / "a.mp4"), tmp_path / "a.pdf"
    printed.write_bytes(page((210, 297)))
    assert inspect_foreign(moving) == inspect(moving)
    assert inspect_foreign(printed) == inspect(printed)


def nested_boxes(depth: int) -> bytes:
    boxes = b""
    for _ in range(depth):
        boxes = struct.pack(">I4s", len(boxes) + 8, b"moov") + boxes
    return struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom") + boxes


def pdf_that_swells(content_mb: int) -> bytes:
    packed = zlib.compress(b"q " * (content_mb * 500_000), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
    ]
    out, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 5\n0000000000 65535 f \n%btrailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


@pytest.mark.parametrize(
    ("name", "data", "wrong"),
    [
        ("a.mp4", nested_boxes(3_000), "nests boxes more than 16 deep"),
        ("a.tiff", tiff_of_pages(100_000), "has more than 2000 frames or pages"),
        ("a.pdf", pdf_that_swells(400), "a.pdf took more than "),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", "begins like no picture, film or page that is known here"),
        ("a.png", still("png")[:300], "is a png that cannot be read to its end"),
    ],
)
def test_a_file_that_would_harm_its_reader_is_refused_in_a_sentence(
    name: str, data: bytes, wrong: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CannotRead) as refused:
        inspect_foreign(tmp_path / name)
    assert wrong in str(refused.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="is no file"):
        inspect_foreign(tmp_path)
