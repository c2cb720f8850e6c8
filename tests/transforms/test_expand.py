"""Calls are full, ordered, of one tenant, and each card's are drawn to the end: B6's goals, by counts."""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import groupby
from pathlib import Path
from random import Random

import apache_beam as beam
from apache_beam.ml.inference.base import RunInference
from apache_beam.testing.util import assert_that
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.plan.shot import ShotOrder
from foundry.store.object_store import LocalStore
from models.drawing import DrawRequest
from models.model_bank import ModelBank
from pipelines.engines.engine import embedded_runner
from tests.support.briefs import admitted
from tests.support.drawing import an_order
from tests.support.finished import finish_masters, finish_variant
from tests.support.toys import ToyDrawer, instant, interleaved, toy_card
from transforms.expand import (
    VARIANTS_PER_ORDER,
    DrawInRuns,
    batches,
    call_key,
    cut_into_runs,
    lanes_per_card,
    missing_shots,
    render_orders,
)


def orders_of(scene: int, alternatives: int, **changes: object) -> list[ShotOrder]:
    return [
        an_order(scene=scene, alternative=at, name=f"{scene}/{at}/{changes}", **changes) for at in range(alternatives)
    ]


def test_calls_hold_one_key_and_alternatives_stay_together_and_ascend() -> None:
    mixed = [
        *orders_of(1, 3),
        *orders_of(0, 2),
        *orders_of(2, 3),
        *orders_of(3, 4, tenant="northpeak"),
        *orders_of(4, 1, width_px=96),
    ]
    calls = batches(reversed(mixed), 4)
    assert sorted(order.name for batch in calls for order in batch) == sorted(order.name for order in mixed)
    for batch in calls:
        assert len({call_key(order) for order in batch}) == 1
    where = [(at, order.tenant, order.scene, order.alternative) for at, batch in enumerate(calls) for order in batch]
    groups: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for at, tenant, scene, alternative in where:
        groups.setdefault((tenant, scene), []).append((at, alternative))
    for places in groups.values():
        assert len({at for at, _ in places}) == 1
        assert [alternative for _, alternative in places] == list(range(len(places)))


def test_groups_too_large_for_a_call_are_cut_in_order_and_gaps_are_filled() -> None:
    calls = batches([*orders_of(0, 10), *orders_of(1, 2)], 4)
    assert [[(o.scene, o.alternative) for o in batch] for batch in calls] == [
        [(0, 0), (0, 1), (0, 2), (0, 3)],
        [(0, 4), (0, 5), (0, 6), (0, 7)],
        [(0, 8), (0, 9), (1, 0), (1, 1)],
    ]


SOME_ORDERS = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 5), st.sampled_from(["aurelle", "northpeak"]), st.sampled_from([64, 96])
    ),
    unique=True,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(chosen=SOME_ORDERS, most=st.integers(1, 8), seed=st.randoms(use_true_random=False))
def test_each_shot_is_in_one_call_and_the_calls_do_not_depend_on_the_order_of_plans(
    chosen: list[tuple[int, int, str, int]], most: int, seed: Random
) -> None:
    orders = [
        an_order(scene=scene, alternative=at, name=f"{scene}/{at}/{tenant}/{width}", tenant=tenant, width_px=width)
        for scene, at, tenant, width in chosen
    ]
    calls = batches(orders, most)
    assert Counter(order.name for call in calls for order in call) == Counter(order.name for order in orders)
    assert all(1 <= len(call) <= most for call in calls)
    assert all(len({call_key(order) for order in call}) == 1 for call in calls)
    shuffled = list(orders)
    seed.shuffle(shuffled)
    assert batches(shuffled, most) == calls
    keys = [call_key(call[0]) for call in calls]
    assert len([key for key, _ in groupby(keys)]) == len(set(keys)), "the calls of one key follow one another"


@given(count=st.integers(0, 60), lanes=st.integers(1, 16))
def test_runs_are_all_calls_in_order_in_even_shares(count: int, lanes: int) -> None:
    calls = [(an_order(name=str(number)),) for number in range(count)]
    cut = cut_into_runs(calls, lanes)
    assert [call for run in cut for call in run] == calls
    assert len(cut) == min(lanes, count)
    if cut:
        assert max(map(len, cut)) - min(map(len, cut)) <= 1


def test_render_orders_hold_every_variant_once_in_bounded_orders(tmp_path: Path) -> None:
    bare = [{"id": f"p{n}", "name": "Serum"} for n in range(9)]
    plan = admitted(tmp_path, draws=True, alternatives=2, products=bare).plan
    orders = list(render_orders(plan))
    assert all(1 <= order.stop - order.start <= VARIANTS_PER_ORDER for order in orders)
    names = [variant.name for order in orders for variant in plan.some_variants(order)]
    assert names == [variant.name for shot in plan.shots() for variant in plan.variants(shot)]
    assert len(names) == plan.variant_count


def test_a_shot_is_missing_if_a_variant_shows_it_and_neither_exists(tmp_path: Path) -> None:
    plan, store = admitted(tmp_path).plan, LocalStore(tmp_path / "store")
    first, *others = plan.shots()
    assert list(missing_shots(plan, store)) == [first, *others]
    for variant in plan.variants(first):
        finish_variant(variant, store)
    assert list(missing_shots(plan, store)) == others, "its files are there, so nothing shows it again"
    finish_masters(plan, store)
    assert list(missing_shots(plan, store)) == []


def test_a_shot_that_two_plans_order_is_drawn_once() -> None:
    order = an_order()
    assert batches([order, dataclasses.replace(order, plan="another")], 4) == [
        (dataclasses.replace(order, plan="another"),)
    ]


def test_one_card_is_dealt_to_all_workers_and_many_cards_are_not() -> None:
    assert [lanes_per_card(cards, 2) for cards in (1, 2, 5)] == [2, 1, 1]
    calls = batches([*orders_of(0, 5)], 1)
    for lanes, sizes in ((1, [5]), (2, [2, 3]), (5, [1, 1, 1, 1, 1]), (8, [1, 1, 1, 1, 1])):
        assert [len(run) for run in cut_into_runs(calls, lanes)] == sizes
        assert [call for run in cut_into_runs(calls, lanes) for call in run] == calls
    assert cut_into_runs([], 2) == []


def test_interleaved_tenants_and_cards_cost_few_swaps_in_full_calls_of_one_tenant() -> None:
    ToyDrawer.forget()
    cards = [toy_card(number) for number in range(4)]
    orders = interleaved(cards, tenants=8, alternatives=(4, 4, 2, 3, 1, 2))
    keys = {(order.model, order.adapters) for order in orders}
    assert len(keys) == 12
    bench = ModelBank(cards, handler_for=instant, limit_mb=2000)
    runner, options = embedded_runner()
    pipeline = beam.Pipeline(runner=runner, options=options)
    drawn = (
        pipeline
        | beam.Create(orders)
        | DrawInRuns(8, cards=len(cards), lanes=2)
        | "Ask" >> beam.Map(lambda batch: [DrawRequest(order, 0) for order in batch])
        | RunInference(bench.with_no_batching())
        | "Names" >> beam.Map(lambda one: one.request.order.name)
    )

    def everything(found: list[str]) -> None:
        assert Counter(found) == Counter(order.name for order in orders)

    assert_that(drawn, everything)
    pipeline.run().wait_until_finish()
    counts = ToyDrawer.counts
    assert counts["pictures"] == len(orders)
    assert counts["swaps"] <= 1.1 * len(keys)
    assert counts["loads"] == len(cards)
    assert counts["pictures"] / (counts["calls"] * 8) >= 0.9
    assert all(len(tenants) == 1 for tenants in ToyDrawer.tenants)
