"""No weights are read that are not exactly what their card says."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.card.card import ModelCard
from models.registry import WeightsRefused, card
from models.registry.known_hashes import hash_of
from models.registry.weights import folder_of, hash_memory, headers_of, verify, weights_in, weights_of
from tests.support.cards import a_registry, card_file, only, pickled, tensors
from tests.support.lfs_pointers import A_POINTER

FILE = "unet/diffusion_pytorch_model.safetensors"


def refusal(model: ModelCard) -> str:
    with pytest.raises(WeightsRefused) as refused:
        verify(model)
    said = str(refused.value)
    assert said.startswith(f"model {model.name}: weights ")
    assert said.endswith(". Nothing was loaded.")
    assert "\n" not in said
    return said


def test_whole_weights_pass_and_their_folder_is_known(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    verify(model)
    verify(model, full=True)
    assert folder_of(model) == tmp_path / "cards" / "weights-1"
    with pytest.raises(WeightsRefused, match="this card runs without any"):
        folder_of(card("lanczos", "upscale"))
    verify(card("lanczos", "upscale"))


def corrupted(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def zipped(path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"a": 1}))
    path.write_bytes(held.getvalue())


def mislabelled(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))


def another(path: Path) -> None:
    tensors(path, seed=7)


def legacy_tar(path: Path) -> None:
    path.write_bytes(bytes(257) + b"ustar\0" + bytes(200))


WRONG: list[tuple[Callable[[Path], None], str]] = [
    (corrupted, "have SHA-256"),
    (truncated, "are not sound: the file has 397 bytes, and its header describes another number: truncated"),
    (pickled, "are a pickle (protocol 4), which runs code when read"),
    (zipped, "are a zip archive, as torch.save writes it"),
    (legacy_tar, "are a tar archive"),
    (mislabelled, "are not sound: the file claims a header of"),
    (another, "have SHA-256"),
]


@pytest.mark.parametrize(("spoil", "said"), WRONG, ids=[spoil.__name__ for spoil, _ in WRONG])
def test_wrong_weights_get_one_sentence_and_are_kept_aside(
    tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    model = only(a_registry(tmp_path, "1"))
    path = model.folder / FILE
    spoil(path)
    wrong = path.read_bytes()
    sentence = refusal(model)
    quarantine = tmp_path / "cards" / "weights-1.quarantine"
    assert f"weights {FILE} {said}" in sentence
    assert f"the file is kept in {quarantine}" in sentence
    assert not path.exists()
    assert [kept.read_bytes() for kept in quarantine.iterdir()] == [wrong]
    assert "are missing" in refusal(model)


@pytest.mark.parametrize("file", [FILE, "model_index.json"])
def test_a_git_lfs_pointer_is_named_and_left_for_git_to_replace(tmp_path: Path, file: str) -> None:
    model = only(a_registry(tmp_path, "1"))
    (model.folder / file).write_bytes(A_POINTER)
    sentence = refusal(model)
    assert f"weights {file} are a Git LFS pointer in place of the file, which has 12345 bytes; fetch" in sentence
    assert "run `git lfs pull` in its repository" in sentence
    assert (model.folder / file).read_bytes() == A_POINTER


def test_a_configuration_that_is_a_pickle_is_refused(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    pickled(model.folder / "model_index.json")
    assert "model_index.json are a pickle" in refusal(model)


@pytest.mark.parametrize("name", ["x.bin", "x.pt", "x.ckpt", "unet/x.PTH", "x.pkl", "x.npz"])
def test_a_pickle_by_its_name_is_refused_wherever_it_lies_and_left_there(tmp_path: Path, name: str) -> None:
    model = only(a_registry(tmp_path, "1"))
    (model.folder / name).write_bytes(b"x")
    assert "are a pickle by their name" in refusal(model)
    assert (model.folder / name).exists()


def test_weights_that_the_card_does_not_list_are_refused(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    tensors(model.folder / "unet" / "more.safetensors")
    assert "unet/more.safetensors are not on the card" in refusal(model)
    (model.folder / "unet" / "more.safetensors").rename(model.folder / "net.onnx")
    assert "are onnx, not safetensors" in refusal(model)


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    inside, outside = model.folder / FILE, tmp_path / "elsewhere.safetensors"
    inside.rename(outside)
    inside.symlink_to(outside)
    assert f"are a link out of the folder, to {outside}" in refusal(model)
    inside.unlink()
    outside.rename(inside)
    (model.folder / "more").symlink_to(tmp_path)
    assert "more are a link out of the folder" in refusal(model)


def test_shipped_weights_are_refused_but_never_moved(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    source = model.source.model_copy(update={"kind": "embedded"})
    corrupted(model.folder / FILE)
    assert "quarantine" not in refusal(model.model_copy(update={"source": source}))
    assert (model.folder / FILE).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_weights_in_a_folder_that_cannot_be_written_are_refused_but_not_moved(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    corrupted(model.folder / FILE)
    model.folder.parent.chmod(0o500)
    try:
        assert "quarantine" not in refusal(model)
    finally:
        model.folder.parent.chmod(0o700)
    assert (model.folder / FILE).exists()


def test_hashes_are_remembered_until_the_file_changes(tmp_path: Path) -> None:
    path, memory = tensors(tmp_path / "a.safetensors"), tmp_path / "memory"
    first = hash_of(path, memory)
    assert not memory.exists()  # too fresh: a second change in the same tick of the clock would not show
    moment = path.stat().st_ctime_ns
    while (now := hash_of(path, memory)) and not memory.exists():
        assert now == first
    assert path.stat().st_ctime_ns == moment
    (note,) = memory.iterdir()
    told = json.loads(note.read_text())
    note.write_text(json.dumps({**told, "sha256": "f" * 64}))
    assert hash_of(path, memory) == "f" * 64
    assert hash_of(path, memory, again=True) == first
    before = path.stat()
    corrupted(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert hash_of(path, memory) not in (first, "f" * 64)


def test_a_sound_file_that_begins_like_a_pickle_is_no_pickle(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    path = only(registry).folder / FILE
    header = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'.ljust(0x280)
    path.write_bytes(struct.pack("<Q", 0x280) + header + b"\0")
    assert path.read_bytes()[:2] == b"\x80\x02"
    card_file(registry.own, source={"kind": "directory", "folder": "weights-1"})
    verify(only(registry))


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    return only(a_registry(tmp_path_factory.mktemp("listed"), "1"))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_corruption_and_no_truncation_of_listed_weights_passes(listed: ModelCard, data: st.DataObject) -> None:
    path = listed.folder / FILE
    whole = path.read_bytes()
    changed = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 3)) if changed else 0):
        changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    try:
        if bytes(changed) == whole:
            verify(listed, set_aside=False)
        else:
            with pytest.raises(WeightsRefused):
                verify(listed, set_aside=False)
    finally:
        path.write_bytes(whole)


def test_only_files_that_decide_a_picture_are_hashed(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    (model.folder / "README.md").write_text("words")
    assert weights_in(model.folder) == ["model_index.json", FILE]
    assert weights_of(model.folder) == model.weights


def test_headers_of_missing_and_unsound_files_are_left_out(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    assert [header.tensors for header in headers_of(model)] == [3]
    truncated(model.folder / FILE)
    assert list(headers_of(model)) == []
    (model.folder / FILE).unlink()
    assert list(headers_of(model)) == []


def test_hashes_are_remembered_in_the_models_home(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    assert hash_memory(model) == tmp_path / "home" / ".hashes"
    assert hash_memory(model.model_copy(update={"home": None})) is None
