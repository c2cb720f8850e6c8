"""A plan of 100,000 products: finding anything in it costs the same wherever it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from foundry.brief.brief import Product
from foundry.plan.plan import Plan
from foundry.plan.slice import slice_plan
from tests.foundry.plan.many_plans import a_plan

PRODUCTS = 100_000
SHARING = PRODUCTS // 2


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A plan half of whose products have one picture, and a shot together; the others have a shot each."""
    small = a_plan(locales=2, placements=("meta/story", "google/square"))
    products = tuple(Product.model_construct(id=f"p{at:06d}", name=f"Product {at}") for at in range(PRODUCTS))
    pictures = ("a",) * SHARING + tuple(f"b{at:06d}" for at in range(SHARING))
    made = replace(small, brief=small.brief.model_copy(update={"products": products}), pictures=pictures)
    slice_plan(made, 0, 1)  # the one walk over its products that every process makes
    return made


def calls_of(work: Callable[[], Any]) -> int:
    """The number of calls, of Python and of C, that some work makes."""
    count = 0

    def note(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def cost_of(work: Callable[[], Any]) -> int:
    """The calls that some work makes when copy that it shows is written."""
    work()
    return calls_of(work)


def test_a_run_of_variants_costs_the_same_wherever_it_begins(plan: Plan) -> None:
    shot = plan.shot_at(0)
    last = plan.variants_per_shot(shot)
    assert last == SHARING * 2
    orders = [plan.render_order(shot, start, start + 48) for start in (0, last // 2, last - 48)]
    costs = [cost_of(lambda order=order: list(plan.some_variants(order))) for order in orders]  # type: ignore[misc]
    assert len(set(costs)) == 1


@pytest.mark.parametrize("ask", ["variant_at", "showing_index", "position_of", "render_order"])
def test_a_question_costs_the_same_at_the_end_as_at_the_start(plan: Plan, ask: str) -> None:
    def cost(shot_position: int) -> int:
        shot = plan.shot_at(shot_position)
        variant = next(plan.variants(shot))
        asked = {
            "variant_at": lambda: plan.variant_at(plan.variants_before(shot_position)),
            "showing_index": lambda: plan.showing_index(shot, variant),
            "position_of": lambda: plan.position_of(shot),
            "render_order": lambda: plan.render_order(shot, 0, 1),
        }
        return cost_of(asked[ask])

    assert cost(0) == cost(plan.shot_count // 2) == cost(plan.shot_count - 2) < 1_000


def test_counts_of_a_shot_are_made_without_walking_its_products(plan: Plan) -> None:
    shot = plan.shot_at(0)
    for count in (plan.stills_per_shot, plan.files_showing, plan.variants_per_shot, plan.film_groups):
        assert cost_of(lambda count=count: count(shot)) < 20  # type: ignore[misc]


def test_a_slice_at_the_end_of_a_plan_costs_as_much_as_one_at_its_start(plan: Plan) -> None:
    def walk(first: int) -> int:
        made = slice_plan(plan, first, first + 20)
        return cost_of(lambda: [list(made.variants(shot)) for shot in made.shots()])

    assert walk(2) == walk(plan.shot_count // 2) == walk(plan.shot_count - 20)
    cuts = [cost_of(lambda first=first: slice_plan(plan, first, first + 20)) for first in (0, plan.shot_count - 20)]  # type: ignore[misc]
    assert cuts[0] == cuts[1] < 1_000
