"""Offsets are committed up to the first unsettled record, of our partitions only; full partitions are paused."""

from __future__ import annotations

from typing import Any

import kafka
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka import TopicPartition
from kafka.consumer.fetcher import Fetcher

from pipelines.dispatcher.claims import Claims
from pipelines.dispatcher.offsets import LEAST_HELD, OffsetBook, PartitionOffsets, release_parked_records
from tests.pipelines.dispatcher.orders import TOPIC, a_record
from tests.support.memory_kafka import MemoryConsumer

Gaps = st.lists(st.integers(1, 4), min_size=1, max_size=30)
FIRST, SECOND = TopicPartition(TOPIC, 0), TopicPartition(TOPIC, 1)


@given(start=st.integers(0, 100), gaps=Gaps, data=st.data())
def test_the_mark_is_below_everything_unsettled_and_above_everything_else(
    start: int, gaps: list[int], data: st.DataObject
) -> None:
    numbers = [start + sum(gaps[:index]) for index in range(len(gaps))]
    offsets, taken, settled = PartitionOffsets(), 0, set[int]()
    for offset in data.draw(st.permutations(numbers)):
        while taken < len(numbers) and (taken == 0 or numbers[taken - 1] < offset):
            assert offsets.take(numbers[taken])
            taken += 1
        offsets.settle(offset)
        settled.add(offset)
        unsettled = [each for each in numbers[:taken] if each not in settled]
        assert offsets.mark == (min(unsettled) if unsettled else numbers[taken - 1] + 1)
        assert offsets.held == len(unsettled)


def test_a_record_that_comes_again_is_not_taken_again() -> None:
    offsets = PartitionOffsets()
    assert offsets.take(5)
    assert not offsets.take(5)
    offsets.settle(5)
    assert not offsets.take(5)
    assert (offsets.mark, offsets.held) == (6, 0)


def test_nothing_is_due_before_something_is_settled_and_after_it_is_committed() -> None:
    offsets = PartitionOffsets()
    assert offsets.due is None
    offsets.take(7)
    assert offsets.due is None
    offsets.settle(7)
    assert offsets.due == 8
    offsets.committed = 8
    assert offsets.due is None


def a_book(*partitions: Any, **changes: Any) -> OffsetBook:
    claims = Claims()
    claims.gain(partitions)
    return OffsetBook(claims, **changes)


def test_the_first_unsettled_record_is_committed_and_nothing_is_committed_twice() -> None:
    book, consumer = a_book(FIRST), MemoryConsumer()
    taken = [book.take(a_record(offset)) for offset in (10, 11, 12)]
    assert book.commit(consumer) == "nothing"
    for each in (taken[1], taken[0]):
        assert each is not None
        book.settle(each.position)
    assert book.commit(consumer) == "done"
    assert book.commit(consumer) == "nothing"
    assert consumer.committed == [{FIRST: 12}]


def test_a_refused_commit_is_repeated_after_a_pause() -> None:
    book, consumer = a_book(FIRST), MemoryConsumer(refusals=1)
    taken = book.take(a_record(3))
    assert taken is not None
    book.settle(taken.position)
    assert book.commit(consumer) == "failed"
    assert book.commit(consumer) == "nothing"
    book._not_before = 0.0
    assert book.commit(consumer) == "done"
    assert consumer.committed == [{FIRST: 4}]


def test_a_lost_partition_is_neither_read_nor_committed() -> None:
    book, consumer = a_book(FIRST, SECOND), MemoryConsumer()
    first, second = book.take(a_record(0)), book.take(a_record(0, partition=1))
    assert first is not None
    assert second is not None
    book.claims.lose([FIRST])
    for part, epoch in book.claims.take_lost():
        book.close(part, epoch)
    book.settle(first.position)
    book.settle(second.position)
    assert book.take(a_record(1)) is None
    assert book.commit(consumer) == "done"
    assert consumer.committed == [{SECOND: 1}]


def test_a_partition_that_comes_back_starts_at_what_is_read_then() -> None:
    book = a_book(FIRST)
    assert book.take(a_record(5))
    assert book.take(a_record(5)) is None
    book.claims.lose([FIRST])
    book.claims.gain([FIRST])
    again = book.take(a_record(3))
    assert again is not None
    assert again.position.epoch == 2


def test_a_full_partition_is_paused_until_half_of_its_share_is_settled_and_another_is_read_on() -> None:
    book, consumer = a_book(FIRST, SECOND), MemoryConsumer()
    taken = [book.take(a_record(offset)) for offset in range(LEAST_HELD)]
    assert book.regulate(consumer, most=2 * LEAST_HELD, closed=False) == 1
    assert consumer.stopped == {FIRST}
    for each in taken[: LEAST_HELD // 2]:
        assert each is not None
        assert book.regulate(consumer, most=2 * LEAST_HELD, closed=False) == 1
        book.settle(each.position)
    assert book.regulate(consumer, most=2 * LEAST_HELD, closed=False) == 0
    assert consumer.stopped == set()


def test_a_dispatcher_that_drains_pauses_everything() -> None:
    consumer = MemoryConsumer()
    assert a_book(FIRST, SECOND).regulate(consumer, most=100, closed=True) == 2
    assert consumer.stopped == {FIRST, SECOND}


def test_few_large_records_pause_everything_as_many_small_ones_do() -> None:
    book, consumer = a_book(FIRST, SECOND, most_bytes=1000), MemoryConsumer()
    taken = book.take(a_record(0, value=bytes(1001)))
    assert taken is not None
    assert book.regulate(consumer, most=100, closed=False) == 2
    book.settle(taken.position)
    assert book.regulate(consumer, most=100, closed=False) == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.booleans()), max_size=40), st.integers(0, 20))
def test_every_unsettled_byte_is_counted_and_no_settled_one(steps: list[tuple[int, bool]], size: int) -> None:
    book, held = a_book(FIRST, SECOND), []
    for number, (partition, settle) in enumerate(steps):
        taken = book.take(a_record(number, partition=partition, value=bytes(size)))
        assert taken is not None
        held.append(taken)
        if settle:
            book.settle(held.pop(0).position)
    assert sum(book._bytes.values()) == size * len(held)
    assert sum(offsets.held for _, offsets in book.ours()) == len(held)


class Exhausted:
    """Records of a partition that are used up: false, as kafka-python's are."""

    def __bool__(self) -> bool:
        return False


def a_fetcher(current: Any) -> Any:
    """kafka-python's own fetcher with nothing but records of FIRST that were parked while it was paused."""

    class Subscriptions:
        def is_paused(self, partition: Any) -> bool:
            return False

    fetcher = object.__new__(Fetcher)
    fetcher.config = {"max_poll_records": 10}
    fetcher._subscriptions, fetcher._next_in_line_exception_metadata = Subscriptions(), None
    fetcher._completed_fetches, fetcher._paused_completed_fetches = [], {}
    fetcher._paused_partition_records = {FIRST: Exhausted()}
    fetcher._next_partition_records = current
    return fetcher


def test_kafka_python_still_parks_records_for_ever_and_has_the_attribute_that_frees_them() -> None:
    assert kafka.__version__ == "3.0.12"
    parked = a_fetcher(Exhausted())
    parked.fetched_records()
    assert parked._paused_partition_records, "the defect is gone: release_parked_records can go, too"

    class Consumer(MemoryConsumer):
        _fetcher = parked

    release_parked_records(Consumer())
    parked.fetched_records()
    assert not parked._paused_partition_records


def test_records_that_are_being_handed_out_are_left_alone() -> None:
    class Consumer(MemoryConsumer):
        _fetcher = a_fetcher("records")

    release_parked_records(Consumer())
    assert Consumer._fetcher._next_partition_records == "records"


def test_a_partition_of_another_is_not_taken() -> None:
    assert a_book(FIRST).take(a_record(0, partition=7)) is None


@pytest.mark.parametrize("settled", [0, 1, 2])
def test_what_is_ours_is_listed_with_its_marks(settled: int) -> None:
    book = a_book(FIRST)
    taken = [book.take(a_record(offset)) for offset in range(2)]
    for each in taken[:settled]:
        assert each is not None
        book.settle(each.position)
    [(part, offsets)] = book.ours()
    assert (part, offsets.mark, offsets.held) == ((TOPIC, 0), settled, 2 - settled)
