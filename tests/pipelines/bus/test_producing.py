"""A writer waits for acknowledgements, names what was refused, and goes on after a producer that can do no more."""

from __future__ import annotations

import pickle

import pytest
from kafka.errors import InvalidTimestampError, NotLeaderForPartitionError

from pipelines.bus.messages import BusMessage
from pipelines.bus.producing import MessageWriter, NotSent, SentMessage
from tests.support.memory_kafka import MemoryProducer

MESSAGE = BusMessage(b"aurelle", b"{}", (("ce_id", b"1"),))


def a_writer(*producers: MemoryProducer) -> MessageWriter:
    waiting = list(producers)
    return MessageWriter(lambda: waiting.pop(0), timeout_s=1.0)


def test_a_message_is_sent_with_its_key_and_headers_and_its_position_is_returned() -> None:
    producer = MemoryProducer()
    assert a_writer(producer).send("assets.finished", MESSAGE) == SentMessage("assets.finished", 0, 0)
    [record] = producer.sent
    assert (record.key, record.value, record.headers) == (b"aurelle", b"{}", [("ce_id", b"1")])


def test_a_refused_message_names_topic_key_and_reason() -> None:
    writer = a_writer(MemoryProducer([NotLeaderForPartitionError()]))
    with pytest.raises(NotSent, match=r"the message of 'aurelle' was not taken .*foundry topics create"):
        writer.send("assets.finished", MESSAGE)


def test_a_producer_that_was_refused_for_good_is_replaced_before_the_next_message() -> None:
    old, new = MemoryProducer([InvalidTimestampError("a day ahead")]), MemoryProducer()
    writer = a_writer(old, new)
    with pytest.raises(NotSent, match="a day ahead"):
        writer.send("assets.finished", MESSAGE)
    assert not old.closed
    writer.send("assets.finished", MESSAGE)
    assert old.closed
    assert (len(old.sent), len(new.sent)) == (0, 1)


def test_a_producer_that_may_try_again_is_kept() -> None:
    producer = MemoryProducer([NotLeaderForPartitionError()])
    writer = a_writer(producer)
    with pytest.raises(NotSent):
        writer.send("assets.finished", MESSAGE)
    writer.send("assets.finished", MESSAGE)
    writer.flush()
    writer.close()
    assert (len(producer.sent), producer.closed) == (1, True)


def test_a_refusal_survives_pickling() -> None:
    error = NotSent("t", "k", "no leader")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
