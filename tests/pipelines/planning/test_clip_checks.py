"""Clips in plans: named by what they show, counted once, priced, and refused in a sentence where they cannot be."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from console.views import plan_as_json, print_plan
from foundry.brief.intake import parse
from foundry.card.card import ModelCard, UnitCost
from foundry.errors import FoundryError, Refusals, Unusable
from foundry.plan.clip import ClipOrder, Scenario, clip_cost, clip_order, frames_for
from foundry.plan.clips import count_showings, plan_clips
from foundry.plan.estimate import clip_share, count_needs, estimate_plan
from foundry.plan.plan import Plan
from foundry.plan.slice import slice_plan
from foundry.plan.variant import Variant
from foundry.store.object_store import LocalStore
from foundry.tenant import Models
from models.registry import cards_of
from pipelines.planning.admission import Admitted
from tests.support.briefs import BRIEF, a_brief, a_tenant, admitted
from tests.support.moving_briefs import ARCH, BOTH, WALL, ordered_moving

FROM_PICTURE = ModelCard.model_validate({
    "id": "mover", "version": "1", "title": "Mover", "source": {"kind": "directory", "folder": "mover"},
    "task": "image-to-video", "weights": {"a.safetensors": "0" * 64}, "licence": "none", "allowed_use": "tests",
    "training_data": "none", "sizes": {"story": (96, 160)}, "frames": 17, "frames_per_second": 8, "frame_step": 8,
    "unit_cost": {"money": "0.34", "accelerator_seconds": "17"}, "stage": "production",
})  # fmt: skip
FROM_WORDS = FROM_PICTURE.model_copy(update={"task": "text-to-video"})
SERUM = BRIEF["products"][0]


@pytest.fixture
def order(tmp_path: Path, monkeypatch: Any) -> Any:
    def ordered(card: ModelCard | None = FROM_PICTURE, **changes: Any) -> Admitted:
        return ordered_moving(tmp_path, monkeypatch, card, **changes)

    return ordered


def films(plan: Plan) -> list[Variant]:
    return [variant for shot in plan.shots() for variant in plan.variants(shot) if variant.timeline]


def of_length(card: ModelCard, frames: int) -> ClipOrder:
    """An order of so many frames."""
    first = "masters/ab/ab.png" if card.task == "image-to-video" else None
    return clip_order(card, "aurelle", Scenario("sea", first_frame=first, frames=frames), "story")


def moving(**clip: Any) -> list[dict[str, Any]]:
    return [{**WALL, "clip": clip}, ARCH]


def names(plan: Plan) -> set[str]:
    return {clip.name for _, clip in plan_clips(plan)}


def test_a_brief_without_clips_is_named_as_before_there_were_any(tmp_path: Path) -> None:
    bare = [{"id": "oil", "name": "Oil"}]
    plan = admitted(tmp_path, draws=True, products=bare, placements=["google/half-page"]).plan
    assert plan.digest == "120e54b7cd72795e43cf95096608deaa"
    assert list(plan_clips(plan)) == []
    assert "clip" not in plan.brief.model_dump(mode="json")["scenes"][0]


def test_a_video_card_changes_no_name_until_a_scene_moves(order: Any) -> None:
    still = order(scenes=[WALL, ARCH]).plan
    without = order(None, scenes=[WALL, ARCH]).plan
    assert still.digest == without.digest
    assert [film.name for film in films(still)] == [film.name for film in films(without)]


def test_a_clip_begins_with_its_scenes_master_and_is_shared_by_all_locales(order: Any) -> None:
    plan = order(film=BOTH).plan
    ((shot, clip),) = plan_clips(plan)
    assert (plan.scenes[shot.scene].id, clip.first_frame, clip.plan) == ("wall", shot.master, plan.digest)
    assert (clip.width_px, clip.height_px, clip.frames, clip.frames_per_second) == (96, 160, 9, 8)
    assert [film.clips for film in films(plan)] == [(clip, None)] * 2
    assert len({film.locale for film in films(plan)}) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"scenes": moving(prompt="The light wanders")},
        {"scenes": moving(negative_prompt="cuts")},
        {"scenes": moving(seconds="2")},
        {"scenes": [{**WALL, "prompt": "Another wall", "clip": {}}, ARCH]},
        {"card": FROM_WORDS},
        {"card": FROM_PICTURE.model_copy(update={"version": "2"})},
        {"thresholds": {"contrast": "0.01"}},
        {"products": [{**SERUM, "id": "oil", "name": "Oil", "picture": None}]},
    ],
)
def test_what_changes_a_clip_changes_its_name_and_its_films(order: Any, changes: dict[str, Any]) -> None:
    usual, other = order().plan, order(**changes).plan
    assert not names(usual) & names(other)
    assert not {film.name for film in films(usual)} & {film.name for film in films(other)}


def test_the_words_of_a_still_scene_or_a_locale_change_no_clip(order: Any) -> None:
    usual = order(film=BOTH).plan
    said = {**a_brief()["messages"], "en-US": {"headline": "Another line"}}
    other = order(
        film=BOTH, messages=said, scenes=[{**WALL, "clip": {"seconds": "1"}}, {**ARCH, "prompt": "A marble wall"}]
    )
    assert names(usual) == names(other.plan)


def test_a_still_is_the_same_whether_its_scene_moves_or_not(order: Any) -> None:
    both = ["test/reel", "google/half-page"]
    stills = [
        {v.name for shot in plan.shots() for v in plan.variants(shot) if v.timeline is None}
        for plan in (order(placements=both).plan, order(placements=both, scenes=[WALL, ARCH]).plan)
    ]
    assert stills[0] == stills[1] != set()


def test_a_clip_from_words_is_shared_by_all_products_that_have_pictures(order: Any, tmp_path: Path) -> None:
    from tests.support.briefs import product_picture

    product_picture(tmp_path / "oil.png", "#204060")
    products = [SERUM, {"id": "oil", "name": "Oil", "picture": "oil.png"}, {"id": "balm", "name": "Balm"}]
    plan = order(FROM_WORDS, products=products, alternatives=2).plan
    found = list(plan_clips(plan))
    assert (len(found), len({clip.name for _, clip in found})) == (6, 4)
    assert {clip.first_frame for _, clip in found} == {None}
    assert {clip.prompt for _, clip in found} == {"Plaster wall", "Plaster wall. Balm"}
    assert estimate_plan(plan).clips == 4
    assert count_needs(plan, LocalStore(tmp_path / "store")).clips_to_film == 4


@pytest.mark.parametrize("card", [FROM_PICTURE, FROM_WORDS])
def test_films_bear_all_that_their_clips_cost_and_no_more(order: Any, tmp_path: Path, card: ModelCard) -> None:
    products = [SERUM, {**SERUM, "id": "again", "name": "Again"}, {"id": "balm", "name": "Balm"}]
    scenes = [
        {**WALL, "clip": {"prompt": "Light", "seconds": "1"}},
        {**ARCH, "clip": {"prompt": "Light", "seconds": "1"}},
    ]
    said = {**a_brief()["messages"], "ar-EG": {"headline": "مرحبا"}}
    each = order(card, products=products, scenes=scenes, messages=said, film=BOTH, alternatives=2)
    plan, still = (
        each.plan,
        order(card, products=products, scenes=[WALL, ARCH], messages=said, film=BOTH, alternatives=2),
    )
    shares = [
        clip_share(plan, shot, clip)
        for film in films(plan)
        for shot, clip in zip(film.scenes, film.clips, strict=True)
        if clip
    ]
    cost = each.estimate.money - still.estimate.money
    assert cost == each.estimate.clips * clip_cost(card, of_length(card, 9)).money == len(names(plan)) * Decimal("0.18")
    assert sum(shares) == pytest.approx(cost)
    assert len(shares) == 2 * len(films(plan))
    found = count_needs(plan, LocalStore(tmp_path / "store"))
    assert (found.clips_to_film, found.money) == (each.estimate.clips, each.estimate.money)


def test_a_part_of_a_plan_has_its_own_shots_clips(order: Any) -> None:
    plan = order(alternatives=3).plan
    one = pickle.loads(pickle.dumps(slice_plan(plan, 3, 5)))
    assert {shot.name for shot, _ in plan_clips(one)} <= {shot.name for shot in one.shots()}
    assert names(one) < names(plan)
    assert all(count_showings(plan, shot) == 2 for shot, _ in plan_clips(plan))


def test_the_plan_shows_clips_and_their_money(order: Any, tmp_path: Path) -> None:
    each, written = order(film=BOTH), io.StringIO()
    lacking = count_needs(each.plan, LocalStore(tmp_path / "store").for_tenant(each.plan.tenant.id))
    told = plan_as_json(each, lacking)
    assert told["clips"] == {"total": 1, "film": 1, "reuse": 0}
    assert Decimal(told["estimate"]["usd"]) == each.estimate.money > Decimal("0.18")
    print_plan(each, lacking, Console(file=written, width=200))
    assert "1 clips to film, 0 reused" in written.getvalue()
    assert "The clip of scene wall lasts 1.12 s; in test/reel its scene lasts" in written.getvalue()


def test_an_editor_is_told_that_a_clip_from_words_shows_no_product(order: Any) -> None:
    assert any("no clip shows the product" in note for note in order(FROM_WORDS).assumptions)
    assert not any("no clip shows the product" in note for note in order().assumptions)


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("no card", {"card": None}, ["models.clip", "scene 'wall' is to move", "name one"]),
    ("no film", {"placements": ["google/half-page"]}, ["scenes[0].clip", "'wall'", "of the placements takes a film"]),
    ("not seen", {"scenes": [WALL, {**ARCH, "clip": {}}]}, ["scenes[1].clip", "'arch'", "show 1 of the scenes"]),
    ("too long", {"scenes": moving(seconds="3")}, ["scenes[0].clip.seconds: '3'", "2.12 s at most", "ask for less"]),
    ("too short", {"scenes": moving(seconds="0.2")}, ["scenes[0].clip.seconds: '0.2'", "1.12 s at least"]),
    ("no size", {"card": {"sizes": {"square": (96, 96)}}}, ["'mover@1'", "films no story clips, only square"]),
    ("no length", {"card": {"frames": 0, "frame_step": 0}}, ["'mover@1'", "says 0 frames at 8 a second"]),
    ("draft", {"card": {"stage": "draft"}}, ["'mover@1'", "is draft", "choose a production card"]),
    ("other tenant", {"card": {"tenants": ("other",)}}, ["'mover@1'", "is not for this tenant"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "parts"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_clip_that_cannot_be_made_is_refused_in_a_sentence(
    order: Any, change: dict[str, Any], parts: list[str]
) -> None:
    if isinstance(update := change.get("card"), dict):
        change = {"card": FROM_PICTURE.model_copy(update=update)}
    with pytest.raises(Refusals) as refused:
        order(**change)
    assert len(refused.value.problems) == 1
    for said in parts:
        assert said in str(refused.value)


@pytest.mark.parametrize(
    ("clip", "parts"),
    [
        ({"second": "4"}, ["scenes[0].clip.second", "did you mean 'seconds'"]),
        ({"seconds": "0"}, ["scenes[0].clip.seconds", "greater than 0"]),
        ({"prompt": " "}, ["scenes[0].clip.prompt", "at least 1"]),
        (True, ["scenes[0].clip", "True"]),
    ],
)
def test_what_is_no_clip_is_refused_at_the_edge(clip: Any, parts: list[str]) -> None:
    with pytest.raises(Refusals) as refused:
        parse(a_brief(scenes=[{**WALL, "clip": clip}]))
    for said in parts:
        assert said in str(refused.value)


def test_the_money_quota_counts_clips(order: Any) -> None:
    with pytest.raises(Refusals, match=r"budget.amount: '0.10' is below the estimate of 0.18"):
        order(budget={"amount": "0.10"})


def test_a_tenant_names_its_video_card_and_no_other(tmp_path: Path) -> None:
    tenant = a_tenant().model_copy(update={"models": Models(clip="backdrop")})
    with pytest.raises(FoundryError, match="'backdrop' does text-to-image, not text-to-video or image-to-video"):
        cards_of(tenant)
    assert cards_of(a_tenant()).clip is None


@pytest.mark.parametrize(("seconds", "frames"), [("1", 9), ("1.5", 9), ("1.7", 17), ("2", 17), ("2.1", 17)])
def test_a_length_is_the_nearest_that_the_card_films(seconds: str, frames: int) -> None:
    assert frames_for(FROM_PICTURE, Decimal(seconds)) == frames


def test_a_card_of_one_length_takes_that_alone() -> None:
    card = FROM_PICTURE.model_copy(update={"frame_step": 0})
    assert frames_for(card, Decimal(2)) == 17
    with pytest.raises(Unusable, match="1 s is no length of card"):
        frames_for(card, Decimal(1))


def test_a_frame_step_agrees_with_the_cards_frames() -> None:
    with pytest.raises(ValueError, match="frames 16 are not 8 times a whole number and one more; write 17"):
        ModelCard.model_validate({**FROM_PICTURE.model_dump(), "frames": 16})


def test_a_shorter_clip_costs_its_share() -> None:
    assert clip_cost(FROM_PICTURE, of_length(FROM_PICTURE, 17)) is FROM_PICTURE.unit_cost
    assert clip_cost(FROM_PICTURE, of_length(FROM_PICTURE, 9)) == UnitCost(
        money=Decimal("0.18"), accelerator_seconds=Decimal(9)
    )


def test_cards_travel_to_workers(order: Any) -> None:
    plan = order().plan
    assert pickle.loads(pickle.dumps(plan)).cards == replace(plan.cards, clip=FROM_PICTURE)
