"""Quotes: from the tenant's own past and no other, with an error; from the cards' prices where there is no past."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from foundry.card.card import Source, UnitCost
from foundry.manifest_index import ManifestIndex
from foundry.plan.plan import Plan
from foundry.plan.work import DRAW, FILE, LAYER, LOAD, MASTER, READ, SCREEN, UPSCALE, WorkToDo, file_kind, shot_kinds
from foundry.rates import Rate, WorkKind, add_rates, observe
from foundry.spent import Spent, StepTime
from foundry.store.object_store import LocalStore, ObjectStore
from pipelines.planning.quote import MOST_CAMPAIGNS, PastWork, UnmeasuredWork, quote_work, read_past
from tests.support.briefs import admitted

SECOND = 1_000_000
NO_PAST = PastWork({}, 0)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """One shot in a landscape bucket, and its two files."""
    return admitted(tmp_path, placements=["google/leaderboard"]).plan


def took(seconds: float) -> Spent:
    return Spent(steps=(StepTime("any", 0, round(seconds * SECOND)),))


def keep_past(own: ObjectStore, campaign: str, *rates: Rate) -> None:
    index = ManifestIndex(
        tenant="aurelle", campaign=campaign, plan="0" * 32, rows=1, failed=0, cost_usd=Decimal(0), size_bytes=1,
        rates=add_rates(rates),
    )  # fmt: skip
    with own.replacing(index.name) as file:
        file.write_bytes(index.as_json())


def needs_of(plan: Plan) -> WorkToDo:
    work = WorkToDo()
    for shot in plan.shots():
        work.add_shot(plan, shot)
        for place, file in enumerate(plan.variants(shot)):
            work.add_file(plan, place, file)
    return work


def past_of(plan: Plan, seconds: dict[str, float]) -> dict[WorkKind, list[Rate]]:
    """Three observations of each kind of work: as long as said, a tenth shorter, and a tenth longer."""
    (placement,) = plan.placements
    kinds = {**shot_kinds(plan.cards, placement.bucket), **{w: file_kind(w, placement) for w in (READ, LAYER, FILE)}}
    return {
        kinds[work]: [observe(kinds[work], took(s * part)) for part in (0.9, 1, 1.1)] for work, s in seconds.items()
    }


TOOK = {LOAD: 0.0, DRAW: 4.0, SCREEN: 1.0, UPSCALE: 3.0, MASTER: 0.5, READ: 0.2, LAYER: 0.1, FILE: 0.05}


def test_a_quote_is_the_needed_units_times_what_a_unit_took(plan: Plan, tmp_path: Path) -> None:
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    for campaign in ("one", "two", "three"):
        keep_past(own, campaign, *(rate for rates in past_of(plan, TOOK).values() for rate in rates))
    past = read_past(own)
    found = quote_work(plan, needs_of(plan), past)
    assert (found.campaigns, found.unmeasured) == (3, ())
    assert found.processor_s.amount == pytest.approx(4 + 1 + 3 + 0.5 + 0.2 + 0.1 + 2 * 0.05)
    assert found.accelerator_s.amount == found.vendor_usd.amount == 0
    assert 0.3 < found.processor_s.error < 1


def test_models_are_loaded_once_for_a_campaign_however_many_shots_it_draws(plan: Plan, tmp_path: Path) -> None:
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    load = shot_kinds(plan.cards, plan.placements[0].bucket)[LOAD]
    keep_past(own, "one", observe(load, took(6)), observe(load, took(0)), observe(load, took(0)))
    keep_past(own, "two", observe(load, took(2)), observe(load, took(2)))
    past = read_past(own)
    assert past.rates[load].count == 2
    many = WorkToDo()
    for shot in admitted(tmp_path, placements=["google/leaderboard"], alternatives=4).plan.shots():
        many.add_shot(plan, shot)
    only_loading = WorkToDo({load: many.by_kind[load]})
    assert quote_work(plan, only_loading, past).processor_s.amount == pytest.approx(5)


def test_work_that_was_never_measured_is_quoted_at_the_cards_prices_and_named(plan: Plan) -> None:
    costs = {"unit_cost": UnitCost(money=Decimal("0.01"), accelerator_seconds=Decimal("2.5"))}
    cards = plan.cards
    cards = replace(
        cards, generate=cards.generate.model_copy(update=costs), screen=cards.screen.model_copy(update=costs),
        upscale=cards.upscale.model_copy(update=costs),
    )  # fmt: skip
    priced = replace(plan, cards=cards)
    found = quote_work(priced, needs_of(priced), NO_PAST)
    assert found.accelerator_s.amount == pytest.approx(7.5)
    assert found.processor_s.amount == pytest.approx(0.2)
    assert {(each.work, each.count) for each in found.unmeasured} == {(DRAW, 1), (SCREEN, 1), (UPSCALE, 1), (FILE, 2)}
    assert found.processor_s.error == 0


def test_only_the_kinds_without_a_past_are_taken_at_the_cards_prices(plan: Plan) -> None:
    rates = past_of(plan, {work: seconds for work, seconds in TOOK.items() if work != FILE})
    past = PastWork({kind: sum_of(each) for kind, each in rates.items()}, 1)
    found = quote_work(plan, needs_of(plan), past)
    (placement,) = plan.placements
    assert found.unmeasured == (UnmeasuredWork(FILE, file_kind(FILE, placement).subject, 2),)
    assert found.processor_s.amount == pytest.approx(4 + 1 + 3 + 0.5 + 0.2 + 0.1 + 2 * 0.1)


def sum_of(rates: list[Rate]) -> Rate:
    (rate,) = add_rates(rates)
    return rate


def test_another_vendors_card_costs_money_and_no_time_of_ours(plan: Plan) -> None:
    source = Source(kind="api", url="https://draw.example/v1")
    cost = UnitCost(money=Decimal("0.04"), accelerator_seconds=Decimal(0))
    card = plan.cards.generate.model_copy(update={"source": source, "unit_cost": cost})
    bought = replace(plan, cards=replace(plan.cards, generate=card))
    assert quote_work(bought, needs_of(bought), NO_PAST).vendor_usd.amount == pytest.approx(0.04)


def test_the_past_of_another_tenant_is_not_read(plan: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    keep_past(store.for_tenant("northpeak"), "secret", observe(WorkKind(DRAW, "any"), took(1)))
    assert read_past(store.for_tenant("aurelle")) == NO_PAST


def test_the_last_campaigns_are_read_and_those_that_are_damaged_or_say_nothing_are_passed_over(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    own, kind = store.for_tenant("aurelle"), WorkKind(DRAW, "any")
    for number in range(MOST_CAMPAIGNS + 5):
        keep_past(own, f"c{number}", observe(kind, took(number)))
        os.utime(tmp_path / "aurelle" / f"campaigns/c{number}/manifest.json", (number, number))
    keep_past(own, "silent")
    with own.replacing("campaigns/damaged/manifest.json") as file:
        file.write_text('{"rows": "many"}')
    past = read_past(own)
    assert past.campaigns == past.rates[kind].count == MOST_CAMPAIGNS - 2
    assert past.rates[kind].sums("processor_us").amount == sum(range(7, MOST_CAMPAIGNS + 5)) * SECOND
