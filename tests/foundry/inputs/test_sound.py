"""Audio files of films: found and measured before anything is decoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.errors import Unusable
from foundry.inputs.sound import MAX_BYTES, inspect_sound
from foundry.names import sha256_file


def test_a_file_gives_its_hash_and_its_name_in_the_brief(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "a.wav").write_bytes(b"RIFF")
    facts = inspect_sound(tmp_path, "music/a.wav")
    assert (facts.named, facts.key) == ("music/a.wav", sha256_file(tmp_path / "music" / "a.wav"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"a\.wav does not exist; add the file, or leave it out"):
        inspect_sound(tmp_path, "a.wav")


@pytest.mark.parametrize("size", [0, MAX_BYTES + 1])
def test_a_file_without_content_or_beyond_the_limit_is_refused(size: int, tmp_path: Path) -> None:
    with (tmp_path / "a.wav").open("wb") as stream:
        stream.truncate(size)
    with pytest.raises(Unusable, match=f"has {size} bytes; it takes 1 to {MAX_BYTES}; give a WAV, FLAC or MP3 file"):
        inspect_sound(tmp_path, "a.wav")
