"""Finished files on their way out of the store: whole, in sections, and checked."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from foundry.store.object_store import CorruptObject, LocalStore, NoSuchObject, ObjectStat, crc32c
from pipelines.delivery.fetching import SECTION_BYTES, fetch_file


@pytest.mark.parametrize("size", [1, SECTION_BYTES - 1, SECTION_BYTES, SECTION_BYTES + 1, 2 * SECTION_BYTES])
def test_a_file_arrives_whole_whatever_its_size(tmp_path: Path, size: int) -> None:
    own, data = LocalStore(tmp_path / "store"), random.Random(size).randbytes(size)
    own.put_once("a/b", data)
    fetch_file(own, ObjectStat("a/b", size, crc32c(data)), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == data


def test_subtitles_whose_size_no_record_says_arrive_whole(tmp_path: Path) -> None:
    own = LocalStore(tmp_path / "store")
    own.put_once("a/words.vtt", b"WEBVTT\n")
    fetch_file(own, ObjectStat("a/words.vtt", 0, ""), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"WEBVTT\n"


def test_a_file_that_is_not_what_its_record_says_does_not_leave(tmp_path: Path) -> None:
    own = LocalStore(tmp_path / "store")
    own.put_once("a/b", b"others")
    with pytest.raises(CorruptObject):
        fetch_file(own, ObjectStat("a/b", 6, crc32c(b"wanted")), tmp_path / "file")
    with pytest.raises(NoSuchObject):
        fetch_file(own, ObjectStat("a/c", 6, crc32c(b"wanted")), tmp_path / "file")
