"""The cards of a scene: the tenant's, or its own with the adapters that fit."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from foundry.card.card import ModelCard
from foundry.card.selection import Cards, ResolvedAdapter, SceneCards
from models.registry.folders import CARDS


def a_card(name: str, **changes: Any) -> ModelCard:
    plain = {
        "id": name, "version": "1", "title": name, "task": "text-to-image", "source": {"kind": "code"},
        "licence": "MIT", "allowed_use": "Tests", "training_data": "None",
        "unit_cost": {"money": 0, "accelerator_seconds": 1},
        "stage": "production",
    }  # fmt: skip
    return ModelCard.model_validate({**plain, **changes})


def shipped(name: str) -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((CARDS / f"{name}.yaml").read_text(encoding="utf-8"))
    return said


PAINTER, OTHER = a_card("painter", takes=["lora"]), a_card("other", takes=["lora"])
STUDIO = ModelCard.model_validate(shipped("studio"))
LOOK = a_card("look", task="adapter", adapter={"kind": "lora", "bases": ["painter"]})
BOTH = a_card("both", task="adapter", adapter={"kind": "lora", "bases": ["painter", "other"]})
PLAIN, SHARP, VIDEO = a_card("plain", task="upscale"), a_card("sharp", task="upscale"), a_card("video", frames=9)
ALL = Cards(
    PAINTER, SHARP, a_card("screen", task="screen"), (ResolvedAdapter(LOOK, 1000), ResolvedAdapter(BOTH, 500)), VIDEO,
    (SceneCards("other", OTHER, SHARP), SceneCards("studio", STUDIO, PLAIN)),
)  # fmt: skip


def test_a_scene_without_a_card_of_its_own_has_the_tenants() -> None:
    found = ALL.of(None)
    assert (found.generate, found.upscale, found.adapters, found.clip) == (PAINTER, SHARP, ALL.adapters, VIDEO)
    assert found.drawing == (PAINTER, SHARP, LOOK, BOTH)


def test_a_scenes_own_card_wears_the_adapters_that_fit_it() -> None:
    found = ALL.of("other")
    assert (found.generate, found.upscale, found.clip) == (OTHER, SHARP, VIDEO)
    assert [worn.card.id for worn in found.adapters] == ["both"]
    assert ALL.of("studio").adapters == ()


def test_a_card_that_renders_sets_films_its_scenes_and_brings_its_upscaler() -> None:
    found = ALL.of("studio")
    assert (found.generate, found.upscale, found.clip) == (STUDIO, PLAIN, STUDIO)
    still = STUDIO.model_copy(update={"frames": 0, "frame_step": 0})
    assert Cards(still, PLAIN, ALL.screen, (), VIDEO).of(None).clip == VIDEO


def test_an_unknown_name_has_no_cards() -> None:
    assert [ALL.knows(name) for name in (None, "studio", "studio@1")] == [True, True, False]
    with pytest.raises(KeyError):
        ALL.of("studio@1")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"staging": "composite"}, "staging 'set' and the section `set` go together"),
        ({"set": None}, "staging 'set' and the section `set` go together"),
        ({"prompt_language": "plain"}, "a card that renders sets has task 'text-to-image'"),
        ({"source": {"kind": "embedded", "folder": "x"}}, "a card that renders sets has task 'text-to-image'"),
        ({"task": "upscale"}, "a card that renders sets has task 'text-to-image'"),
    ],
)
def test_a_set_card_that_contradicts_itself_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ModelCard.model_validate({**shipped("studio"), **changes})


def test_the_quality_of_a_set_card_is_in_its_digest_and_its_price_is_not() -> None:
    finer = STUDIO.model_copy(update={"set": STUDIO.set and STUDIO.set.model_copy(update={"samples": 64})})
    dearer = STUDIO.model_copy(update={"unit_cost": PAINTER.unit_cost})
    assert finer.digest != STUDIO.digest == dearer.digest


def test_cards_without_sets_keep_the_digests_that_they_had() -> None:
    assert ModelCard.model_validate(shipped("backdrop")).digest == "de5400358676f494ea6973759f346651"
    assert ModelCard.model_validate(shipped("lanczos")).digest == "8e235fb9a0b8432297c06e190404a86d"
