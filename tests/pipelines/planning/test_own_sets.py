"""Scenes in sets of the tenant's own: what they need is in the plan and its inputs, and wrong ones are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.brief.intake import parse
from foundry.errors import Refusals
from foundry.tenant import Models, Tenant
from models.registry import Registry, open_registry
from pipelines.planning.admission import Admitted, admit
from tests.support.briefs import a_brief, product_picture, small_cards
from tests.support.own_sets import OAK, SHELF, a_client, a_shelf_owner
from tests.support.three_cards import small_lanczos, small_studio, write_cards

SCENE = {"id": "shelf", "prompt": "Our shelf", "model": "small-studio@1", "set": {"name": "ourshelf"}}


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    sizes = {bucket: [96, 96] for bucket in ("square", "landscape", "portrait", "story")}
    return open_registry(write_cards(tmp_path / "cards", small_studio(sizes=sizes), small_lanczos()))


def planned(folder: Path, tenant: Tenant, registry: Registry) -> Admitted:
    product_picture(folder / "serum.png")
    owner = tenant.model_copy(update={"models": Models(upscale="lanczos", screen="measured")})
    brief = parse(a_brief(tenant=owner.id, placements=["meta/feed-square"], scenes=[SCENE]))
    return admit(brief, folder, owner, small_cards(owner), registry)


def test_a_plan_holds_the_set_the_material_and_the_files_by_their_hash(tmp_path: Path, registry: Registry) -> None:
    admitted = planned(tmp_path, a_shelf_owner(tmp_path / "tenants"), registry)
    placed = admitted.plan.set_for(0)
    assert placed is not None
    assert (placed.set.id, set(placed.materials), set(placed.files)) == (
        "ourshelf", {"our-oak"}, {"props/vase.glb", "materials/oak.png"},
    )  # fmt: skip
    assert set(placed.files.values()) <= {facts.key for facts in admitted.inputs}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("sets/ourshelf.yaml", SHELF.replace("0.5, 0.5, 1", "0.5, 0.5, 2")),
        ("materials/our-oak.yaml", OAK.replace("0.4", "0.6")),
    ],
)
def test_a_changed_file_is_another_shot(tmp_path: Path, registry: Registry, file: str, content: str) -> None:
    tenant = a_shelf_owner(tmp_path / "tenants")
    (before,) = planned(tmp_path, tenant, registry).plan.shots()
    (tmp_path / "tenants" / "client" / file).write_text(content)
    (after,) = planned(tmp_path, a_client(tmp_path / "tenants"), registry).plan.shots()
    assert before.name != after.name


def test_a_set_that_names_a_shape_which_nobody_knows_is_refused(tmp_path: Path, registry: Registry) -> None:
    wrong = SHELF.replace("shape: cylinder", "shape: cylindre")
    with pytest.raises(Refusals, match=r"sets/ourshelf\.yaml: parts\[1\]\.shape: 'cylindre' is not known"):
        planned(tmp_path, a_shelf_owner(tmp_path / "tenants", sets__ourshelf_yaml=wrong), registry)


def test_a_broken_prop_is_refused(tmp_path: Path, registry: Registry) -> None:
    tenant = a_shelf_owner(tmp_path / "tenants", props__vase_glb=b"glTF" + bytes(100))
    with pytest.raises(Refusals, match=r"props/vase\.glb.*is not a whole GLB file"):
        planned(tmp_path, tenant, registry)


def test_the_set_of_another_tenant_is_no_set(tmp_path: Path, registry: Registry) -> None:
    a_shelf_owner(tmp_path / "tenants")
    with pytest.raises(Refusals, match=r"'ourshelf' is no set"):
        planned(tmp_path, a_client(tmp_path / "tenants", "other"), registry)
