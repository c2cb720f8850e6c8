"""Files that can run code when read are known by their name and by their first bytes."""

from __future__ import annotations

import io
import pickle
import tarfile
import zipfile
from pathlib import Path

import pytest

from models.registry.kinds import FOREIGN, PICKLES, is_weights, wrong_by_bytes, wrong_by_name


@pytest.mark.parametrize("ending", PICKLES)
def test_every_ending_of_a_pickle_is_refused_in_any_case(ending: str) -> None:
    for name in (f"model{ending}", f"unet/MODEL{ending.upper()}"):
        assert "which runs code when read" in wrong_by_name(name)
        assert is_weights(name)


@pytest.mark.parametrize("ending", FOREIGN)
def test_weights_of_other_kinds_are_refused_by_their_kind(ending: str) -> None:
    assert wrong_by_name(f"model{ending}") == f"are {ending[1:]}, not safetensors; convert them"


@pytest.mark.parametrize(
    "name", ["a.safetensors", "config.json", "merges.txt", "tokenizer.model", "README.md", "binary"]
)
def test_other_names_may_be_weights_or_belong_to_them(name: str) -> None:
    assert wrong_by_name(name) == ""
    assert is_weights(name) == name.endswith(".safetensors")


def tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("storages"))
    return stream.getvalue()


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as opened:
        opened.writestr("data.pkl", b"x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        *[(pickle.dumps([1], protocol=protocol), f"a pickle (protocol {protocol})") for protocol in (2, 3, 4, 5)],
        (archive(), "a zip archive, as torch.save writes it"),
        (tar(), "a tar archive"),
    ],
)
def test_pickles_and_archives_are_known_by_their_first_bytes(tmp_path: Path, data: bytes, wrong: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(data)
    assert f"are {wrong}" in wrong_by_bytes(path)


@pytest.mark.parametrize("data", [b"", b"\x80", b"\x80\x06", b'{"a": 1}', b"PK", bytes(300)])
def test_other_bytes_are_not_taken_for_one(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(data)
    assert wrong_by_bytes(path) == ""
