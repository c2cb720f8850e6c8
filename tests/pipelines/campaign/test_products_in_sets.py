"""Products in rendered sets, from the brief to the finished file: models as geometry, pictures in the set's light."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from foundry.brief.intake import parse
from foundry.manifest import master_from_json
from foundry.store.object_store import LocalStore
from models.registry import open_registry
from pipelines.campaign.flow import build
from pipelines.planning.admission import admit
from tests.support.briefs import EXAMPLES, a_brief, a_tenant, product_picture, small_cards
from tests.support.manifests import manifest_rows
from tests.support.three_cards import small_lanczos, small_studio, write_cards

pytestmark = pytest.mark.campaign
VIEW = {"edge_px": 64, "samples": 1, "azimuth_deg": -20}
SCENE = {"id": "set", "prompt": "Plaster podium, sage background, soft light", "model": "small-studio@1"}


def test_a_model_is_rendered_and_a_picture_relit_where_the_brand_allows_it(tmp_path: Path) -> None:
    product_picture(tmp_path / "serum.png")
    shutil.copy(EXAMPLES / "products" / "northpeak-mug.glb", tmp_path / "mug.glb")
    products = [
        {"id": "mug", "name": "Mug", "model": "mug.glb", "view": VIEW},
        {"id": "serum", "name": "Serum", "picture": "serum.png"},
    ]
    asked = a_brief(
        products=products, scenes=[SCENE], placements=["meta/feed-square"], messages={"en-US": {"headline": "New"}}
    )
    owner = a_tenant()
    owner = owner.model_copy(update={"brand": owner.brand.model_copy(update={"relight": True})})
    cards = write_cards(tmp_path / "cards", small_studio(), small_lanczos())
    usual = replace(small_cards(owner))
    each = admit(parse(asked), tmp_path, owner, usual, open_registry(cards))
    store = LocalStore(tmp_path / "store")

    outcome = build(each.plan, each.inputs, store)

    assert (outcome.rows, outcome.letters) == (2, ())
    own = store.for_tenant("aurelle")
    masters = [master_from_json(own.get(shot.record)) for shot in each.plan.shots()]
    assert sorted(master.product_pixels for master in masters) == ["relit", "rendered"]
    assert all(master.product_box for master in masters)
    checks = {check["name"]: check for row in manifest_rows(store) for check in row["checks"]}
    assert checks["product"]["passed"]
