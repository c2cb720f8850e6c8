"""Compressed feeds are read within limits, to their sound end or not at all."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pytest

from foundry.catalog.reading import FeedLimits
from foundry.catalog.refusals import BadFeed
from tests.support.feed_reading import read_feed

FEED = b"id\ttitle\n" + b"".join(b"%d\tMug %d\n" % (at, at) for at in range(200))


def refused(path: Path, content: bytes, **limits: int) -> BadFeed:
    path.write_bytes(content)
    with pytest.raises(BadFeed) as found:
        read_feed(path, limits=FeedLimits(**limits))
    return found.value


def rows(path: Path, content: bytes) -> int:
    path.write_bytes(content)
    return len(read_feed(path).rows)


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(FEED[:700]) + gzip.compress(FEED[700:]),
        gzip.compress(FEED) + b"\0" * 5_000,
        bz2.compress(FEED[:700]) + bz2.compress(FEED[700:]),
        lzma.compress(FEED),
        zipped({"feed.tsv": FEED, "__MACOSX/._feed.tsv": b"x", "folder/": b""}),
    ],
    ids=["two members", "padded", "two bzip2 streams", "xz", "zip of a Mac"],
)
def test_compressed_files_are_read_as_tools_write_them(tmp_path: Path, content: bytes) -> None:
    assert rows(tmp_path / "feed", content) == 200


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("lost", [1, 5, 9, 40])
def test_a_compressed_file_without_its_end_is_refused(tmp_path: Path, pack: object, lost: int) -> None:
    content = pack(FEED)  # type: ignore[operator]
    assert refused(tmp_path / "feed", content[:-lost]).code == "cut_feed"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (gzip.compress(FEED) + b"more", "bad_archive"),
        (gzip.compress(FEED)[:-8] + b"\1" * 8, "bad_archive"),
        (gzip.compress(FEED)[:60] + b"\xff" * 9 + gzip.compress(FEED)[69:], "bad_archive"),
        (gzip.compress(bz2.compress(FEED)), "bad_archive"),
        (zipped({"a.tsv": FEED, "b.tsv": FEED}), "bad_archive"),
        (zipped({}), "bad_archive"),
        (zipped({"feed.tsv": gzip.compress(FEED)}), "bad_archive"),
        (zipped({f"{at}.tsv": b"" for at in range(9_000)}), "bad_archive"),
        (zipped({"feed.tsv": FEED})[:-30], "cut_feed"),
        (zipped({"feed.tsv": FEED})[:300], "cut_feed"),
        (gzip.compress(b""), "empty_feed"),
        (gzip.compress(b" \n\n"), "empty_feed"),
    ],
    ids=[
        "bytes after the end", "wrong sum", "broken inside", "bzip2 in gzip", "two feeds", "no feed", "gzip in zip",
        "thousands of files", "zip without directory", "zip cut inside", "nothing in gzip", "blanks in gzip",
    ],
)  # fmt: skip
def test_broken_archives_are_refused(tmp_path: Path, content: bytes, code: str) -> None:
    assert refused(tmp_path / "feed", content).code == code


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped({"feed.tsv": FEED}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    assert refused(tmp_path / "feed", bytes(content)).code == "bad_archive"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda content: zipped({"a": content})])
def test_a_bomb_is_refused_while_it_unfolds(tmp_path: Path, pack: object) -> None:
    content = pack(FEED + b"0\tMug\n" * 200_000)  # type: ignore[operator]
    assert refused(tmp_path / "feed", content, free_bytes=100_000, ratio=50).code == "bomb"


def test_a_feed_beyond_the_limit_of_size_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "feed", FEED, plain_bytes=1_000).code == "too_large"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", None), ("utf-8-sig", None), ("utf-16", None), ("utf-16-le", None), ("utf-16-be", None),
        ("utf-32", None), ("cp1252", "windows-1252"), ("latin-1", "ISO-8859-1"), ("utf-16-le", "utf-16"),
        ("shift_jis", "Shift_JIS"), ("utf-8", "UTF8"),
    ],
)  # fmt: skip
def test_encodings_are_seen_or_declared(tmp_path: Path, encoding: str, declared: str | None) -> None:
    title = "マグ" if encoding == "shift_jis" else "Grüne Tasse"
    (tmp_path / "feed").write_bytes(f"id\ttitle\n1\t{title}\n".encode(encoding))
    read = read_feed(tmp_path / "feed", encoding=declared)
    assert read.column("title") == [title]


@pytest.mark.parametrize("declared", ["rot13", "zip", "utf-7", "idna", "unicode_escape", "klingon"])
def test_an_encoding_that_is_none_of_texts_is_refused(tmp_path: Path, declared: str) -> None:
    (tmp_path / "feed").write_bytes(FEED)
    with pytest.raises(BadFeed) as found:
        read_feed(tmp_path / "feed", encoding=declared)
    assert found.value.code == "bad_encoding"


def test_undeclared_bytes_of_another_encoding_set_their_rows_aside(tmp_path: Path) -> None:
    lines = ["id\ttitle\n", "1\tMug\n", "2\tGrüne Tasse\n", "3\tCup\n"]
    (tmp_path / "feed").write_bytes("".join(lines).encode("cp1252"))
    read = read_feed(tmp_path / "feed")
    assert read.column("id") == ["1", "3"]
    assert [(fault.row, fault.id, fault.code) for fault in read.faults] == [(2, "2", "bad_encoding")]


def test_utf_16_that_ends_within_a_character_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "feed", "id\ttitle\n1\tMug\n".encode("utf-16")[:-1]).code == "cut_feed"


def test_bytes_that_are_unknown_in_a_declared_encoding_become_replacement_characters(tmp_path: Path) -> None:
    (tmp_path / "feed").write_bytes(b"id\ttitle\n1\tMug \x81\n")
    assert read_feed(tmp_path / "feed", encoding="cp1252").column("title") == ["Mug \ufffd"]
