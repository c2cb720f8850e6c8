"""Audio files of films: received by their signature and measured before anything is decoded."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from foundry.errors import Unusable
from foundry.inputs.door import receive
from foundry.inputs.file_name import ForeignFile
from foundry.inputs.sound import MAX_BYTES, SOUND, inspect_sound
from foundry.names import sha256_file
from imaging.film.encoding.sound_file import decode_sound
from tests.support.channel_files import Spec, film
from tests.support.sounds import silence


def wave(frames: int = 4_800, tag: bytes = b"") -> bytes:
    """A WAV of a quiet tone, 48 kHz, one channel; `tag` is the name of an artist."""
    levels = b"".join(struct.pack("<h", (step % 100) * 40) for step in range(frames))
    info = b"INFOIART" + struct.pack("<I", len(tag)) + tag + b"\0" * (len(tag) % 2)
    chunks = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 48_000, 96_000, 2, 16)
    chunks += (b"LIST" + struct.pack("<I", len(info)) + info if tag else b"") + b"data" + struct.pack("<I", len(levels))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + len(levels)) + b"WAVE" + chunks + levels


def test_a_file_gives_its_hash_and_its_name_in_the_brief(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "a.wav").write_bytes(wave())
    facts = inspect_sound(receive(tmp_path, "music/a.wav", SOUND))
    assert (facts.named, facts.key) == ("music/a.wav", sha256_file(tmp_path / "music" / "a.wav"))


@pytest.mark.parametrize("tag", ["Bj\xf6rk".encode("latin-1"), b"\xff\xfe\0", "Bj\xf6rk".encode()])
def test_a_tag_in_any_encoding_is_no_reason_to_refuse_a_sound(tag: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wave(tag=tag))
    assert inspect_sound(receive(tmp_path, "a.wav", SOUND)).named == "a.wav"
    assert decode_sound(wave(tag=tag), "a.wav").shape == (2, 4_800)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"RIFF\x04\0\0\0WAVE", "a.wav is damaged"),
        (b"ID3\x04" + bytes(400), "a.wav is damaged"),
        (b"OggS" + b"\xff" * 300, "a.wav is damaged"),
        (wave(0), "a.wav holds no samples"),
        (wave()[:22] + b"\x09" + wave()[23:], "a.wav "),
    ],
)
def test_a_sound_that_no_film_could_use_is_refused_at_admission(data: bytes, wrong: str, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(Unusable) as refused:
        inspect_sound(receive(tmp_path, "a.wav", SOUND))
    assert str(refused.value).startswith(wrong)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ForeignFile, match=r"a\.wav does not exist among the files"):
        receive(tmp_path, "a.wav", SOUND)


@pytest.mark.parametrize(("size", "wrong"), [(0, "is empty"), (MAX_BYTES + 1, "has 200000001 bytes; the limit is")])
def test_a_file_of_an_unlikely_size_is_refused(size: int, wrong: str, tmp_path: Path) -> None:
    with (tmp_path / "a.wav").open("wb") as stream:
        stream.truncate(size)
    with pytest.raises(Unusable, match=wrong):
        receive(tmp_path, "a.wav", SOUND)


@pytest.mark.parametrize("head", [b"ID3\4", b"fLaC", b"OggS", b"\0\0\0\x18ftypM4A ", b"\xff\xfb\x90", b"\xff\xf1\x50"])
def test_a_known_format_is_received_by_its_first_bytes(head: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(head)
    assert receive(tmp_path, "a.bin", SOUND).size_bytes == len(head)


@pytest.mark.parametrize("head", [b"RIFF\0\0\0\0AVI ", b"root:x:0:0", b"ffconcat version 1.0", b"#EXTM3U", b"\xff\x00"])
def test_another_format_is_refused_unread(head: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(head)
    with pytest.raises(Unusable, match="is no sound file known here; give WAV"):
        receive(tmp_path, "a.wav", SOUND)


def test_the_length_is_measured(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wave(72_000))
    assert inspect_sound(receive(tmp_path, "a.wav", SOUND)).seconds == 1.5


def test_a_file_in_which_nothing_can_be_heard_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(silence(96_000))
    with pytest.raises(
        Unusable, match=r"a\.wav is silent for all of its 2\.0 s; give a file with sound in it, or leave"
    ):
        inspect_sound(receive(tmp_path, "a.wav", SOUND))


@pytest.mark.parametrize(
    "data",
    [b"A text about music.\n" * 40, b"ID3\x04\0\0\0\0\0\0" + b"A text about music.\n" * 400,
     b"\xff\xfb\x90\x00" + b"A text about music.\n" * 400, b"ID3\x03\0\0\0\0\x0f\x76" + b"\0" * 2_100],
    ids=["a text", "a text behind a tag", "a text behind one frame's head", "a tag alone"],
)  # fmt: skip
def test_a_text_that_is_called_music_is_refused_in_the_plan(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "text.mp3").write_bytes(data)
    with pytest.raises(Unusable, match=r"text\.mp3 "):
        inspect_sound(receive(tmp_path, "text.mp3", SOUND))


def test_a_film_without_a_sound_track_is_no_music(tmp_path: Path) -> None:
    film(tmp_path / "clip.mp4", Spec())
    with pytest.raises(Unusable, match=r"clip\.mp4 has no stream of sound; give a file that has one"):
        inspect_sound(receive(tmp_path, "clip.mp4", SOUND))
