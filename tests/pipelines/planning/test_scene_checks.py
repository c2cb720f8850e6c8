"""The plan says which words of a scene a card does not read, and refuses scenes of which too little is left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from foundry.brief.intake import parse
from foundry.card.card import ModelCard
from foundry.card.selection import Cards
from foundry.errors import Refusals
from foundry.plan.plan import Plan
from foundry.tenant import Tenant
from models.registry import card, cards_of
from pipelines.planning.scene_checks import check_scenes, scene_notes
from tests.support.briefs import a_brief, a_tenant, admitted

BACKDROP = card("backdrop", "text-to-image")
PLAIN = BACKDROP.model_copy(update={"id": "other", "prompt_language": "plain", "prompt_tokens": 24})
ASTRONAUTS = "Two astronauts riding a horse on Mars"


def lenient() -> Tenant:
    found = a_tenant()
    return found.model_copy(update={"models": found.models.model_copy(update={"unread_words": "warn"})})


def problems(prompt: str, model: ModelCard = BACKDROP, owner: Tenant | None = None) -> list[str]:
    brief = parse(a_brief(scenes=None, prompt=prompt))
    return [str(problem) for problem in check_scenes(brief, owner or a_tenant(), drawing_with(model))]


def drawing_with(model: ModelCard) -> Cards:
    return replace(cards_of(a_tenant()), generate=model)


def with_card(plan: Plan, model: ModelCard) -> Plan:
    return replace(plan, cards=replace(plan.cards, generate=model))


def test_a_scene_of_which_the_card_reads_nothing_is_refused_in_the_plan(tmp_path: Path) -> None:
    with pytest.raises(Refusals) as refused:
        admitted(tmp_path, scenes=None, prompt=ASTRONAUTS)
    (problem,) = refused.value.problems
    assert str(problem) == (
        f"prompt: {ASTRONAUTS!r} is not what backdrop@4 would draw: of its words it reads none, and not two, "
        "astronauts, riding, horse, mars; reword it, let the tenant draw with a card that reads it, or accept it with "
        "`models.unread_words: warn` in aurelle/tenant.yaml"
    )


def test_a_tenant_that_wants_to_be_warned_gets_the_same_words_as_a_note(tmp_path: Path) -> None:
    assert problems(ASTRONAUTS, owner=lenient()) == []
    notes = admitted(tmp_path, owner=lenient(), scenes=None, prompt=ASTRONAUTS).assumptions
    assert notes == (
        "Scene free: backdrop@4 does not know two, astronauts, riding, horse, mars, and draws the scene without.",
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "Two astronauts riding a horse on Mars at night",
        "A dog running through a summer field",
        "Young professionals laughing over laptops in a coworking space",
        "Sonnenuntergang am Meer",
        "夕暮れの海",
        "Закат над морем",
        "a giraffe in blue light",
        "A knight fights a dragon before golden gates while soldiers cheer, catapults fire and horses flee",
    ],
)
def test_too_little_is_left_where_more_things_are_missing_than_the_scenes_own_words_bear(prompt: str) -> None:
    (problem,) = problems(prompt)
    assert problem.startswith("prompt: ")


@pytest.mark.parametrize(
    "prompt",
    [
        "Plaster wall, light from the left",
        "blush and cream, light from the right",
        "A woman doing yoga in a sunlit living room",
        "A calm studio scene with soft neutral tones, premium feel, high-end product photography, 85mm, "
        "shallow depth of field",
        "Bottle on a wooden café table, morning light",
        "Misty mountain hills before a level foreground, light from the left",
        "Another wall",
    ],
)
def test_a_scene_that_is_drawn_in_the_main_is_planned(prompt: str) -> None:
    assert problems(prompt) == []


def test_every_scene_that_is_refused_is_named_by_its_place() -> None:
    scenes = [{"id": "a", "prompt": "silk"}, {"id": "b", "prompt": "A dog"}, {"id": "c", "prompt": "A cat"}]
    brief = parse(a_brief(scenes=scenes))
    assert [problem.path for problem in check_scenes(brief, a_tenant(), drawing_with(BACKDROP))] == [
        "scenes[1].prompt",
        "scenes[2].prompt",
    ]


def test_words_that_are_left_out_and_what_is_not_avoided_are_noted(tmp_path: Path) -> None:
    scenes = [{"id": "bath", "prompt": "A marble bathroom with a giraffe and a café"}]
    notes = admitted(tmp_path, scenes=scenes, negative_prompt="clutter, text").assumptions
    assert notes == (
        "Scene bath: backdrop@4 does not know giraffe, café, and draws the scene without.",
        "backdrop@4 reads no negative prompts: 'clutter, text' changes nothing that it draws.",
    )


def test_many_scenes_are_told_by_the_first_twenty_and_a_number(tmp_path: Path) -> None:
    scenes = [{"id": f"s{at}", "prompt": f"Marble bathroom with a {'x' * at}giraffe"} for at in range(23)]
    notes = list(scene_notes(admitted(tmp_path, scenes=scenes).plan))
    assert len(notes) == 21
    assert notes[-1] == "3 more scenes have words that backdrop@4 does not read."


def test_the_end_of_a_prompt_that_is_longer_than_the_card_reads_is_noted(tmp_path: Path) -> None:
    plan = admitted(tmp_path, scenes=[{"id": "a", "prompt": "silk " * 40 + "and marble"}]).plan
    (note,) = scene_notes(with_card(plan, PLAIN))
    assert note.startswith("Scene a: other@4 does not read the end of the prompt, 'silk silk")
    assert list(scene_notes(with_card(plan, PLAIN.model_copy(update={"prompt_tokens": 4_000})))) == []


def test_a_product_that_would_stand_behind_the_end_of_what_the_card_reads_is_refused() -> None:
    brief = parse(a_brief(products=[{"id": "serum", "name": "Radiance Serum"}], scenes=None, prompt="silk " * 40))
    (problem,) = check_scenes(brief, a_tenant(), drawing_with(PLAIN))
    assert "is so long that other@4 does not read the product 'Radiance Serum' behind it; reword it" in str(problem)
    assert list(check_scenes(parse(a_brief(scenes=None, prompt="silk " * 40)), a_tenant(), drawing_with(PLAIN))) == []
    assert list(check_scenes(brief, lenient(), drawing_with(PLAIN))) == []
