"""Reading of a whole topic without a consumer group, once or continuously."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from foundry.errors import FoundryError
from pipelines.bus.client import KafkaRecord
from pipelines.bus.settings import MAX_MESSAGE_BYTES, BusSettings, NoBroker

POLL_MS = 500


class NoSuchTopic(FoundryError):
    """The brokers do not have the topic."""

    code = "no_such_topic"

    def __init__(self, topic: str) -> None:
        super().__init__(topic)
        self.topic = topic

    def __str__(self) -> str:
        return f"there is no topic {self.topic!r}; create the topics with `foundry topics create`"


@contextmanager
def open_reader(settings: BusSettings, topic: str) -> Iterator[Any]:
    """Open a consumer of all partitions of a topic that belongs to no group and commits nothing.

    NoBroker if no broker answers, NoSuchTopic if there is no such topic.
    """
    from kafka import KafkaConsumer, TopicPartition
    from kafka.errors import KafkaError

    try:
        consumer = KafkaConsumer(
            **settings.client(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
        )
    except KafkaError as error:
        raise NoBroker(settings.bootstrap, str(error) or type(error).__name__) from error
    try:
        partitions = consumer.partitions_for_topic(topic)
        if not partitions:
            raise NoSuchTopic(topic)
        consumer.assign([TopicPartition(topic, number) for number in sorted(partitions)])
        yield consumer
    finally:
        consumer.close()


def all_records(settings: BusSettings, topic: str) -> Iterator[KafkaRecord]:
    """Yield every record that is in the topic at the moment of the call."""
    with open_reader(settings, topic) as consumer:
        ends = consumer.end_offsets(consumer.assignment())
        left = {part for part, end in ends.items() if end > consumer.beginning_offsets([part])[part]}
        consumer.seek_to_beginning(*consumer.assignment())
        while left:
            for part, records in consumer.poll(timeout_ms=POLL_MS).items():
                yield from (record for record in records if record.offset < ends[part])
            left = {part for part in left if consumer.position(part) < ends[part]}


def follow(settings: BusSettings, topic: str) -> Iterator[KafkaRecord]:
    """Yield every record from the topic's beginning, then new ones as they come, until the iterator is closed."""
    with open_reader(settings, topic) as consumer:
        consumer.seek_to_beginning(*consumer.assignment())
        while True:
            for records in consumer.poll(timeout_ms=POLL_MS).values():
                yield from records
