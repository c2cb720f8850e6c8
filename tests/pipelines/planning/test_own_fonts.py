"""Copy in a tenant's own fonts: admitted where they draw it, set where the plan travels, and named by their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.errors import Refusals
from foundry.plan.plan_book import read_plan, store_plan
from foundry.plan.typesetting_inputs import typesetting_inputs
from foundry.store.object_store import LocalStore
from foundry.tenant import Tenant
from imaging.typesetting.copy_fitting import fit_copies
from pipelines.campaign.flow import ingest
from tests.support.briefs import admitted
from tests.support.own_fonts import khmer_tenant

KHMER = {"km-KH": {"headline": "ស្បែកភ្លឺថ្លា", "call_to_action": "ទិញឥឡូវនេះ"}}


@pytest.fixture(scope="module")
def khmer(tmp_path_factory: pytest.TempPathFactory) -> Tenant:
    """A tenant that brings a Khmer family."""
    return khmer_tenant(tmp_path_factory.mktemp("khmer"))


def test_copy_that_the_shipped_fonts_cannot_draw_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(Refusals) as refused:
        admitted(tmp_path, messages=KHMER)
    assert "give the tenant a font for it under brand.fonts.families (asked: Marcellus, Inter)" in str(refused.value)


def test_a_plan_in_own_fonts_travels_with_them_by_their_hashes(tmp_path: Path, khmer: Tenant) -> None:
    order = admitted(tmp_path, owner=khmer, messages=KHMER)
    store = LocalStore(tmp_path / "store")
    ingest(order.plan, order.inputs, store)
    own = store.for_tenant(khmer.id)
    for facts in khmer.files.fonts.values():
        assert own.exists(f"inputs/{facts.sha256[:2]}/{facts.sha256}")
    there = read_plan(store_plan(order.plan, own), own)
    assert there.tenant.families == khmer.families
    assert there.first_names == order.plan.first_names
    cell = next(iter(there.cells.values()))[0]
    copies = [("km-KH", there.copy(0, "km-KH", cell.layout.fields)[0])]
    assert [fit.refusal for fit in fit_copies(cell.layout, cell.placement, there.tenant, copies)] == [None]


@pytest.mark.parametrize(
    ("text", "locale", "inputs"),
    [
        ("Wake up radiant at aurelle.example/glow", "en-US", set()),
        ("Ça marche — 20 %", "fr-FR", set()),
        ("輝く素肌へ、説明", "ja-JP", set()),
        ("由内而外，焕发光彩", "zh-CN", set()),
        ("說走就走", "zh-TW", {"more_fonts"}),
        ("髙橋", "ja-JP", {"more_fonts"}),
        ("王喆", "zh-CN", {"more_fonts"}),
        ("www.nova-kopfhoerer.example", "de-DE", {"addresses"}),
        ("#春日新聲", "zh-TW", {"more_fonts", "addresses"}),
    ],
)
def test_only_texts_that_need_later_fonts_and_rules_are_named_by_them(text: str, locale: str, inputs: set[str]) -> None:
    assert set(typesetting_inputs(text, locale)) == inputs


def test_a_brief_for_taiwan_is_planned_with_its_own_forms(tmp_path: Path) -> None:
    words = {"headline": "說走就走", "call_to_action": "立即選購"}
    plan = admitted(tmp_path, messages={"zh-TW": words}).plan
    assert plan.locales == ("zh-Hant-TW",)
    assert plan.variant_count == 3
