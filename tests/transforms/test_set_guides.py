"""What a set card is asked to render for an order: from the plan and the tenant's store alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foundry.brief.intake import parse
from foundry.plan.composition import composition_of
from foundry.plan.plan import Plan
from foundry.store.object_store import LocalStore
from models.registry import open_registry
from models.sets.rendered import SetGuide
from pipelines.campaign.flow import ingest
from pipelines.planning.admission import admit
from tests.support.briefs import a_brief, a_tenant, product_picture, small_cards
from tests.support.three_cards import small_lanczos, small_studio, write_cards
from transforms.guides import Guides
from transforms.set_guides import set_guide

SIZES = {"square": [96, 96], "landscape": [160, 90]}
SCENE = {"id": "podium", "prompt": "Plaster podium, sage background with a unicorn", "model": "small-studio@1"}


def planned(folder: Path, **changes: Any) -> tuple[Plan, LocalStore]:
    """A plan of one scene in a set, with its inputs in a store."""
    product_picture(folder / "serum.png")
    owner, store = a_tenant(), LocalStore(folder / "store")
    registry = open_registry(write_cards(folder / "cards", small_studio(sizes=SIZES), small_lanczos()))
    asked = {"scenes": [SCENE], "placements": ["meta/feed-square"], "negative_prompt": "glare, text", **changes}
    each = admit(parse(a_brief(**asked)), folder, owner, small_cards(owner), registry)
    ingest(each.plan, each.inputs, store)
    return each.plan, store


def guided(plan: Plan, store: LocalStore) -> list[SetGuide]:
    """The guides of all shots."""
    found = [set_guide(plan, shot, store) for shot in plan.shots()]
    assert all(found)
    return [each for each in found if each]


def test_the_ask_has_the_plans_set_the_cards_quality_and_the_drawings_size(tmp_path: Path) -> None:
    plan, store = planned(tmp_path)
    (found,) = guided(plan, store)
    ask, (placed,) = found.ask, plan.sets
    assert (ask.set, ask.wall, ask.floor, ask.accent) == (placed.set, placed.wall, placed.floor, placed.accent)
    assert (ask.width_px, ask.height_px, ask.samples, ask.depth) == (96, 96, 2, 3)
    assert (ask.light, ask.room, ask.mirrored) == ("left", "top", False)
    assert {stand_in.file for stand_in in ask.products} <= set(found.files)
    (stand_in,) = ask.products
    box = composition_of(next(plan.shots())).box(mirrored=False)
    assert box.left / 1000 <= ask.stand.left < ask.stand.right <= box.right / 1000
    assert ask.stand.bottom == pytest.approx(box.bottom / 1000, abs=0.02)
    assert stand_in.kind == "cutout"


def test_the_caption_begins_with_the_scenes_word_and_unread_words_are_told(tmp_path: Path) -> None:
    plan, store = planned(tmp_path)
    (found,) = guided(plan, store)
    assert found.caption.startswith("podium light left ")
    assert found.caption.endswith(f" set podium@{plan.sets[0].digest[:8]}")
    assert found.ignored_words == ("unicorn", "glare", "text")


def test_a_mirrored_shot_has_its_product_its_room_and_its_light_on_the_other_side(tmp_path: Path) -> None:
    messages = {"en-US": {"headline": "Wake up"}, "ar-EG": {"headline": "استيقظي"}}
    plan, store = planned(tmp_path, placements=["google/leaderboard"], messages=messages)
    plain, turned = guided(plan, store)
    assert (plain.ask.room, turned.ask.room) == ("left", "right")
    assert (plain.ask.light, turned.ask.light) == ("left", "right")
    assert (plain.ask.mirrored, turned.ask.mirrored) == (False, True)
    assert plain.ask.stand.left == pytest.approx(1 - turned.ask.stand.right, abs=0.01)


def test_light_that_the_brief_places_stays_on_its_side(tmp_path: Path) -> None:
    messages = {"en-US": {"headline": "Wake up"}, "ar-EG": {"headline": "استيقظي"}}
    scene = {**SCENE, "prompt": "Plaster podium, light from the right"}
    plan, store = planned(tmp_path, placements=["google/leaderboard"], messages=messages, scenes=[scene])
    assert [each.ask.light for each in guided(plan, store)] == ["right", "right"]


def test_a_product_stands_where_the_master_shows_it_whatever_the_drawings_aspect(tmp_path: Path) -> None:
    plan, store = planned(tmp_path)
    (usual,) = guided(plan, store)
    wide = plan.cards.scenes[0].generate.model_copy(update={"sizes": {"square": (192, 96)}})
    scenes = (replace(plan.cards.scenes[0], generate=wide),)
    other = replace(plan, cards=replace(plan.cards, scenes=scenes))
    (found,) = guided(other, store)
    assert found.ask.stand.bottom == pytest.approx(usual.ask.stand.bottom)
    width = (found.ask.stand.right - found.ask.stand.left) * 2
    assert width == pytest.approx(usual.ask.stand.right - usual.ask.stand.left)


def test_a_frame_of_a_film_is_the_same_set_in_the_cards_film_size(tmp_path: Path) -> None:
    plan, store = planned(tmp_path)
    (shot,) = plan.shots()
    still, frame = set_guide(plan, shot, store), set_guide(plan, shot, store, film=True)
    assert still is not None
    assert frame is not None
    assert (frame.ask.width_px, frame.ask.height_px) == (64, 64)
    assert frame.ask.set == still.ask.set


def test_no_other_card_is_given_a_set(tmp_path: Path) -> None:
    plan, store = planned(tmp_path, scenes=[SCENE, {"id": "silk", "prompt": "Folds of silk"}], negative_prompt="")
    guides = Guides({plan.digest: plan}, store)
    found = {plan.scenes[shot.scene].id: guides(shot) for shot in plan.shots()}
    assert found["silk"] is None
    assert found["podium"] is not None
    assert found["podium"].set is not None


def test_a_tenants_own_things_travel_by_hash_and_come_from_its_store(tmp_path: Path) -> None:
    plan, store = planned(tmp_path)
    key = next(shot.picture for shot in plan.shots())
    assert key is not None
    owned = plan.sets[0].model_copy(update={"files": {"materials/oak.png": key}})
    (found,) = guided(replace(plan, sets=(owned,)), store)
    name = found.ask.props["materials/oak.png"]
    assert name == f"{key[:32]}.png"
    assert found.files[name] == store.for_tenant("aurelle").get(f"inputs/{key[:2]}/{key}")
