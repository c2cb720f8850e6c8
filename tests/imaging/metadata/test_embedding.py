"""Metadata replaces a file's packet: the same bytes every time, within the limit, and nothing private."""

from __future__ import annotations

import random
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from foundry.channel.inspection import inspect
from foundry.delivery.metadata import AssetMetadata
from foundry.provenance import asset_of
from imaging.metadata.embedding import IIM, can_embed, embed
from imaging.metadata.facts import properties_of
from imaging.metadata.iim import iim
from imaging.metadata.jpeg import MOST_XMP
from imaging.metadata.properties import NAMESPACES, packet
from imaging.metadata.splicing import CannotEmbed
from tests.support.finished_files import KINDS, TOLD, finished_file, form_of, told
from tests.support.scenes import XMP

ESSENTIAL = {
    "dc:identifier", "dc:rights", "dc:creator", "xmp:CreatorTool", "xmpMM:DocumentID", "xmpMM:InstanceID",
    "xmpRights:Marked", "Iptc4xmpExt:DigitalSourceType",
}  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Kind → a finished file."""
    folder = tmp_path_factory.mktemp("finished")
    return {kind: finished_file(folder, kind) for kind in KINDS}


def delivered(file: Path, kind: str, into: Path, one: AssetMetadata | None = None, limit: int | None = None) -> bytes:
    """The bytes of the copy."""
    done = embed(file, into, form_of(kind), one or told(kind), limit)
    data = into.read_bytes()
    assert done.size_bytes == len(data)
    return data


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_and_facts_have_the_same_bytes(kind: str, files: dict[str, Path], tmp_path: Path) -> None:
    first, again = (delivered(files[kind], kind, tmp_path / name) for name in ("a", "b"))
    assert first == again
    assert first != delivered(files[kind], kind, tmp_path / "c", told(kind, title="Something else"))
    assert asset_of(first) == (TOLD.tenant, TOLD.asset)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_of_an_earlier_packet(kind: str, files: dict[str, Path], tmp_path: Path) -> None:
    earlier, later = told(kind, title="Yesterday's title"), told(kind)
    once = tmp_path / "once"
    delivered(files[kind], kind, once, earlier)
    data = delivered(once, kind, tmp_path / "twice", later)
    assert b"Yesterday" not in data
    assert XMP not in data
    assert data.count(b"W5M0MpCehiHzreSzNTczkc9d") == 1
    if kind not in ("tiff", "pdf"):
        assert data == delivered(files[kind], kind, tmp_path / "direct", later)


@pytest.mark.parametrize("kind", KINDS)
def test_the_channel_check_finds_nothing_private(kind: str, files: dict[str, Path], tmp_path: Path) -> None:
    copy = tmp_path / files[kind].name
    data = delivered(files[kind], kind, copy)
    before, after = inspect(files[kind]), inspect(copy)
    assert after.leaks == ()
    same: dict[str, Any] = {"name": before.name, "size_bytes": before.size_bytes, "xmp": before.xmp}
    if before.moving and after.moving:  # the rate of animations is that of their bytes
        same["moving"] = replace(after.moving, bits_per_second=before.moving.bits_per_second)
    assert replace(after, **same) == before
    for secret in (str(tmp_path), TOLD.audience):
        assert secret.encode() not in data


@pytest.mark.parametrize("kind", KINDS)
def test_the_copy_stays_within_the_byte_limit(kind: str, files: dict[str, Path], tmp_path: Path) -> None:
    whole = len(delivered(files[kind], kind, tmp_path / "whole"))
    names = {each.name for each in properties_of(told(kind))}
    seen: list[int] = []
    for limit in range(whole, files[kind].stat().st_size, -100):
        done = embed(files[kind], tmp_path / "copy", form_of(kind), told(kind), limit)
        assert done.size_bytes == (tmp_path / "copy").stat().st_size <= limit
        if done.unchanged:
            break
        assert ESSENTIAL.isdisjoint(done.left_out)
        assert set(done.left_out) <= names | {IIM}
        seen.append(len(done.left_out))
    assert seen == sorted(seen)
    assert seen[0] == 0 < seen[-1]
    unchanged = embed(files[kind], tmp_path / "copy", form_of(kind), told(kind), files[kind].stat().st_size)
    assert unchanged.unchanged or unchanged.size_bytes <= files[kind].stat().st_size
    assert unchanged.left_out


def test_a_file_without_any_room_is_delivered_as_it_is(files: dict[str, Path], tmp_path: Path) -> None:
    size = files["png"].stat().st_size
    done = embed(files["png"], tmp_path / "copy", "png", told("png"), size)
    assert done.unchanged
    assert done.size_bytes == size
    assert (tmp_path / "copy").read_bytes() == files["png"].read_bytes()
    assert set(done.left_out) >= ESSENTIAL


def test_a_packet_is_never_larger_than_a_jpeg_segment(files: dict[str, Path], tmp_path: Path) -> None:
    long = told("jpeg", usage_terms="§" * 40_000, description="€" * 8_000)
    done = embed(files["jpeg"], tmp_path / "copy", "jpeg", long)
    assert "xmpRights:UsageTerms" in done.left_out
    assert not done.unchanged
    with Image.open(tmp_path / "copy") as file:
        assert len(file.info["xmp"]) <= MOST_XMP


def test_a_webp_without_metadata_becomes_an_extended_one(tmp_path: Path) -> None:
    for mode, options in (("RGB", {}), ("RGB", {"lossless": True}), ("RGBA", {"lossless": True})):
        file, copy = tmp_path / "bare.webp", tmp_path / "copy.webp"
        Image.effect_noise((33, 21), 80).convert(mode).save(file, **options)
        delivered(file, "webp", copy)
        with Image.open(file) as before, Image.open(copy) as after:
            assert after.size == (33, 21)
            assert after.mode == before.mode
            assert after.tobytes() == before.tobytes()
            assert after.info["xmp"].startswith(b"<?xpacket")


def test_a_bare_jpeg_xl_codestream_is_put_into_a_container(files: dict[str, Path], tmp_path: Path) -> None:
    data = files["jxl"].read_bytes()
    bare = tmp_path / "bare.jxl"
    bare.write_bytes(data[data.index(b"jxlc") + 4 :])
    assert delivered(bare, "jxl", tmp_path / "copy") == delivered(files["jxl"], "jxl", tmp_path / "whole")


def test_subtitles_hold_no_metadata(tmp_path: Path) -> None:
    assert not can_embed("vtt")
    (tmp_path / "a.vtt").write_text("WEBVTT\n")
    with pytest.raises(CannotEmbed, match="holds no metadata"):
        embed(tmp_path / "a.vtt", tmp_path / "b.vtt", "vtt", told("vtt"))
    assert not (tmp_path / "b.vtt").exists()


def refusal(file: Path, kind: str, copy: Path) -> str | None:
    """The sentence with which a file is refused; None if it is copied."""
    try:
        embed(file, copy, form_of(kind), told(kind))
    except CannotEmbed as error:
        return str(error)
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused_with_a_sentence_or_copied(kind: str, files: dict[str, Path], tmp_path: Path) -> None:
    chance, data = random.Random(19), files[kind].read_bytes()
    file, refused = tmp_path / "damaged", 0
    for _ in range(40):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(min(len(data), chance.choice([64, 600, len(data)])))] = chance.choice([0, 255, 17])
        if chance.random() < 0.4:
            del damaged[chance.randrange(len(data)) :]
        file.write_bytes(damaged)
        sentence = refusal(file, kind, tmp_path / "copy")
        assert sentence is None or sentence.startswith(f"the {form_of(kind)} file ")
        refused += sentence is not None
    assert refused
    file.write_bytes(b"")
    with pytest.raises(CannotEmbed):
        embed(file, tmp_path / "copy", form_of(kind), told(kind))


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("avif", lambda data: data + b"\0\0\0\x08moov", "the avif file is a film, whose frames would have to move"),
        ("gif", lambda data: data.replace(b"GIF89a", b"GIF87a"), "the gif file does not begin as one"),
        ("mp4", lambda data: data + b"\0\0\0\x08moof", "the mp4 file has no single index of its frames"),
        ("webm", lambda data: data[:-20], "the webm file ends inside an element"),
        ("tiff", lambda data: data[:4] + b"\xff\xff\xff\xff" + data[8:], "the tiff file has no whole directory"),
    ],
)
def test_a_file_of_another_layout_is_refused(
    kind: str, change: Callable[[bytes], bytes], sentence: str, files: dict[str, Path], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_bytes(change(files[kind].read_bytes()))
    assert (refusal(other, kind, tmp_path / "copy") or "").startswith(sentence)


def test_a_long_film_is_copied_a_part_at_a_time(files: dict[str, Path], tmp_path: Path) -> None:
    film, copy, more = tmp_path / "film.mp4", tmp_path / "copy.mp4", 200_000_000
    with film.open("wb") as stream:
        stream.write(files["mp4"].read_bytes() + more.to_bytes(4, "big") + b"free")
        stream.truncate(stream.tell() + more - 8)
    tracemalloc.start()
    embed(film, copy, "mp4", told("mp4"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert copy.stat().st_size > more
    assert peak < 8_000_000


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=()), max_size=60)
NASTY = [
    "]]>", "<![CDATA[", "&amp;&lt;", "<script>", "\x00\x01\x1f\x7f", "👩‍👩‍👧 family", "עברית (abc) 12%", "\ufffe\uffff",
    "a\r\nb\rc\nd\te", "\u202eevil\u2066", "'\"", "<?xpacket end='r'?>", "𝒜" * 30,
]  # fmt: skip


def changed(words: list[str]) -> AssetMetadata:
    """The facts of the tests, with other texts in every field."""
    one, two, three = (words * 3)[:3]
    return replace(
        TOLD, title=one, description=two, alt_text=three, owner=one, campaign_name=two, copy=(three,),
        keywords=(one, two),
        product_name=two, items=(three,), markets=(one,), usage_terms=two, licence_url=three, models=(one,), scene=two,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS | st.sampled_from(NASTY), min_size=1, max_size=3))
def test_any_text_makes_a_packet_that_parsers_read_back(words: list[str]) -> None:
    said = changed(words)
    root = ET.fromstring(packet(properties_of(said)))
    titles = [each.text or "" for each in root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")]
    one = "".join(letter for letter in said.title.replace("\r\n", "\n").replace("\r", "\n") if legal(letter))
    if said.title:
        assert one in titles
    description = next(each for each in root.iter() if each.tag.endswith("}Description"))
    assert {each.tag.partition("}")[0][1:] for each in description} <= set(NAMESPACES.values())
    assert iim(said).startswith(b"\x1c\x01Z\x00\x03\x1b%G")


def legal(letter: str) -> bool:
    """Whether XML 1.0 holds a character."""
    return letter in "\t\n\r" or " " <= letter <= "\ud7ff" or "\ue000" <= letter <= "\ufffd" or letter >= "\U00010000"


@pytest.mark.parametrize("kind", ["jpeg", "gif", "webm", "pdf"])
def test_any_text_can_be_embedded(kind: str, files: dict[str, Path], tmp_path: Path) -> None:
    for first, second, third in zip(NASTY, NASTY[1:], NASTY[2:], strict=False):
        data = delivered(files[kind], kind, tmp_path / "copy", changed([first, second, third]))
        assert asset_of(data) == (TOLD.tenant, TOLD.asset)
