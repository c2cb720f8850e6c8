"""What guides a drawing is made where the tenant's pictures are, and refused in the plan where it cannot be made."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundry.brief.intake import parse
from foundry.card.card import Adapter, ModelCard, Source, UnitCost
from foundry.card.selection import ResolvedAdapter
from foundry.errors import Refusals
from foundry.inputs.door import receive
from foundry.inputs.picture import PICTURE, PictureFacts, inspect_picture, picture_name
from foundry.store.object_store import LocalStore
from models.registry import cards_of
from pipelines.campaign.flow import ingest
from pipelines.planning.admission import Admitted, admit
from tests.support.briefs import a_brief, a_tenant, product_picture
from transforms.guides import Guides


def an_adapter(kind: str) -> ModelCard:
    return ModelCard(
        id=f"house-{kind}", version="1", title="House look", task="adapter", source=Source(kind="directory"),
        weights={"look.safetensors": "0" * 64}, licence="Apache-2.0", allowed_use="All.", training_data="Ours.",
        adapter=Adapter(kind=kind, bases=("backdrop",)), stage="production",  # type: ignore[arg-type]
        unit_cost=UnitCost(money=Decimal(0), accelerator_seconds=Decimal(0)),
    )  # fmt: skip


def ordered(folder: Path, *worn: ResolvedAdapter, staging: str = "composite") -> Admitted:
    """The test brief, drawn by a card that takes everything."""
    owner = a_tenant()
    product_picture(folder / "serum.png")
    cards = cards_of(owner)
    takes = ("lora", "controlnet", "ip-adapter")
    drawing = cards.generate.model_copy(update={"staging": staging, "takes": takes})
    return admit(parse(a_brief()), folder, owner, replace(cards, generate=drawing, adapters=worn))


def a_picture(folder: Path, colour: str = "#3060C0") -> PictureFacts:
    Image.new("RGB", (300, 200), colour).save(folder / "style.png")
    return inspect_picture(receive(folder, "style.png", PICTURE))


def guides(each: Admitted, root: Path) -> Guides:
    store = LocalStore(root)
    ingest(each.plan, each.inputs, store)
    own = store.for_tenant(each.plan.tenant.id)
    for picture in (worn.picture for worn in each.plan.cards.adapters if worn.picture):
        own.put_file_once(picture_name(picture.key), picture.file.path())  # as if the tenant's file named it
    return Guides({each.plan.digest: each.plan}, store)


def test_words_alone_need_no_guide(tmp_path: Path) -> None:
    each = ordered(tmp_path)
    assert guides(each, tmp_path / "store")(next(each.plan.shots())) is None


def test_a_scene_is_drawn_around_the_stored_product(tmp_path: Path) -> None:
    each = ordered(tmp_path, staging="inpaint")
    shot = next(each.plan.shots())
    guide = guides(each, tmp_path / "store")(shot)
    assert guide is not None
    assert guide.image is not None
    assert guide.mask is not None
    assert guide.image.shape == (shot.height_px, shot.width_px, 3)
    kept = guide.mask == 0
    assert 0.02 < kept.mean() < 0.5
    assert np.abs(guide.image[kept].mean(axis=0) - np.array([0xB0, 0x65, 0x1D]) / 255).max() < 0.2


def test_adapters_follow_the_tenants_picture(tmp_path: Path) -> None:
    worn = (
        ResolvedAdapter(an_adapter("ip-adapter"), 800, a_picture(tmp_path)),
        ResolvedAdapter(an_adapter("controlnet"), 1000, a_picture(tmp_path)),
    )
    each = ordered(tmp_path, *worn)
    shot = next(each.plan.shots())
    guide = guides(each, tmp_path / "store")(shot)
    assert guide is not None
    assert guide.reference is not None
    assert guide.control is not None
    assert guide.reference.shape == (200, 300, 3)
    assert guide.control.shape == (shot.height_px, shot.width_px, 3)
    assert np.allclose(guide.reference[0, 0], np.array([0x30, 0x60, 0xC0]) / 255)
    assert [use.weight for use in shot.adapters] == [800, 1000]


def test_another_picture_is_another_shot(tmp_path: Path) -> None:
    adapter = an_adapter("ip-adapter")
    first = next(ordered(tmp_path, ResolvedAdapter(adapter, 1000, a_picture(tmp_path))).plan.shots()).name
    other = a_picture(tmp_path, "#C03060")
    assert next(ordered(tmp_path, ResolvedAdapter(adapter, 1000, other)).plan.shots()).name != first


@pytest.mark.parametrize(
    ("kind", "has_picture", "sentence"),
    [
        ("ip-adapter", False, "is missing; ip-adapter follows a picture"),
        ("lora", True, "is not used; lora follows no picture"),
    ],
)
def test_a_picture_that_is_missing_or_left_over_is_refused(
    kind: str, has_picture: bool, sentence: str, tmp_path: Path
) -> None:
    worn = ResolvedAdapter(an_adapter(kind), 1000, a_picture(tmp_path) if has_picture else None)
    with pytest.raises(Refusals, match="reason") as refused:
        ordered(tmp_path, worn)
    assert sentence in str(refused.value)
