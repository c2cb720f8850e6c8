"""Audio files of films: received by their signature and measured before anything is decoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.errors import Unusable
from foundry.inputs.door import receive
from foundry.inputs.file_name import ForeignFile
from foundry.inputs.sound import MAX_BYTES, SOUND, inspect_sound
from foundry.names import sha256_file

WAVE = b"RIFF\x04\0\0\0WAVE"


def test_a_file_gives_its_hash_and_its_name_in_the_brief(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "a.wav").write_bytes(WAVE)
    facts = inspect_sound(receive(tmp_path, "music/a.wav", SOUND))
    assert (facts.named, facts.key) == ("music/a.wav", sha256_file(tmp_path / "music" / "a.wav"))


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
