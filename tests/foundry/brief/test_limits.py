"""A brief may be large, and no field of it absurd; what it costs to refuse one grows with its size alone."""

from __future__ import annotations

import time
from typing import Any

import pytest

from foundry.brief.intake import parse
from foundry.errors import Refusals
from tests.support.briefs import a_brief


def said(**changes: Any) -> str:
    with pytest.raises(Refusals) as refused:
        parse(a_brief(**changes))
    return str(refused.value)


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


SCENE = {"id": "wall", "prompt": "Plaster"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"metadata": nested(300)}, "metadata: "),
        ({"metadata": nested(30)}, "nested deeper than 20 levels"),
        ({"metadata": {"a": list(range(6_000))}}, "more than 5000 values"),
        ({"metadata": {"a": ["x" * 90_000] * 3}}, "characters as JSON, the limit is 200000"),
        ({"scenes": [SCENE] * 5_000}, "it has 5000 items, the limit is 1000"),
        ({"scenes": [SCENE] * 900}, "scenes[1].id: 'wall' is already at scenes[0]"),
        ({"placements": ["social"] * 1_001}, "it has 1001 items"),
        ({"market": {"regions": ["US"] * 501}}, "it has 501 items"),
        ({"products": [{"id": "a", "name": "A", "prices": [{}] * 401}]}, "products[0].prices: "),
        ({"messages": {f"x{n}": {} for n in range(1_001)}}, "it has 1001 items"),
        ({"messages": {"en-US": {"headline": "a"}, "EN-us": {"headline": "b"}}}, "two of its keys name the same"),
        ({"campaign": {"id": "a" * 2_000_000, "name": "x"}}, "campaign.id: 'aaa"),
        ({"alternatives": 10**90}, "alternatives: "),
        ({"products": []}, "needs at least 1"),
    ],
)  # fmt: skip
def test_an_absurd_field_is_refused_in_a_short_sentence(changes: dict[str, Any], sentence: str) -> None:
    found = said(**changes)
    assert sentence in found
    assert len(found) < 2_000


def test_thirty_thousand_wrong_products_give_a_hundred_problems_and_a_count() -> None:
    start = time.process_time()
    with pytest.raises(Refusals) as refused:
        parse(a_brief(products=[{"prices": [{}]} for _ in range(30_000)]))
    assert time.process_time() - start < 20
    assert (len(refused.value.problems), refused.value.count) == (100, 120_000)
    assert len(str(refused.value)) <= 4_000


def test_a_brief_of_many_products_is_read() -> None:
    brief = parse(a_brief(products=[{"id": f"p{n}", "name": "Serum"} for n in range(10_000)]))
    assert len(brief.products) == 10_000


def test_two_products_of_one_id_are_found_among_many_in_linear_time() -> None:
    products = [{"id": f"p{n}", "name": "Serum"} for n in range(10_000)]
    start = time.process_time()
    assert "products[10000].id: 'p9999' is already at products[9999]" in said(products=[*products, products[-1]])
    assert time.process_time() - start < 10
