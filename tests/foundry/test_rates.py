"""Rates of work: sums, means and errors."""

from __future__ import annotations

import json
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.rates import Rate, Rates, WorkKind, merge_rates, rates_from_json
from foundry.spent import Spent, StepTime

FILE, DRAW = WorkKind("file", "meta/story"), WorkKind("draw", "backdrop@3 square")
Observations = st.lists(
    st.tuples(st.sampled_from([FILE, DRAW]), st.integers(0, 10**10), st.integers(0, 10**9), st.integers(1, 900)),
    max_size=12,
)


def took(processor_us: int, accelerator_us: int = 0) -> Spent:
    return Spent(steps=(StepTime("draw", accelerator_us, processor_us),))


def rates_of(observed: list[tuple[WorkKind, int, int, int]]) -> Rates:
    rates = Rates()
    for kind, processor_us, accelerator_us, units in observed:
        rates.add(kind, took(processor_us, accelerator_us), units)
    return rates


@given(Observations, st.integers(0, 12))
def test_rates_of_parts_merge_to_the_rates_of_the_whole_in_any_order(
    observed: list[tuple[WorkKind, int, int, int]], cut: int
) -> None:
    whole, parts = rates_of(observed), [rates_of(observed[:cut]), rates_of(observed[cut:])]
    assert merge_rates(parts) == whole
    assert merge_rates(reversed(parts)) == whole
    assert rates_from_json(json.loads(json.dumps(whole.as_json()))) == whole


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=30))
def test_for_single_units_mean_and_error_are_those_of_the_textbook(amounts: list[int]) -> None:
    rate = Rate()
    for amount in amounts:
        rate.add(took(amount))
    assert rate.mean("processor_us") == pytest.approx(statistics.fmean(amounts))
    assert rate.scatter_squared("processor_us") == pytest.approx(statistics.variance(amounts), abs=1e-3)
    assert rate.standard_error("processor_us") == pytest.approx(
        statistics.stdev(amounts) / len(amounts) ** 0.5, abs=1e-3
    )


def test_work_that_grows_with_its_units_has_no_scatter() -> None:
    rate = Rate()
    for frames in (48, 240, 720):
        rate.add(took(frames * 9_000), frames)
    expected = rate.expect("processor_us", 2, 1_000)
    assert expected.amount == pytest.approx(9_000_000)
    assert expected.error == 0


def test_a_measure_that_was_absent_from_some_objects_counts_as_nothing_there() -> None:
    rate = Rate()
    rate.add(took(10, accelerator_us=30))
    rate.add(took(20))
    assert rate.mean("accelerator_us") == 15
    assert rate.mean("vendor_micro_usd") == 0
    assert rate.expect("vendor_micro_usd", 3, 3).error == 0


def test_little_is_promised_from_a_single_observation() -> None:
    rate = Rate()
    rate.add(took(500))
    assert rate.expect("processor_us", 1, 1).error > 500


def test_the_error_bar_holds_as_often_as_a_standard_error_should() -> None:
    chance = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        rate = Rate()
        for amount in chance.normal(1_000_000, 200_000, 12).astype(int).tolist():
            rate.add(took(amount))
        expected = rate.expect("processor_us", 20, 20)
        held += abs(chance.normal(1_000_000, 200_000, 20).sum() - expected.amount) < expected.error
    assert 0.6 < held / 400 < 0.75
