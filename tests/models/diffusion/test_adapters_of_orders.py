"""An order's adapters are known by their digest, and refused where the drawing card does not take them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from foundry.card.adapter_use import AdapterUse
from foundry.card.card import ModelCard
from models.diffusion.refusals import AdapterRefused
from models.diffusion.wearing import adapter_name, check_adapter, kind_of, triggers
from tests.support.toys import toy_card

BASE = toy_card(0, takes=["lora"])


def an_adapter(number: int, kind: str = "lora", bases: tuple[str, ...] = ("toy-0",), trigger: str = "") -> ModelCard:
    section: dict[str, Any] = {"kind": kind, "bases": bases, "file": "a.safetensors", "trigger": trigger}
    return toy_card(number, task="adapter", adapter=section, unit_cost={"money": Decimal(0), "accelerator_seconds": 0})


LOOK, OTHER = an_adapter(1, trigger="in the look"), an_adapter(2, bases=("toy-9",))
MAP = an_adapter(3, "controlnet")
KNOWN = {each.digest: each for each in (LOOK, OTHER, MAP)}


def test_a_fitting_adapter_is_found_with_its_section_and_its_use() -> None:
    use = AdapterUse(LOOK.digest, 800)
    chosen = check_adapter(BASE, use, KNOWN)
    assert (chosen.card, chosen.section, chosen.use) == (LOOK, LOOK.adapter, use)


@pytest.mark.parametrize(
    ("digest", "wrong"),
    [
        ("0" * 64, "no card of this run has this digest; name its card"),
        (OTHER.digest, "it is made for toy-9"),
        (MAP.digest, "it is a controlnet, and the card takes lora"),
    ],
)
def test_an_adapter_that_the_card_does_not_take_is_refused(digest: str, wrong: str) -> None:
    with pytest.raises(AdapterRefused, match=wrong):
        check_adapter(BASE, AdapterUse(digest), KNOWN)


def test_kinds_triggers_and_names_follow_from_the_cards() -> None:
    assert [kind_of(AdapterUse(digest), KNOWN) for digest in (LOOK.digest, MAP.digest, "0" * 64)] == [
        "lora", "controlnet", ""
    ]  # fmt: skip
    uses = (AdapterUse(LOOK.digest), AdapterUse(MAP.digest), AdapterUse("0" * 64))
    assert triggers(uses, KNOWN) == "in the look"
    assert adapter_name(LOOK) != adapter_name(OTHER)
    assert adapter_name(LOOK).isidentifier()
