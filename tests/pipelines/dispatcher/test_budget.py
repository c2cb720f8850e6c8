"""The low-water mark: no offset is committed while anything below it is unsettled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.dispatcher.budget import PartitionOffsets

Gaps = st.lists(st.integers(1, 4), min_size=1, max_size=30)


@given(start=st.integers(0, 100), gaps=Gaps, data=st.data())
def test_the_mark_is_below_everything_unsettled_and_above_everything_else(
    start: int, gaps: list[int], data: st.DataObject
) -> None:
    offsets = [start + sum(gaps[:index]) for index in range(len(gaps))]
    ledger, taken, settled = PartitionOffsets(), 0, set[int]()
    for offset in data.draw(st.permutations(offsets)):
        while taken < len(offsets) and (taken == 0 or offsets[taken - 1] < offset):
            assert ledger.take(offsets[taken])
            taken += 1
        ledger.settle(offset)
        settled.add(offset)
        unsettled = [each for each in offsets[:taken] if each not in settled]
        assert ledger.mark == (min(unsettled) if unsettled else offsets[taken - 1] + 1)
        assert ledger.held == len(unsettled)


def test_a_record_that_comes_again_is_not_taken_again() -> None:
    ledger = PartitionOffsets()
    assert ledger.take(5)
    assert not ledger.take(5)
    ledger.settle(5)
    assert not ledger.take(5)
    assert (ledger.mark, ledger.held) == (6, 0)


def test_nothing_is_due_before_something_is_settled_and_after_it_is_committed() -> None:
    ledger = PartitionOffsets()
    assert ledger.due is None
    ledger.take(7)
    assert ledger.due is None
    ledger.settle(7)
    assert ledger.due == 8
    ledger.committed = 8
    assert ledger.due is None
