"""Calls are full, ordered, of one tenant, and each card's are drawn to the end: B6's goals, by counts."""

from __future__ import annotations

import dataclasses
from collections import Counter

import apache_beam as beam
from apache_beam.ml.inference.base import RunInference
from apache_beam.testing.util import assert_that

from foundry.plan.shot import ShotOrder
from models.drawing import DrawRequest
from models.model_bank import ModelBank
from pipelines.engines.engine import embedded_runner
from tests.support.drawing import an_order
from tests.support.toys import ToyDrawer, instant, interleaved, toy_card
from transforms.expand import DrawInRuns, batches, call_key, cut_into_runs, lanes_per_card


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
