"""Records wait for admission in lanes: fair by seconds, one of a lane at a time, in the order of the lane."""

from __future__ import annotations

from pipelines.dispatcher.admission_queue import AdmissionQueue, WaitingRecord
from pipelines.dispatcher.order import RecordPosition, TakenRecord, plain_record
from tests.pipelines.dispatcher.orders import TOPIC, a_record


def waiting(lane: str, offset: int) -> WaitingRecord:
    return WaitingRecord(TakenRecord(RecordPosition(TOPIC, 0, offset, 1), plain_record(a_record(offset))), lane)


def filled(**lanes: int) -> AdmissionQueue:
    queue = AdmissionQueue()
    for lane, count in lanes.items():
        for offset in range(count):
            queue.add(waiting(lane, offset))
    return queue


def served(queue: AdmissionQueue, turns: int, **seconds: float) -> list[str]:
    """The lanes of the next turns, one record at a time; each costs its lane so many seconds."""
    order = []
    for _ in range(turns):
        record = queue.take(0.0)
        assert record is not None
        queue.release(record.lane, seconds.get(record.lane, 0.0))
        order.append(record.lane)
    return order


def test_a_lane_whose_records_take_long_gets_fewer_turns() -> None:
    turns = served(filled(slow=100, quick=100), 60, slow=10.0, quick=1.0)
    assert 4 <= turns.count("slow") <= 7


def test_a_flood_of_records_that_are_refused_at_once_counts_too() -> None:
    turns = served(filled(flood=1000, other=20), 40)
    assert turns.count("other") == 20


def test_a_lane_has_one_record_in_admission_and_keeps_its_order() -> None:
    queue = filled(one=3)
    first = queue.take(0.0)
    assert first is not None
    assert queue.take(0.0) is None
    queue.release("one", 1.0)
    queue.put_back(first)
    offsets = []
    while record := queue.take(0.0):
        offsets.append(record.taken.position.offset)
        queue.release("one", 1.0)
    assert offsets == [0, 1, 2]


def test_a_lane_waits_for_the_next_try_of_its_first_record() -> None:
    queue = filled(one=2)
    first = queue.take(0.0)
    assert first is not None
    first.not_before = 5.0
    queue.release("one", 1.0)
    queue.put_back(first)
    assert (queue.take(4.9), queue.next_try()) == (None, 5.0)
    assert queue.take(5.0) is first


def test_a_lane_that_comes_back_has_neither_credit_nor_debt() -> None:
    queue = filled(busy=50)
    served(queue, 40, busy=1.0)
    for offset in range(20):
        queue.add(waiting("late", offset))
    turns = served(queue, 10, busy=1.0, late=1.0)
    assert 4 <= turns.count("late") <= 6


def test_idle_lanes_are_forgotten_and_unwanted_records_dropped() -> None:
    queue = filled(one=2, two=1)
    assert queue.drop(lambda record: record.lane == "one") == 2
    assert len(queue) == 1
    served(queue, 1)
    queue.add(waiting("three", 0))
    served(queue, 1, three=1.0)
    queue.prune()
    assert not queue.waits_in("two")
