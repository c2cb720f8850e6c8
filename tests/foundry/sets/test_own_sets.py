"""A tenant's own sets, props and materials: what it sees of them, and a sentence for each that cannot be used."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from foundry.errors import BadInput, FoundryError, Refusals
from foundry.sets.files import UnknownSet, own_materials, own_sets, set_named, sets_of, shipped_sets
from foundry.sets.own_files import MAX_EDGE_PX, OwnFiles, own_props, receive_set_files
from foundry.sets.own_material import OwnMaterial
from foundry.tenant import Tenant
from foundry.tenant_files import MOST_TEXTS
from tests.support.own_sets import SHELF, a_client, a_shelf_owner, png
from tests.support.product_models import flat_box, glb_of


def received(tenant: Tenant) -> OwnFiles:
    return receive_set_files(tenant, set_named("ourshelf", tenant))


def refusal(tenant: Tenant) -> str:
    with pytest.raises(FoundryError) as caught:
        received(tenant)
    return str(caught.value)


def test_a_tenant_sees_the_shipped_sets_and_its_own(tmp_path: Path) -> None:
    tenant = a_shelf_owner(tmp_path)
    assert set(sets_of(tenant)) == {*shipped_sets(), "ourshelf"}
    assert sets_of(None) == shipped_sets()
    assert own_sets(tenant)["ourshelf"].title == "Our shelf"


def test_an_own_set_goes_before_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    tenant = a_client(tmp_path, sets__podium_yaml="{id: podium, version: 7, title: Ours}")
    assert set_named("podium", tenant).version == 7
    assert set_named("podium").version != 7


def test_a_set_receives_the_prop_the_material_and_the_picture_that_it_names(tmp_path: Path) -> None:
    found = received(a_shelf_owner(tmp_path, props__unused_glb=b"no GLB"))
    assert set(found.files) == {"props/vase.glb", "materials/oak.png"}
    assert set(found.materials) == {"our-oak"}
    assert found.props == ("vase",)
    assert all(re.fullmatch("[0-9a-f]{64}", facts.sha256) for facts in found.files.values())


def test_what_is_exchanged_afterwards_is_not_read(tmp_path: Path) -> None:
    found = received(a_shelf_owner(tmp_path))
    vase = found.files["props/vase.glb"]
    (tmp_path / "client" / "props" / "vase.glb").write_bytes(b"glTF something else")
    assert vase.file.read() == flat_box((200, 40, 40))


def test_a_tenant_sees_nothing_of_another(tmp_path: Path) -> None:
    a_shelf_owner(tmp_path)
    other = a_client(tmp_path, "other", sets__ours_yaml=SHELF.replace("id: ourshelf", "id: ours"))
    assert "ourshelf" not in sets_of(other)
    assert own_materials(other) == {}
    assert own_props(other) == ()
    assert receive_set_files(other, set_named("ours", other)) == OwnFiles()
    with pytest.raises(UnknownSet, match="ourshelf"):
        set_named("ourshelf", other)


def test_a_name_does_not_lead_into_anothers_folder(tmp_path: Path) -> None:
    a_shelf_owner(tmp_path)
    stolen = "{id: our-oak, title: Stolen, colour: ../client/materials/oak.png}"
    other = a_client(tmp_path, "other", sets__ourshelf_yaml=SHELF)
    (tmp_path / "other" / "materials").mkdir()
    (tmp_path / "other" / "materials" / "our-oak.yaml").write_text(stolen)
    with pytest.raises(BadInput, match=r"materials/our-oak\.yaml.*does not exist among the files"):
        received(other)


@pytest.mark.parametrize("folder", ["sets", "materials", "props"])
def test_a_folder_that_is_a_link_is_refused(tmp_path: Path, folder: str) -> None:
    a_shelf_owner(tmp_path)
    other = a_client(tmp_path, "other", sets__ourshelf_yaml=SHELF) if folder != "sets" else a_client(tmp_path, "other")
    (tmp_path / "other" / folder).symlink_to(tmp_path / "client" / folder)
    with pytest.raises(FoundryError, match=f"{folder}.*is not a plain folder"):
        received(other)


@pytest.mark.parametrize(
    "name", ["props/vase.glb", "materials/oak.png", "sets/ourshelf.yaml", "materials/our-oak.yaml"]
)
def test_a_file_that_is_a_link_is_refused(tmp_path: Path, name: str) -> None:
    tenant = a_shelf_owner(tmp_path)
    file = tmp_path / "client" / name
    file.rename(tmp_path / "moved")
    file.symlink_to(tmp_path / "moved")
    assert "does not exist among the files that may be named here" in refusal(tenant)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"MZ" + bytes(600), "is no binary glTF inside; export it as GLB"),
        (b"glTF" + bytes(600), "is not a whole GLB file"),
        (flat_box((1, 2, 3))[:-40], "is not a whole GLB file"),
        (flat_box((1, 2, 3), meshes=[], nodes=[{}]), "is an empty scene"),
        (flat_box((1, 2, 3), buffers=[{"uri": "file:///etc/passwd", "byteLength": 9}]), "outside file"),
        (flat_box((1, 2, 3), images=[{"uri": "http://127.0.0.1/a.png"}]), "outside file"),
        (glb_of({"asset": {"version": "2.0"}, "meshes": "many"}), "broken JSON"),
    ],
    ids=["empty", "program", "magic-only", "cut", "no-mesh", "outside-buffer", "outside-picture", "wrong-types"],
)
def test_a_broken_or_hostile_prop_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    found = refusal(a_shelf_owner(tmp_path, props__vase_glb=content))
    assert "props/vase.glb" in found
    assert sentence in found


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg/>", "is not a readable picture"),
        (png()[:200], "oak.png"),
        (png(MAX_EDGE_PX + 1, 64), f"the limit is {MAX_EDGE_PX} an edge"),
    ],
    ids=["svg", "cut", "large"],
)
def test_a_broken_or_large_picture_of_a_material_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    found = refusal(a_shelf_owner(tmp_path, materials__oak_png=content))
    assert "materials/our-oak.yaml: colour" in found
    assert sentence in found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{id: ourshelf, version: 1, title: Ours, parts: [{shape: block, at: [1e400, 0, 0]}]}", "parts"),
        ("{id: ourshelf, version: 1, title: Ours, parts: [{shape: block, size: [.inf, 1, 1]}]}", "parts"),
        ("{id: ourshelf, version: 1, title: Ours, parts: [{shape: block, size: [.nan, 1, 1]}]}", "parts"),
        ("{id: ourshelf, version: 1, title: Ours, parts: [{shape: ../../vase}]}", "shape"),
        ("{id: ourshelf, version: 1, title: Ours, fog: thick}", "fog"),
        ("{id: other, version: 1, title: Ours}", "needs `id: ourshelf`"),
        ("[1, 2]", "map of keys"),
        ("a: &a [1]\nb: [*a, *a]", "ourshelf.yaml"),
        ("{id: ourshelf, version: 1, title: Ours, parts: [" + "{shape: block}," * 61 + "]}", "60"),
    ],
    ids=["huge", "infinite", "no-number", "path", "unknown-key", "id", "list", "aliases", "many-parts"],
)
def test_a_set_file_that_is_wrong_is_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        sets_of(a_client(tmp_path, sets__ourshelf_yaml=text))
    assert "sets/ourshelf.yaml" in str(caught.value)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{id: our-oak, title: Oak, roughness: 7}",
        "{id: our-oak, title: Oak, colour: /etc/passwd}",
        "{id: our-oak, title: Oak, width: 0}",
        "{id: our-oak, title: Oak, glow: 9}",
    ],
)
def test_a_material_file_that_is_wrong_is_a_sentence(tmp_path: Path, text: str) -> None:
    tenant = a_client(tmp_path)
    (tmp_path / "client" / "materials").mkdir()
    (tmp_path / "client" / "materials" / "our-oak.yaml").write_text(text)
    with pytest.raises(BadInput, match=r"materials/our-oak\.yaml: is not a material file"):
        own_materials(tenant)


def test_a_material_is_read_back_from_json_as_it_was(tmp_path: Path) -> None:
    material = own_materials(a_shelf_owner(tmp_path))["our-oak"]
    assert OwnMaterial.model_validate_json(material.model_dump_json()) == material
    assert dict(material.pictures()) == {"colour": "materials/oak.png"}


def test_too_many_sets_are_refused(tmp_path: Path) -> None:
    tenant = a_client(tmp_path)
    (tmp_path / "client" / "sets").mkdir()
    for number in range(MOST_TEXTS + 1):
        (tmp_path / "client" / "sets" / f"s{number}.yaml").write_text("{}")
    with pytest.raises(Refusals, match=f"the limit is {MOST_TEXTS}"):
        tenant.receive()


def test_a_pipe_in_place_of_a_set_does_not_stop_the_reader(tmp_path: Path) -> None:
    tenant = a_client(tmp_path)
    (tmp_path / "client" / "sets").mkdir()
    os.mkfifo(tmp_path / "client" / "sets" / "ourshelf.yaml")
    with pytest.raises(Refusals, match="is not a regular file"):
        tenant.receive()
