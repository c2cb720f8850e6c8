"""Tenants' files are read again when they change, and what they name is looked at again with every brief."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from PIL import Image

from foundry.errors import BadInput
from foundry.tenant import load_tenant
from tests.support.briefs import EXAMPLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES / "tenants", tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_tenant_that_was_edited_is_read_again(folder: Path) -> None:
    file = folder / "aurelle" / "tenant.yaml"
    assert load_tenant(folder, "aurelle").name == "Aurelle"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"name": "Aurelle Paris"}))
    assert load_tenant(folder, "aurelle").name == "Aurelle Paris"
    file.unlink()
    with pytest.raises(BadInput, match=r"tenant: 'aurelle' has no tenant\.yaml here; add one"):
        load_tenant(folder, "aurelle")


def test_a_logo_that_was_changed_changes_the_brand_though_the_tenants_file_did_not(folder: Path) -> None:
    before = load_tenant(folder, "aurelle").brand_digest
    shutil.copy(folder / "aurelle" / "logo-light.png", folder / "aurelle" / "logo.png")
    assert load_tenant(folder, "aurelle").brand_digest != before


def edit(folder: Path, **changes: object) -> None:
    """Change keys of the tenant's file."""
    path = folder / "aurelle" / "tenant.yaml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**raw, **changes}), encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: a\nid: b", "line 2, column 1: the key 'id' stands twice"),
        ("a: &a [1]\nb: *a", "anchors and aliases"),
        ("<<: {id: a}", "merge keys"),
        ("name: !!bool zz", "tags are not allowed"),
        ("name: !!timestamp zz", "tags are not allowed"),
        ("name: !!binary zz", "tags are not allowed"),
        ("name: " + "[" * 60, "nested deeper than 50"),
        ("name: " + "9" * 5_000, "a number has 5000 characters"),
        ("name: Crème".encode("latin-1"), "line 1, column 9: byte 8 is not UTF-8"),
        ("", "is empty"),
        ("- a", "a tenant file is a map of keys"),
        ("a: 1\n---\nb: 2", "it holds 2 documents"),
        ("a: " + "x" * 600_000, "600003 bytes; the limit is 500000"),
    ],
)
def test_a_tenant_file_that_is_no_plain_yaml_is_refused_with_the_place(
    folder: Path, text: str | bytes, said: str
) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "aurelle" / "tenant.yaml").write_bytes(data)
    with pytest.raises(BadInput) as refused:
        load_tenant(folder, "aurelle")
    assert said in str(refused.value)
    assert str(folder.parent) not in str(refused.value)


def test_every_problem_of_a_tenant_file_is_one_sentence(folder: Path) -> None:
    edit(folder, name=5, surprise=1, quota={"shots": 0})
    with pytest.raises(BadInput) as refused:
        load_tenant(folder, "aurelle")
    first, *sentences = str(refused.value).splitlines()
    assert first.endswith("aurelle/tenant.yaml: is not a tenant file: 3 reason(s):")
    assert [sentence.split(":")[0].strip() for sentence in sentences] == ["name", "quota.shots", "surprise"]


@pytest.mark.parametrize("name", ["nobody", "../aurelle", "aurelle/", "", ".", "linked", "AURELLE", "aurelle.", "a%2e"])
def test_a_name_of_no_tenant_is_refused_without_naming_others(folder: Path, name: str) -> None:
    (folder / "linked").symlink_to(folder / "northpeak")
    with pytest.raises(BadInput) as refused:
        load_tenant(folder, name)
    said = f"tenant: {name!r} has no tenant.yaml here; add one (`foundry schema tenant`) or correct the name"
    assert str(refused.value) == said


def test_a_tenant_in_the_folder_of_another_is_refused(folder: Path) -> None:
    edit(folder, id="northpeak")
    with pytest.raises(BadInput, match="says 'northpeak' in the folder of 'aurelle'; make them equal"):
        load_tenant(folder, "aurelle")


@pytest.mark.parametrize("changes", [{"surprise": 1}, {"brand": {}}, {"name": None}])
def test_a_file_that_is_no_tenant_is_refused_with_its_path(folder: Path, changes: dict[str, object]) -> None:
    edit(folder, **changes)
    with pytest.raises(BadInput, match=r"aurelle/tenant\.yaml: is not a tenant file: "):
        load_tenant(folder, "aurelle")


def test_words_that_no_picture_shows_change_no_brand(folder: Path) -> None:
    before = load_tenant(folder, "aurelle")
    kit = before.brand.model_dump(mode="json")
    edit(folder, brand={**kit, "tone": "louder", "banned_words": ["cheap"]})
    assert load_tenant(folder, "aurelle").brand_digest == before.brand_digest
    edit(folder, brand={**kit, "corner_radius": 7})
    assert load_tenant(folder, "aurelle").brand_digest != before.brand_digest


def test_protected_pictures_have_one_digest_in_any_order(folder: Path) -> None:
    assert load_tenant(folder, "aurelle").protected_digest == ""
    for name in ("a.png", "b.png"):
        Image.new("RGB", (80, 80), "red" if name == "a.png" else "blue").save(folder / "aurelle" / name)
    edit(folder, protected=["a.png", "b.png"])
    both = load_tenant(folder, "aurelle")
    assert [facts.file.name for facts in both.protected_pictures()] == ["a.png", "b.png"]
    edit(folder, protected=["b.png", "a.png"])
    assert load_tenant(folder, "aurelle").protected_digest == both.protected_digest != ""


def test_a_form_that_a_logo_lacks_has_no_file(folder: Path) -> None:
    tenant = load_tenant(folder, "aurelle")
    assert tenant.brand.logo is not None
    assert tenant.logo_file("dark") == tenant.brand.logo.dark == "logo.png"
    bare = tenant.model_copy(update={"brand": tenant.brand.model_copy(update={"logo": None})})
    assert bare.logo_file("dark") is None
