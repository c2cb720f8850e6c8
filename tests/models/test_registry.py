"""Cards are found by name and version, and no weights are read that are not exactly what their card says."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.admission import admit
from foundry.card import ModelCard, card_schema
from foundry.errors import BadInput, FoundryError, Refusals
from foundry.intake import parse
from foundry.tenant import AdapterChoice, Models
from models.registry import (
    CARDS,
    CardNotAdded,
    Registry,
    WeightsRefused,
    all_cards,
    card,
    cards_of,
    find,
    folder_of,
    open_registry,
    verify,
)
from models.registry.adding import add
from models.registry.known_hashes import hash_of
from models.registry.safetensors_header import NotSafetensors, read_header
from tests.briefs import a_brief, a_tenant, product_picture
from tests.cards import CARD, a_registry, card_file, only, tensors, weights

FILE = "unet/diffusion_pytorch_model.safetensors"


# Names


def test_an_id_is_the_version_in_production_and_a_version_is_exactly_that(tmp_path: Path) -> None:
    registry = Registry((CARDS, a_registry(tmp_path, "1", "2").own), tmp_path)
    assert card("backdrop", "text-to-image", registry).name == "backdrop@1"
    assert card("tiny@2", "text-to-image", registry).name == "tiny@2"
    assert [c.name for c in all_cards(registry)][-2:] == ["tiny@1", "tiny@2"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("giant", "no model card 'giant'; there are: tiny"),
        ("tiny@9", "no model card 'tiny@9'; there are: tiny@1, tiny@2"),
        ("tiny", "no version is in production (tiny@1 is candidate; tiny@2 is candidate)"),
    ],
)
def test_a_name_that_names_no_one_card_is_refused_with_what_there_is(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(FoundryError) as refused:
        card(name, "text-to-image", a_registry(tmp_path, "1", "2"))
    assert said in str(refused.value)


def test_a_card_that_calls_itself_production_is_not_and_the_sentence_says_what_to_run(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", stage="production")
    assert only(registry).stage == "candidate"
    with pytest.raises(FoundryError, match="run `foundry models promote tiny@1`"):
        card("tiny", "text-to-image", registry)


def test_two_files_with_one_id_and_version_are_refused(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    (registry.own / "again.yaml").write_bytes((registry.own / "tiny@1.yaml").read_bytes())
    with pytest.raises(BadInput, match=r"repeats tiny@1 of .*again\.yaml; give it another version"):
        all_cards(registry)


def test_versions_are_ordered_as_numbers(tmp_path: Path) -> None:
    assert [c.version for c in all_cards(a_registry(tmp_path, "10", "9", "1.10", "1.9"))] == ["1.9", "1.10", "9", "10"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": "../1"}, "version: String should match"),
        ({"weights": {"../up.safetensors": "0" * 64}}, "weights"),
        ({"weights": {"/etc/x": "0" * 64}}, "weights"),
        ({"source": {"kind": "hub", "repository": "a/b", "revision": "main"}}, "is not a commit of 40 hex digits"),
        ({"source": {"kind": "hub", "repository": "ab", "revision": "0" * 40}}, "is not owner/name"),
        ({"source": {"kind": "bucket", "url": "s3://x"}}, "write gs://bucket/prefix"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
    ],
)
def test_a_card_that_says_what_it_must_not_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    card_file(tmp_path, **changes)
    with pytest.raises(BadInput) as refused:
        all_cards(Registry((tmp_path,), tmp_path))
    assert said in str(refused.value)
    assert "tiny@" in str(refused.value)


def test_a_changed_copy_of_a_card_has_a_digest_of_its_own() -> None:
    shipped = card("backdrop", "text-to-image")
    before = shipped.digest
    assert shipped.model_copy(update={"steps": 3}).digest != before
    assert shipped.model_copy(update={"title": "x"}).digest == before


def test_the_default_folder_is_the_shipped_one_and_cards_beside_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert open_registry() == Registry((CARDS,), tmp_path / "cache" / "campaign-foundry" / "models")
    (tmp_path / "cards").mkdir()
    assert open_registry().folders == (CARDS, tmp_path / "cards")
    assert open_registry(CARDS).folders == (CARDS,)


# Tenants


def of_models(**models: Any) -> Any:
    return a_tenant().model_copy(update={"models": Models(**models)})


def test_a_tenant_gets_every_reason_why_its_cards_cannot_be_used(tmp_path: Path) -> None:
    registry = Registry((CARDS, a_registry(tmp_path, "1", tenants=["other"]).own), tmp_path)
    with pytest.raises(Refusals) as refused:
        cards_of(of_models(generate="tiny@1", screen="nobody", upscale="backdrop"), registry)
    for part in (
        "tiny@1 is not for this tenant",
        "no model card 'nobody'",
        "'backdrop' does text-to-image, not upscale",
    ):
        assert part in str(refused.value)


def test_retired_and_draft_cards_are_refused_even_by_their_exact_name(tmp_path: Path) -> None:
    for stage in ("retired", "draft"):
        registry = Registry((CARDS, a_registry(tmp_path, "1", stage=stage).own), tmp_path)
        with pytest.raises(FoundryError, match=f"tiny@1 is {stage}; choose a production card"):
            cards_of(of_models(generate="tiny@1"), registry)


def test_cards_without_hashes_are_refused_for_tenants(tmp_path: Path) -> None:
    registry = Registry((CARDS, a_registry(tmp_path, "1", weights={}).own), tmp_path)
    with pytest.raises(FoundryError, match="has no hashes of its weights; stamp them"):
        cards_of(of_models(generate="tiny@1"), registry)


def test_adapters_must_fit_their_base_and_be_for_the_tenant(tmp_path: Path) -> None:
    lora = {"kind": "lora", "bases": ["other"], "file": "unet/diffusion_pytorch_model.safetensors"}
    folder = a_registry(tmp_path, "1", id="look", task="adapter", adapter=lora).own
    tenant = of_models(adapters=(AdapterChoice(card="look@1", weight=Decimal("0.8")),))
    found = cards_of(tenant, Registry((CARDS, folder), tmp_path))
    assert [(adapter.name, weight) for adapter, weight in found.adapters] == [("look@1", 800)]
    product_picture(tmp_path / "serum.png")
    with pytest.raises(Refusals) as refused:
        admit(parse(a_brief()), tmp_path, tenant, found)
    where = f"tenant {tenant.id}: models.adapters[0].card: 'look@1'"
    assert [str(problem) for problem in refused.value.problems] == [
        f"{where} fits other, not backdrop; choose an adapter that was made for it",
        f"{where} is a lora; backdrop takes no adapters; drop it from the tenant",
    ]


# Weights


def refusal(model: ModelCard) -> str:
    with pytest.raises(WeightsRefused) as refused:
        verify(model)
    said = str(refused.value)
    assert said.startswith(f"model {model.id}: weights ")
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


def pickled(path: Path) -> None:
    path.write_bytes(pickle.dumps({"weight": np.zeros(3)}, protocol=4))


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
    (truncated, "are not sound: the file ends after 397 bytes, 7 before its header says: truncated"),
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


# The header


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tensors(tmp_path_factory.mktemp("sound") / "sound.safetensors")


def judged(path: Path, data: bytes) -> bool:
    """Whether our check passes; it must raise nothing but its refusal."""
    path.write_bytes(data)
    try:
        read_header(path)
    except NotSafetensors:
        return False
    return True


def theirs(data: bytes) -> bool:
    """Whether the library that will read the file accepts it."""
    try:
        safetensors.deserialize(data)
    except safetensors.SafetensorError:
        return False
    return True


def test_the_header_counts_tensors_and_parameters(sound: Path) -> None:
    header = read_header(sound)
    assert (header.tensors, header.parameters) == (3, {"F32": 32, "F16": 6, "I64": 5})


def test_a_sound_file_that_begins_like_a_pickle_is_no_pickle(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    path = only(registry).folder / FILE
    header = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'.ljust(0x280)
    path.write_bytes(struct.pack("<Q", 0x280) + header + b"\0")
    assert path.read_bytes()[:2] == b"\x80\x02"
    card_file(registry.own, source={"kind": "directory", "folder": "weights-1"})
    verify(only(registry))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_truncation_passes(sound: Path, data: st.DataObject) -> None:
    whole = sound.read_bytes()
    length = data.draw(st.integers(0, len(whole) - 1))
    assert not judged(sound.with_name("cut"), whole[:length])


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_whatever_happens_to_a_header_we_pass_only_what_the_library_reads(sound: Path, data: st.DataObject) -> None:
    changed = bytearray(sound.read_bytes())
    head = 8 + int.from_bytes(changed[:8], "little")
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, head - 1))] = data.draw(st.integers(0, 255))
    changed += data.draw(st.binary(max_size=4))
    if judged(sound.with_name("changed"), bytes(changed)):
        assert theirs(bytes(changed))


def packed(header: object, data: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(start: int, stop: int, **changes: Any) -> dict[str, Any]:
    return {"dtype": "U8", "shape": [stop - start], "data_offsets": [start, stop], **changes}


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"a": tensor(0, 4), "b": tensor(5, 8)}, "a gap or an overlap"),
        ({"a": tensor(0, 5), "b": tensor(4, 8)}, "a gap or an overlap"),
        ({"a": tensor(0, 9)}, "1 before its header says: truncated"),
        ({"a": tensor(0, 7)}, "1 bytes that belong to no tensor"),
        ({"a": tensor(0, 8, dtype="Q4")}, "unknown type 'Q4'"),
        ({"a": tensor(0, 8, shape=[3])}, "8 bytes; its shape needs 3"),
        ({"a": tensor(0, 8, shape=[-8])}, "not whole numbers"),
        ({"a": tensor(0, 8, shape=[True])}, "not whole numbers"),
        ({"a": tensor(0, 8, shape=[1 << 40, 1 << 40, 0])}, "no reader can hold"),
        ({"a": tensor(0, 8, code="x")}, "other keys"),
        ({"a": tensor(0, 8), "__metadata__": {"n": 1}}, "metadata that are not texts"),
        ([1], "does not begin with a safetensors header"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, header: object, said: str) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(packed(header, bytes(8)))
    with pytest.raises(NotSafetensors) as refused:
        read_header(path)
    assert said in str(refused.value)


def test_a_header_that_says_a_key_twice_or_nests_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    one = json.dumps(tensor(0, 8))
    for text in (f'{{"a":{one},"a":{one}}}', '{"a":' * 100_000, '{"a":NaN}', '{"a":\xff}'):
        data = text.encode("latin-1")
        assert not judged(path, struct.pack("<Q", len(data)) + data + bytes(8))


# Adding


def test_an_added_card_is_a_draft_with_the_hashes_of_its_weights(tmp_path: Path) -> None:
    registry = Registry((CARDS, tmp_path / "project" / "cards"), tmp_path / "home")
    registry.own.mkdir(parents=True)
    weights(tmp_path / "project" / "trained")
    path = card_file(tmp_path / "desk", stage="production")
    added = add(registry, path, weights=tmp_path / "project" / "trained")
    assert (added.stage, added.source.folder) == ("draft", "../trained")
    assert set(added.weights) == {FILE, "model_index.json"}
    verify(added)
    assert find(registry, "tiny") == added
    with pytest.raises(CardNotAdded, match="has this id and version; raise the version"):
        add(registry, path, weights=tmp_path / "project" / "trained")


def test_a_card_file_in_the_folder_is_stamped_in_place(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", weights={})
    assert only(registry).weights == {}
    assert set(add(registry, registry.own / "tiny@1.yaml").weights) == {FILE, "model_index.json"}


@pytest.mark.parametrize(
    ("changes", "spoil", "said"),
    [
        ({"weights": {FILE: "0" * 64}}, None, "have SHA-256"),
        ({}, pickled, "are a pickle"),
        ({"source": {"kind": "embedded", "folder": "weights"}}, None, "is for cards that are shipped"),
        ({"source": {"kind": "hub", "repository": "a/b", "revision": "0" * 40}}, None, "or stamp them with --pull"),
    ],
)
def test_a_card_that_cannot_be_trusted_is_not_added_and_nothing_is_moved(
    tmp_path: Path, changes: dict[str, Any], spoil: Callable[[Path], None] | None, said: str
) -> None:
    registry = Registry((CARDS, tmp_path / "cards"), tmp_path / "home")
    path = tmp_path / "desk" / "card.yaml"
    file = weights(path.parent / "weights") / FILE
    path.write_text(yaml.safe_dump({**CARD, **changes}))
    if spoil:
        spoil(file)
    with pytest.raises(FoundryError) as refused:
        add(registry, path)
    assert said in str(refused.value)
    assert file.exists()
    assert not registry.own.exists()


def test_the_schema_of_cards_describes_every_field() -> None:
    from jsonschema import Draft202012Validator

    schema = card_schema()
    Draft202012Validator.check_schema(schema)
    for model in (schema, *schema["$defs"].values()):
        for name, field in model.get("properties", {}).items():
            assert field.get("description"), name
    for path in CARDS.glob("*.yaml"):
        assert list(Draft202012Validator(schema).iter_errors(yaml.safe_load(path.read_text()))) == []
