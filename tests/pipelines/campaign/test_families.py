"""Every family through the accelerator stage: plan, calls, drawing, screen, enlargement, master."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from PIL import Image

from foundry.brief.intake import parse
from foundry.card.card import ModelCard
from foundry.card.selection import Cards, ResolvedAdapter
from foundry.store.object_store import LocalStore
from models.model_bank import ModelBank
from models.registry import weights_of
from models.screening.screened_handler import ScreenedHandler
from models.upscaling.upscale_handlers import ResampleHandler
from pipelines.campaign.flow import ingest
from pipelines.engines.engine import embedded_runner
from pipelines.planning.admission import Admitted, admit
from tests.support.briefs import BRIEF, SMALL_MASTERS, a_brief, a_tenant, product_picture, small_cards
from tests.support.tiny_adapters import lora
from tests.support.tiny_pipelines import FAMILIES, tiny
from transforms import coders
from transforms.expand import ShotsToDraw
from transforms.generate import MakeMasters

LOOSE = {"contrast": "0", "clipped": "1", "detail": "0", "palette": "1000"}


def stamped(card: ModelCard) -> ModelCard:
    """The card with the hashes of its weights, as the registry serves it."""
    return card.model_copy(update={"weights": weights_of(card.folder)})


def planned(folder: Path, tenant: str, card: ModelCard, *adapters: ResolvedAdapter) -> Admitted:
    """One square shot of the test brief, drawn with this card; the screen lets noise pass."""
    owner = a_tenant(tenant)
    product_picture(folder / "serum.png")
    usual = small_cards(a_tenant("aurelle"))
    screen = usual.screen.model_copy(update={"thresholds": {name: Decimal(limit) for name, limit in LOOSE.items()}})
    messages = {"en-US": BRIEF["messages"]["en-US"]}
    campaign = {"id": card.id, "name": "Test"}  # a plan is named by its brief, whatever draws it
    brief = a_brief(tenant=tenant, campaign=campaign, placements=["meta/feed-square"], messages=messages)
    return admit(parse(brief), folder, owner, Cards(card, usual.upscale, screen, adapters))


def masters(each: list[Admitted], store: LocalStore, bench: ModelBank) -> None:
    """Run the accelerator stage on the embedded engine; every shot must become a master."""
    coders.register()
    plans = {one.plan.digest: one.plan for one in each}
    for one in each:
        ingest(one.plan, one.inputs, store)
    cards = each[0].plan.cards
    runner, options = embedded_runner()
    pipeline = beam.Pipeline(runner=runner, options=options)
    hints = {one.plan.cards.generate.digest: one.plan.cards.generate.batch.cpu for one in each}
    calls = pipeline | beam.Create(list(plans)) | "Expand" >> ShotsToDraw(plans, store, hints)
    making = MakeMasters(ScreenedHandler(bench, cards.screen), ResampleHandler(cards.upscale), plans, store)  # type: ignore[arg-type]
    written, letters = calls | "Masters" >> making
    shots = [shot for plan in plans.values() for shot in plan.shots()]
    assert_that(written, equal_to(shots), label="written")
    assert_that(letters, equal_to([]), label="no letters")
    pipeline.run().wait_until_finish()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_makes_a_master_through_the_flow(family: str, tmp_path: Path) -> None:
    card = stamped(tiny(family, tmp_path, steps=2, stage="production"))
    each = planned(tmp_path, "aurelle", card)
    store = LocalStore(tmp_path / "store")
    masters([each], store, ModelBank([card]))
    own = store.for_tenant("aurelle")
    for shot in each.plan.shots():
        record = json.loads(own.get(shot.record))
        assert (record["model"], record["bucket"], record["product_picture"]) == (family, "square", shot.picture)
        with Image.open(own.path(shot.master)) as master:
            assert master.size == SMALL_MASTERS["square"]
            assert len(master.resize((32, 32)).getcolors(1024) or []) > 100


def test_two_tenants_cards_and_adapters_share_one_run(tmp_path: Path) -> None:
    one = stamped(tiny("stable-diffusion", tmp_path, steps=2, stage="production"))
    other = stamped(tiny("consistency", tmp_path, stage="production"))
    look = stamped(lora(one, tmp_path / "look", "unet", stage="production"))
    each = [
        planned(tmp_path, "aurelle", one, ResolvedAdapter(look, 700)),
        planned(tmp_path, "northpeak", one),
        planned(tmp_path, "northpeak", other),
    ]
    store = LocalStore(tmp_path / "store")
    masters(each, store, ModelBank([one, other], [look], limit_mb=1, patience_s=2))
    alone = LocalStore(tmp_path / "alone")
    masters([each[1]], alone, ModelBank([one]))
    (shot,) = each[1].plan.shots()
    found, wanted = (root.for_tenant("northpeak").get(shot.master) for root in (store, alone))
    assert found == wanted  # the neighbour's adapter left no trace in the stored bytes
