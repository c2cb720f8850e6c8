"""Clips in sets in plans: named by their moves, priced by their light paths, told of, and refused if nothing moves."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from foundry.errors import Refusals
from foundry.plan.clip import frame_share
from foundry.plan.clips import clip_card, plan_clips
from foundry.plan.estimate import estimate_plan
from foundry.plan.plan import Plan
from foundry.rates import WorkKind
from pipelines.planning.admission import Admitted
from pipelines.planning.quote import unit_prices
from tests.support.set_briefs import ordered_in_set


@pytest.fixture
def order(tmp_path: Path, monkeypatch: Any) -> Any:
    def ordered(clip: dict[str, Any], **changes: Any) -> Admitted:
        return ordered_in_set(tmp_path, monkeypatch, clip, **changes)

    return ordered


def names(plan: Plan) -> set[str]:
    return {clip.name for _, clip in plan_clips(plan)}


def kinds(plan: Plan) -> list[str]:
    (_, clip), *_ = plan_clips(plan)
    return [move.kind for move in clip.moves]


def test_a_clip_in_a_set_belongs_to_its_shot_and_has_its_moves_size_and_length(order: Any) -> None:
    plan = order({"moves": ["orbit", {"kind": "dolly", "end": "0.1"}], "seconds": "1"}).plan
    ((shot, clip),) = plan_clips(plan)
    assert (clip.first_frame, clip.shot) == (shot.master, shot)
    assert (clip.width_px, clip.height_px, clip.frames, clip.frames_per_second) == (72, 128, 24, 24)
    assert [move.shown for move in clip.moves] == ["orbit 0.0 to 20.0", "dolly 0.0 to 0.1"]


@pytest.mark.parametrize(
    ("clip", "moves"),
    [
        ({}, ["dolly"]),
        ({"prompt": "Petals fall while the camera orbits"}, ["petals", "orbit"]),
        ({"prompt": "Petals fall", "moves": ["crane"]}, ["crane"]),
    ],
)
def test_moves_are_those_that_are_named_else_those_of_the_words(
    order: Any, clip: dict[str, Any], moves: list[str]
) -> None:
    plan = order(clip).plan
    assert kinds(plan) == moves
    ((_, each),) = plan_clips(plan)
    assert each.frames == 96


def test_another_move_is_another_clip_of_the_same_shot(order: Any) -> None:
    one, other = order({"moves": ["orbit"]}).plan, order({"moves": ["crane"]}).plan
    assert names(one) != names(other)
    assert {shot.name for shot in one.shots()} == {shot.name for shot in other.shots()}


def test_a_clip_costs_its_light_paths_at_the_price_of_a_picture(order: Any) -> None:
    each = order({"seconds": "1"})
    card = clip_card(each.plan, 0)
    assert frame_share(card, "story") == Decimal(72 * 128) / (54 * 96)
    still = order({"seconds": "0.5"}).estimate.money
    paid = 12 * card.unit_cost.money * frame_share(card, "story")
    assert each.estimate.money - still == pytest.approx(paid, abs=Decimal("0.00001"))
    price = unit_prices(each.plan)[WorkKind("clip", "small-studio@1 story")]
    assert price.accelerator_us == pytest.approx(float(card.unit_cost.accelerator_seconds) * 1e6 * 72 * 128 / 54 / 96)
    assert estimate_plan(each.plan).clips == 1


def test_an_editor_is_told_what_a_film_costs_and_what_does_not_move(order: Any) -> None:
    notes = order({"prompt": "The bottle turns, the camera orbits, astronauts dance"}).assumptions
    assert any("Films in sets are dear: 96 frames of up to 72 x 128 pixels" in note for note in notes)
    assert any("serum stands still on the turntable" in note for note in notes)
    assert any("its clip is filmed without astronauts, dance" in note for note in notes)
    assert any("no word of its clip names a move" in note for note in order({"prompt": "Astronauts"}).assumptions)


@pytest.mark.parametrize(
    ("clip", "scene", "parts"),
    [
        ({"moves": ["turntable"]}, {}, ["scenes[0].clip", "names turntable", "nothing that this", "such as dolly"]),
        ({"moves": ["water"]}, {}, ["scenes[0].clip", "names water", "nothing that this moves"]),
        ({"moves": ["orbit"]}, {"model": None}, ["models.clip", "is missing"]),
        ({"seconds": "61"}, {}, ["scenes[0].clip.seconds"]),
        ({"moves": ["jump"]}, {}, ["scenes[0].clip.moves"]),
    ],
)  # fmt: skip
def test_a_clip_that_cannot_be_is_refused_in_a_sentence(
    order: Any, clip: dict[str, Any], scene: dict[str, Any], parts: list[str]
) -> None:
    with pytest.raises(Refusals) as refused:
        order(clip, scene=scene)
    for said in parts:
        assert said in str(refused.value)
