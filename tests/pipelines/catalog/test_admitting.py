"""Admission of batches: products that are refused are set aside with their sentences, and the others go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from foundry.errors import Refusals
from foundry.names import digest
from pipelines.catalog.admitting import AdmittedBatch, BatchItem, admit_items, batch_campaign
from pipelines.catalog.template import CatalogTemplate, open_template
from tests.support.catalog_records import a_product
from tests.support.shops import CAMPAIGN, Shop
from tests.support.three_cards import small_lanczos, small_studio, write_cards

NAMED = {**CAMPAIGN, "messages": {"en-US": {"headline": "{product.name}", "offer": "{price}"}}}


def an_item(number: int, **changes: str | int | None) -> BatchItem:
    shown = {"name": f"Mug {number}", "currency": "USD", "price_minor": 1_200, "id": f"mug-{number}", **changes}
    product = replace(a_product(number), appearance=digest("look", shown=shown), **shown)
    return BatchItem(product=product, picture="a" * 64, file="serum-1.png")


@pytest.fixture
def template(tmp_path: Path) -> CatalogTemplate:
    shop = Shop.open(tmp_path, campaign=NAMED)
    return open_template(shop.catalog, shop.setting)


def admitted(template: CatalogTemplate, items: list[BatchItem], folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return the products that are admitted, and the sentences of the others."""
    batches: list[AdmittedBatch] = list(admit_items(template, items, folder))
    made = [item.product.id for batch in batches for item in batch.items if batch.admitted]
    return made, {each.product.id: each.what for batch in batches for each in batch.refused}


def test_products_that_can_be_made_are_one_campaign(template: CatalogTemplate, tmp_path: Path) -> None:
    (batch,) = admit_items(template, [an_item(1), an_item(2)], tmp_path)
    assert batch.admitted is not None
    assert batch.admitted.plan.variant_count == 2
    assert batch.refused == ()


def test_each_refused_product_is_set_aside_with_what_is_wrong_with_it(
    template: CatalogTemplate, tmp_path: Path
) -> None:
    Image.new("RGB", (300, 300), "#FFFFFF").save(tmp_path / "blank.png")
    items = [
        an_item(1),
        replace(an_item(2), file="blank.png"),
        replace(an_item(3), file="absent.png"),
        an_item(4, price_minor=None),
        an_item(5, name="Mug \ue000"),
        an_item(6, name="W" * 400),
        an_item(7, name="W" * 400),
        an_item(8, currency="EUR"),
        an_item(9),
    ]
    made, refused = admitted(template, items, tmp_path)
    assert made == ["mug-1", "mug-9"]
    assert sorted(refused) == [f"mug-{number}" for number in range(2, 9)]
    assert "shows no product" in refused["mug-2"]
    assert "does not exist" in refused["mug-3"]
    assert "{price}" in refused["mug-4"]
    assert "control characters" in refused["mug-5"]
    assert "does not fit" in refused["mug-6"]
    assert refused["mug-6"] == refused["mug-7"]
    assert "{price}" in refused["mug-8"]


def test_a_template_that_no_product_could_pass_is_refused_itself(tmp_path: Path) -> None:
    long = {**CAMPAIGN, "messages": {"en-US": {"headline": "W" * 400}}}
    shop = Shop.open(tmp_path, campaign=long)
    with pytest.raises(Refusals, match="does not fit"):
        list(admit_items(open_template(shop.catalog, shop.setting), [an_item(1), an_item(2)], tmp_path))


def test_a_campaign_is_named_by_what_it_shows_whatever_the_order() -> None:
    one, other = an_item(1), an_item(2)
    named = batch_campaign("mugs", "t", [one, other])
    assert named == batch_campaign("mugs", "t", [other, one])
    assert named != batch_campaign("mugs", "t", [one, replace(other, picture="b" * 64)])
    assert named != batch_campaign("mugs", "another", [one, other])
    assert batch_campaign("x" * 63, "t", [one]).startswith("x" * 40 + ".")


def test_the_template_s_digest_follows_what_files_show_and_nothing_else(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    usual = open_template(shop.catalog, shop.setting).digest

    def digest_with(**changes: object) -> str:
        shop.more = {"campaign": {**CAMPAIGN, **changes}}
        return open_template(shop.catalog, shop.setting).digest

    assert digest_with(metadata={"owner": "team"}, campaign={"id": "other", "name": "Other"}) == usual
    assert digest_with(placements=["google/leaderboard"]) != usual
    assert digest_with(messages={"en-US": {"headline": "Another line"}}) != usual
    kit = tmp_path / "tenants" / "aurelle" / "tenant.yaml"
    kit.write_text(kit.read_text().replace("corner_radius: 50", "corner_radius: 3"))
    assert digest_with() != usual


def test_a_scene_in_a_set_has_the_same_shots_when_it_is_planned_and_when_it_is_made(tmp_path: Path) -> None:
    scene = {"id": "set", "prompt": "Plaster podium, light from the left", "model": "small-studio@1"}
    shop = Shop.open(tmp_path, campaign={**NAMED, "scenes": [scene]})
    write_cards(tmp_path / "cards", small_studio(sizes={"landscape": [96, 80]}), small_lanczos())
    template = open_template(shop.catalog, shop.setting)
    (batch,) = admit_items(template, [an_item(1)], tmp_path)
    assert batch.admitted is not None
    made = batch.admitted.plan
    planned = template.plan_of([(an_item(1).product, made.pictures[0])], "any")
    assert [shot.name for shot in planned.shots()] == [shot.name for shot in made.shots()]
    lit = Shop.open(tmp_path, campaign={**NAMED, "scenes": [{**scene, "set": {"light": "right"}}]})
    assert open_template(lit.catalog, lit.setting).digest != template.digest
