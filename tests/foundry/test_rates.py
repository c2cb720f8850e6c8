"""Rates of work: sums, means and errors."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from foundry.rates import Rate, WorkKind, add_rates, observe
from foundry.spent import Spent, StepTime

FILE, DRAW = WorkKind("file", "meta/story"), WorkKind("draw", "backdrop@3 square")
Observations = st.lists(
    st.tuples(st.sampled_from([FILE, DRAW]), st.integers(0, 10**10), st.integers(0, 10**9), st.integers(1, 900)),
    max_size=12,
)


def took(processor_us: int, accelerator_us: int = 0) -> Spent:
    return Spent(steps=(StepTime("draw", accelerator_us, processor_us),))


def rate_of(*amounts: int) -> Rate:
    (rate,) = add_rates(observe(FILE, took(amount)) for amount in amounts)
    return rate


@given(Observations, st.integers(0, 12))
def test_rates_of_parts_add_up_to_the_rates_of_the_whole_in_any_order_and_survive_json(
    observed: list[tuple[WorkKind, int, int, int]], cut: int
) -> None:
    each = [observe(kind, took(processor, accelerator), units) for kind, processor, accelerator, units in observed]
    whole = add_rates(each)
    assert add_rates((*add_rates(each[cut:]), *add_rates(each[:cut]))) == whole
    json = TypeAdapter(tuple[Rate, ...])
    assert json.validate_json(json.dump_json(whole)) == whole
    assert sum(rate.sums("processor_us").amount for rate in whole) == sum(each[1] for each in observed)


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=30))
def test_for_single_units_mean_and_error_are_those_of_the_textbook(amounts: list[int]) -> None:
    rate = rate_of(*amounts)
    assert rate.mean("processor_us") == pytest.approx(statistics.fmean(amounts))
    assert rate.scatter_squared("processor_us") == pytest.approx(statistics.variance(amounts), abs=1e-3)
    assert rate.standard_error("processor_us") == pytest.approx(
        statistics.stdev(amounts) / len(amounts) ** 0.5, abs=1e-3
    )


def test_work_that_grows_with_its_units_has_no_scatter() -> None:
    (rate,) = add_rates(observe(FILE, took(frames * 9_000), frames) for frames in (48, 240, 720))
    expected = rate.expect("processor_us", 2, 1_000)
    assert expected.amount == pytest.approx(9_000_000)
    assert expected.error == 0


def test_a_measure_that_was_absent_from_some_objects_counts_as_nothing_there() -> None:
    (rate,) = add_rates([observe(FILE, took(10, accelerator_us=30)), observe(FILE, took(20))])
    assert rate.mean("accelerator_us") == 15
    assert rate.mean("vendor_micro_usd") == 0
    assert rate.expect("vendor_micro_usd", 3, 3).error == 0


def test_little_is_promised_from_a_single_observation() -> None:
    assert rate_of(500).expect("processor_us", 1, 1).error > 500


def test_the_error_bar_holds_as_often_as_a_standard_error_should() -> None:
    chance = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        expected = rate_of(*chance.normal(10**6, 200_000, 12).astype(int).tolist()).expect("processor_us", 20, 20)
        held += abs(chance.normal(10**6, 200_000, 20).sum() - expected.amount) < expected.error
    assert 0.6 < held / 400 < 0.75
