"""A set, a diffusion model and a vendor draw scenes of one campaign, in one flow."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from foundry.manifest import master_from_json
from foundry.store.object_store import LocalStore
from models.model_bank import ModelBank
from models.plan_routing import ScreenRouter
from models.screening.context import screen_context
from models.weight_cache import WeightCache
from pipelines.campaign.flow import build
from tests.models.remote.asking import SECRET, VARIABLE, a_card
from tests.support.manifests import manifest_rows
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.three_cards import three_scenes
from transforms.expand import drawing_cards
from transforms.guides import Guides

pytestmark = pytest.mark.campaign


class OneModelBank(ModelBank):
    """A bank with room for a single model, whose caches can be looked at afterwards."""

    caches: list[WeightCache] = []  # noqa: RUF012 - shared by the copies that the engine makes of it

    def load_model(self) -> WeightCache:
        """Return a new cache, and remember it."""
        cache = super().load_model()
        self.caches.append(cache)
        return cache


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MisbehavingServer]:
    monkeypatch.setenv(VARIABLE, SECRET)
    OneModelBank.caches.clear()
    with MisbehavingServer() as running:
        yield running


def test_a_set_a_diffusion_and_a_vendors_scene_are_made_in_one_flow_with_one_load_each(
    server: MisbehavingServer, tmp_path: Path
) -> None:
    each = three_scenes(tmp_path, a_card(server))
    plan, store = each.plan, LocalStore(tmp_path / "store")
    plans = {plan.digest: plan}
    bank = OneModelBank(tuple(drawing_cards([plan]).values()), limit_mb=1, patience_s=0.5)
    screens = {plan.digest: plan.cards.screen}
    drawing: Any = ScreenRouter(bank, screens, screen_context(plans, store), Guides(plans, store))
    outcome = build(plan, each.inputs, store, generator=drawing)
    assert (outcome.rows, outcome.letters) == (9, ())
    own = store.for_tenant("aurelle")
    records = {shot: master_from_json(own.get(shot.record)) for shot in plan.shots()}
    drawn = {plan.scenes[shot.scene].id: record for shot, record in records.items()}
    assert {scene: record.model for scene, record in drawn.items()} == {
        "set": "small-studio", "diffusion": "backdrop", "vendor": "vendor"
    }  # fmt: skip
    assert drawn["set"].caption.startswith("podium light left")
    assert " set podium@" in drawn["set"].caption
    assert {scene: record.product_pixels for scene, record in drawn.items()} == {
        "set": "exact", "diffusion": "staged", "vendor": "staged"
    }  # fmt: skip
    assert drawn["set"].upscaler == "small-lanczos@1"
    assert len({record.crc32c for record in records.values()}) == 9
    assert sum(server.vendor.billed.values()) == 3
    assert sum(cache.swaps for cache in OneModelBank.caches) == 3  # each model once, though one alone has room
    row = next(row for row in manifest_rows(store) if row["model"] == "vendor")
    assert Decimal(row["cost_usd"]) > Decimal("0.04")
