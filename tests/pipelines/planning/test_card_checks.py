"""What is said against the cards of a tenant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foundry.card.card import ModelCard
from foundry.card.selection import Cards, ResolvedAdapter
from foundry.channel.placement import Placement, resolve_placements
from foundry.inputs.door import receive
from foundry.inputs.picture import PICTURE, inspect_picture
from models.registry import cards_of
from pipelines.planning.card_checks import check_cards
from tests.support.briefs import a_tenant, product_picture
from tests.support.cards import CARD


def adapter(**changes: Any) -> ModelCard:
    """Return the card of an adapter, with some fields changed."""
    return ModelCard.model_validate({
        **{key: value for key, value in CARD.items() if key != "sizes"},
        "id": "grain", "task": "adapter", "adapter": {"kind": "lora", "bases": ["backdrop"]}, **changes,
    })  # fmt: skip


@pytest.fixture
def cards() -> Cards:
    return cards_of(a_tenant())


@pytest.fixture
def placements() -> tuple[Placement, ...]:
    return resolve_placements(("google/leaderboard",))


def sentences(cards: Cards, placements: tuple[Placement, ...]) -> list[str]:
    return [str(problem) for problem in check_cards(cards, a_tenant(), placements)]


def test_the_shipped_cards_have_no_problem(cards: Cards, placements: tuple[Placement, ...]) -> None:
    assert sentences(cards, placements) == []


def test_a_card_of_other_tenants_is_refused_in_the_role_that_it_has(
    cards: Cards, placements: tuple[Placement, ...]
) -> None:
    foreign = cards.screen.model_copy(update={"tenants": ("northpeak",)})
    (sentence,) = sentences(replace(cards, screen=foreign), placements)
    assert sentence.startswith("tenant aurelle: models.screen: ")


def test_a_size_that_the_card_does_not_draw_is_named_with_those_that_it_draws(cards: Cards) -> None:
    only_square = cards.generate.model_copy(update={"sizes": {"square": cards.generate.sizes["square"]}})
    (sentence,) = sentences(replace(cards, generate=only_square), resolve_placements(("meta/story",)))
    assert "pictures, only square; drop those placements" in sentence


def test_a_card_that_is_no_adapter_cannot_be_worn(cards: Cards, placements: tuple[Placement, ...]) -> None:
    found = sentences(replace(cards, adapters=(ResolvedAdapter(cards.upscale, 1000),)), placements)
    assert any("it is no adapter; name an adapter card" in sentence for sentence in found)


def test_an_adapter_must_fit_the_card_that_draws(cards: Cards, placements: tuple[Placement, ...]) -> None:
    other = adapter(adapter={"kind": "lora", "bases": ["other"]})
    found = sentences(replace(cards, adapters=(ResolvedAdapter(other, 1000),)), placements)
    assert any("fits other, not backdrop; choose an adapter that was made for it" in sentence for sentence in found)
    assert any("takes no adapters; drop it from the tenant" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("kind", "with_picture", "says"),
    [
        ("ip-adapter", False, "is missing; ip-adapter follows a picture"),
        ("lora", True, "is not used; lora follows no picture"),
    ],
)
def test_adapters_have_a_picture_exactly_if_they_follow_one(
    cards: Cards, placements: tuple[Placement, ...], tmp_path: Path, kind: str, with_picture: bool, says: str
) -> None:
    product_picture(tmp_path / "style.png")
    file = inspect_picture(receive(tmp_path, "style.png", PICTURE)) if with_picture else None
    worn = ResolvedAdapter(adapter(adapter={"kind": kind, "bases": ["backdrop"]}), 1000, file)
    assert any(says in sentence for sentence in sentences(replace(cards, adapters=(worn,)), placements))
