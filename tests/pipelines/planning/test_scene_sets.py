"""Scenes that name their own card or set: what the plan makes of them, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foundry.brief.intake import parse
from foundry.errors import Refusals
from foundry.plan.estimate import count_needs, estimate_plan, shot_money, shot_seconds
from foundry.plan.plan_book import read_plan, store_plan
from foundry.plan.work import DRAW, LOAD, UPSCALE, shot_kinds
from foundry.store.object_store import LocalStore
from models.registry import Registry, open_registry
from pipelines.planning.admission import Admitted, admit
from pipelines.planning.quote import PastWork, quote_work
from tests.support.briefs import a_brief, a_tenant, product_picture, small_cards
from tests.support.three_cards import small_lanczos, small_studio, write_cards

PODIUM = {"id": "podium", "prompt": "Plaster podium, sage background, soft light", "model": "small-studio@1"}
SILK = {"id": "silk", "prompt": "Folds of silk in warm light"}


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    sizes = {bucket: [96, 96] for bucket in ("square", "landscape", "portrait", "story")}
    return open_registry(write_cards(tmp_path / "cards", small_studio(sizes=sizes), small_lanczos()))


def planned(folder: Path, registry: Registry | None = None, **changes: Any) -> Admitted:
    product_picture(folder / "serum.png")
    owner = a_tenant()
    return admit(parse(a_brief(**{"placements": ["meta/feed-square"], **changes})), folder, owner,
                 small_cards(owner), registry)  # fmt: skip


def refusal(folder: Path, registry: Registry | None = None, **changes: Any) -> list[str]:
    with pytest.raises(Refusals) as refused:
        planned(folder, registry, **changes)
    return [str(problem) for problem in refused.value.problems]


def test_each_scene_has_its_own_cards_set_and_shots(tmp_path: Path, registry: Registry) -> None:
    plan = planned(tmp_path, registry, scenes=[PODIUM, SILK]).plan
    by_id = {scene.id: at for at, scene in enumerate(plan.scenes)}
    drawn = plan.cards_for(by_id["podium"])
    assert (drawn.generate.name, drawn.upscale.name) == ("small-studio@1", "small-lanczos@1")
    assert plan.cards_for(by_id["silk"]).generate.name == "backdrop@4"
    assert [cards.generate.id for cards in plan.all_cards] == [
        plan.cards_for(at).generate.id for at in range(len(plan.scenes))
    ]
    placed = plan.set_for(by_id["podium"])
    assert placed is not None
    assert (placed.set.id, placed.wall, placed.word) == ("podium", "#8FA088", "podium")
    assert plan.set_for(by_id["silk"]) is None
    models = {plan.scenes[shot.scene].id: (shot.model, shot.width_px) for shot in plan.shots()}
    assert models["podium"] == (drawn.generate.digest, 96)
    assert models["silk"][0] == plan.cards.generate.digest


def test_a_scene_without_card_keeps_the_names_that_it_has_without_the_other_one(
    tmp_path: Path, registry: Registry
) -> None:
    alone = planned(tmp_path, scenes=[SILK]).plan
    beside = planned(tmp_path, registry, scenes=[PODIUM, SILK]).plan
    assert {shot.name for shot in alone.shots()} < {shot.name for shot in beside.shots()}


@pytest.mark.parametrize(
    "said",
    [
        {"values": {"lens.focal_mm": "100"}},
        {"accent": "#123456"},
        {"light": "right"},
        {"name": "dunes"},
    ],
)
def test_what_a_brief_says_of_the_set_changes_the_shots_name(
    said: dict[str, Any], tmp_path: Path, registry: Registry
) -> None:
    plain, changed = (planned(tmp_path, registry, scenes=[{**PODIUM, **more}]).plan for more in ({}, {"set": said}))
    assert {shot.name for shot in plain.shots()}.isdisjoint({shot.name for shot in changed.shots()})
    (placed,) = changed.sets
    assert said.get("accent", placed.accent) == placed.accent
    assert said.get("light", placed.light) == placed.light
    assert said.get("name", placed.set.id) == placed.set.id


def test_a_plan_with_sets_is_stored_and_read_back(tmp_path: Path, registry: Registry) -> None:
    scene = {**PODIUM, "set": {"values": {"light.key.gobo": "leaves", "lens.height_deg": "9"}}}
    plan, own = planned(tmp_path, registry, scenes=[scene, SILK]).plan, LocalStore(tmp_path / "s").for_tenant("aurelle")
    read = read_plan(store_plan(plan, own), own)
    assert (read.digest, read.sets) == (plan.digest, plan.sets)
    assert [shot.name for shot in read.shots()] == [shot.name for shot in plan.shots()]
    assert [cards.generate.digest for cards in read.all_cards] == [cards.generate.digest for cards in plan.all_cards]


def test_cost_time_and_work_are_those_of_each_scenes_card(tmp_path: Path, registry: Registry) -> None:
    plan = planned(tmp_path, registry, scenes=[PODIUM, SILK]).plan
    prices = [(shot_money(cards), shot_seconds(cards)) for cards in plan.all_cards]
    assert prices[0] != prices[1]
    figures, needs = estimate_plan(plan), count_needs(plan, LocalStore(tmp_path / "s").for_tenant("aurelle"))
    assert figures.accelerator_seconds == needs.accelerator_seconds == sum(seconds for _, seconds in prices)
    assert figures.money == needs.money
    for cards in plan.all_cards:
        kinds = shot_kinds(cards, "square")
        assert [needs.work.by_kind[kinds[work]].count for work in (LOAD, DRAW, UPSCALE)] == [1, 1, 1]
    quote = quote_work(plan, needs.work, PastWork({}, 0))
    drawn = {each.subject for each in quote.unmeasured if each.work == DRAW}
    assert drawn == {"small-studio@1 square", "backdrop@4 square"}


def test_words_that_no_set_knows_are_noted_and_named_sets_are_never_refused(tmp_path: Path, registry: Registry) -> None:
    scene = {**PODIUM, "prompt": "Plaster podium with a unicorn"}
    (note,) = planned(tmp_path, registry, scenes=[scene]).assumptions
    assert note == "Scene podium: small-studio@1 does not know unicorn, and renders podium without."
    riding = {**PODIUM, "prompt": "Two astronauts riding a horse on Mars"}
    (problem,) = refusal(tmp_path, registry, scenes=[riding])
    assert problem.startswith("scenes[0].prompt: 'Two astronauts riding a horse on Mars' is not what small-studio@1")
    named = planned(tmp_path, registry, scenes=[{**riding, "set": {"name": "podium"}}])
    assert "does not know two, astronauts" in named.assumptions[0]


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ({**SILK, "model": "no-card"}, "scenes[0].model: 'no-card' cannot draw it: "),
        ({**SILK, "model": "lanczos"}, "scenes[0].model: 'lanczos' cannot draw it: "),
        (
            {**SILK, "set": {"name": "podium"}},
            "scenes[0].set: 'silk' asks for a set, and card backdrop@4 renders none",
        ),
        ({**PODIUM, "set": {"name": "podum"}}, "scenes[0].set.name: 'podum' is no set; near it: podium"),
        (
            {**PODIUM, "set": {"name": "podium", "values": {"lens.zoom": "2"}}},
            "scenes[0].set.values: 'lens.zoom' is no value of set podium",
        ),
        (
            {**PODIUM, "set": {"name": "podium", "values": {"light.key.gobo": "leafs"}}},
            "scenes[0].set.values.light.key.gobo: 'leafs' is not known; near it: leaves",
        ),
        (
            {**PODIUM, "set": {"name": "podium", "values": {"parts.0.surface.material": "oak-wod"}}},
            "scenes[0].set.values.parts.0.surface.material: 'oak-wod' is not known",
        ),
    ],
)
def test_a_card_set_or_value_that_cannot_be_had_gets_a_sentence(
    scene: dict[str, Any], said: str, tmp_path: Path, registry: Registry
) -> None:
    (problem,) = refusal(tmp_path, registry, scenes=[scene])
    assert problem.startswith(said)


def test_a_product_without_picture_is_refused_for_a_scene_of_a_set(tmp_path: Path, registry: Registry) -> None:
    bare = [{"id": "serum", "name": "Serum"}]
    (problem,) = refusal(tmp_path, registry, scenes=[PODIUM], products=bare)
    assert "has no picture, and card small-studio@1 draws no products" in problem
    set_as_type = planned(tmp_path, registry, scenes=[PODIUM], products=bare, products_without_pictures="words")
    assert set_as_type.plan.shot_count == 1


def test_a_card_that_draws_no_such_pictures_is_named_by_its_scene(tmp_path: Path) -> None:
    registry = open_registry(write_cards(tmp_path / "cards", small_studio(), small_lanczos()))
    (problem,) = refusal(tmp_path, registry, scenes=[SILK, PODIUM], placements=["google/leaderboard"])
    assert problem.startswith("scenes[1].model: 'small-studio' draws no landscape pictures, only square")


def test_the_card_of_another_tenant_is_refused_by_name_only(tmp_path: Path) -> None:
    foreign = small_studio(tenants=["northpeak"])
    registry = open_registry(write_cards(tmp_path / "cards", foreign, small_lanczos()))
    (problem,) = refusal(tmp_path, registry, scenes=[PODIUM])
    assert problem.startswith("scenes[0].model: 'small-studio@1' cannot draw it: ")
    assert "is not for this tenant" in problem


def test_a_tenant_may_draw_all_its_scenes_with_a_set_card(tmp_path: Path, registry: Registry) -> None:
    product_picture(tmp_path / "serum.png")
    owner = a_tenant()
    own = planned(tmp_path, registry, scenes=[PODIUM]).plan.cards_for(0)
    cards = replace(small_cards(owner), generate=own.generate, upscale=own.upscale)
    scene = {key: value for key, value in PODIUM.items() if key != "model"}
    plan = admit(parse(a_brief(scenes=[scene], placements=["meta/feed-square"])), tmp_path, owner, cards).plan
    assert [placed.set.id for placed in plan.sets] == ["podium"]
    assert plan.cards_for(0).clip == own.generate
