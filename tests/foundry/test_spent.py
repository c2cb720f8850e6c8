"""Sums and shares of what was spent."""

from __future__ import annotations

import json
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from foundry.spent import AMOUNTS, NOTHING_SPENT, Spent, StepTime, add_spent, spent_from_json

Numbers = st.integers(0, 10**12)
Steps = st.dictionaries(st.sampled_from(["draw", "encode", "screen", "write"]), st.tuples(Numbers, Numbers))
Amounts = st.fixed_dictionaries(dict.fromkeys(AMOUNTS, Numbers))


def spent(steps: dict[str, tuple[int, int]], amounts: dict[str, int]) -> Spent:
    return Spent(steps=tuple(StepTime(step, *steps[step]) for step in sorted(steps)), **amounts)


@given(st.builds(spent, Steps, Amounts), st.integers(1, 300))
def test_the_shares_of_a_cost_are_together_exactly_the_cost_and_differ_by_at_most_one(whole: Spent, of: int) -> None:
    shares = [whole.share(index, of) for index in range(of)]
    assert add_spent(shares) == whole
    written = [share.bytes_written for share in shares]
    assert max(written) - min(written) <= 1


@given(st.lists(st.builds(spent, Steps, Amounts), max_size=5))
def test_a_sum_does_not_depend_on_the_order_and_survives_json(items: list[Spent]) -> None:
    total = add_spent(items)
    assert add_spent(reversed(items)) == total
    assert sum(items, NOTHING_SPENT) == total
    assert total.processor_us == sum(item.processor_us for item in items)
    assert spent_from_json(json.loads(json.dumps(asdict(total)))) == total


def test_an_old_record_says_nothing_of_what_was_spent() -> None:
    assert spent_from_json(None) == NOTHING_SPENT
