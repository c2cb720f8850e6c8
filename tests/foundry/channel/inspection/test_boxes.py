"""Boxes of ISO media files: found by offset, never beyond the file, and asked what players do with the frames."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.channel.inspection.boxes import MOST_BOXES, content, count_edits, index_first, is_turned, media_boxes
from foundry.channel.inspection.found import CannotRead

UPRIGHT = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
QUARTER = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)


def box(kind: bytes, data: bytes = b"") -> bytes:
    return (8 + len(data)).to_bytes(4, "big") + kind + data


def edit_list(*entries: tuple[int, int], wide: bool = False) -> bytes:
    """An edit list of (length, media time)."""
    form = ">Qqi" if wide else ">Iii"
    body = b"".join(struct.pack(form, length, time, 0x10000) for length, time in entries)
    return box(b"elst", bytes([int(wide), 0, 0, 0]) + struct.pack(">I", len(entries)) + body)


def track_header(matrix: bytes, version: int = 0) -> bytes:
    return box(b"tkhd", bytes([version, 0, 0, 0]) + bytes(48 if version else 36) + matrix + bytes(8))


def kinds(data: bytes) -> list[bytes]:
    return [found.kind for found in media_boxes(io.BytesIO(data), "a film")]


def test_boxes_are_found_inside_their_parents_in_file_order() -> None:
    data = box(b"ftyp", b"isom") + box(b"moov", box(b"trak", box(b"edts", edit_list())) + box(b"udta")) + box(b"mdat")
    assert kinds(data) == [b"ftyp", b"moov", b"trak", b"edts", b"elst", b"udta", b"mdat"]


def test_a_box_with_flags_before_its_children_is_looked_into() -> None:
    assert kinds(box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", box(b"colr", b"nclx"))))) == [
        b"meta", b"iprp", b"ipco", b"colr",
    ]  # fmt: skip


def test_the_content_of_a_box_is_read() -> None:
    file = io.BytesIO(box(b"ftyp", b"isom") + box(b"colr", b"nclx!"))
    assert [content(file, found) for found in media_boxes(file, "a film")] == [b"isom", b"nclx!"]


def test_a_box_may_reach_to_the_end_or_have_a_long_size() -> None:
    long = (1).to_bytes(4, "big") + b"mdat" + (20).to_bytes(8, "big") + b"abcd"
    assert kinds(long + (0).to_bytes(4, "big") + b"free" + bytes(30)) == [b"mdat", b"free"]


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (box(b"mdat", bytes(20))[:-5], "ends inside its 'mdat' box: 5 bytes are missing"),
        (box(b"moov", box(b"trak", bytes(9))[:-4]), "ends inside its 'trak' box: 4 bytes are missing"),
        ((4).to_bytes(4, "big") + b"mdat", "has a box with a wrong length"),
        ((1).to_bytes(4, "big") + b"mdat" + (8).to_bytes(8, "big"), "has a box with a wrong length"),
    ],
)
def test_a_file_that_ends_inside_a_box_is_refused(data: bytes, wrong: str) -> None:
    with pytest.raises(CannotRead, match=wrong):
        kinds(data)


def test_a_file_of_nothing_but_boxes_is_not_walked_to_its_end() -> None:
    with pytest.raises(CannotRead, match=f"has more than {MOST_BOXES} boxes"):
        kinds(box(b"free") * (MOST_BOXES + 1))


@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=80))
def test_any_bytes_are_walked_or_refused(data: bytes) -> None:
    try:
        found = media_boxes(io.BytesIO(data), "a film")
    except CannotRead:
        return
    assert all(0 < one.start <= one.end <= len(data) for one in found)


@pytest.mark.parametrize(
    ("data", "first"),
    [
        (box(b"moov") + box(b"mdat"), True),
        (box(b"mdat") + box(b"moov"), False),
        (box(b"moov"), None),
        (box(b"mdat"), None),
    ],
)
def test_an_index_before_the_frames_is_told_from_one_behind_them(data: bytes, first: bool | None) -> None:
    assert index_first(media_boxes(io.BytesIO(data), "a film")) is first


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize(("matrix", "turned"), [(UPRIGHT, False), (QUARTER, True), (bytes(36), False)])
def test_a_display_matrix_that_turns_frames_is_seen(matrix: bytes, turned: bool, version: int) -> None:
    file = io.BytesIO(box(b"moov", box(b"trak", track_header(matrix, version))))
    assert is_turned(file, media_boxes(file, "a film")) is turned


@pytest.mark.parametrize(
    ("entries", "count"), [((), 0), (((100, 0),), 0), (((100, 5),), 1), (((100, -1),), 1), (((50, 0), (50, 100)), 2)]
)
@pytest.mark.parametrize("wide", [False, True])
def test_only_edits_that_change_what_is_seen_are_counted(
    entries: tuple[tuple[int, int], ...], count: int, wide: bool
) -> None:
    file = io.BytesIO(box(b"moov", box(b"trak", box(b"edts", edit_list(*entries, wide=wide)))))
    assert count_edits(file, media_boxes(file, "a film")) == count
