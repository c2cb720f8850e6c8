"""Reading of a whole topic without a consumer group, once or continuously."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from foundry.errors import FoundryError
from pipelines.bus.broker_errors import NoSuchTopic, NotPermitted, broker_errors
from pipelines.bus.client import KafkaRecord
from pipelines.bus.settings import MAX_MESSAGE_BYTES, BusSettings
from pipelines.bus.signing_in import check_identity
from pipelines.bus.unpacking import unpack_safely

POLL_MS = 500


@contextmanager
def open_reader(settings: BusSettings, topic: str) -> Iterator[Any]:
    """Open a consumer of all partitions of a topic that belongs to no group and commits nothing.

    NoBroker if no broker answers, WrongIdentity if it refuses who we are, NotPermitted if we may not read the topic,
    NoSuchTopic if there is no such topic.
    """
    from kafka import KafkaConsumer, TopicPartition

    check_identity(settings)
    with broker_errors(settings):
        consumer = KafkaConsumer(
            **settings.client(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
        )
    try:
        unpack_safely(consumer)
        with broker_errors(settings, f"the topic {topic!r}"):
            partitions = consumer.partitions_for_topic(topic)
        if not partitions:
            raise _why_absent(settings, topic)
        consumer.assign([TopicPartition(topic, number) for number in sorted(partitions)])
        yield consumer
    finally:
        consumer.close()


def _why_absent(settings: BusSettings, topic: str) -> FoundryError:
    """Return why a topic is not among those that the brokers list: it is not there, or we may not know of it."""
    from kafka.admin import KafkaAdminClient
    from kafka.errors import TopicAuthorizationFailedError

    with broker_errors(settings), closing(KafkaAdminClient(**settings.client())) as client:
        [entry] = client.describe_topics([topic])
    forbidden = entry.get("error_code") == TopicAuthorizationFailedError.errno
    return NotPermitted(settings.identity, f"the topic {topic!r}") if forbidden else NoSuchTopic(topic)


def all_records(settings: BusSettings, topic: str, since_ms: int | None = None) -> Iterator[KafkaRecord]:
    """Yield every record that is in the topic at the moment of the call, as it is read.

    With `since_ms`, reading starts in each partition at its first record of that time (ms since the epoch) or later.
    """
    with open_reader(settings, topic) as consumer, broker_errors(settings, f"the topic {topic!r}"):
        parts = list(consumer.assignment())
        ends = consumer.end_offsets(parts)
        starts = _starts(consumer, parts, since_ms)
        for part in parts:
            consumer.seek(part, min(starts[part], ends[part]))
        left = {part for part in parts if starts[part] < ends[part]}
        while left:
            for part, records in consumer.poll(timeout_ms=POLL_MS).items():
                yield from (record for record in records if record.offset < ends[part])
            left = {part for part in left if consumer.position(part) < ends[part]}


def _starts(consumer: Any, parts: list[Any], since_ms: int | None) -> dict[Any, int]:
    """Return the offset at which reading starts, by partition."""
    if since_ms is None:
        found: dict[Any, int] = consumer.beginning_offsets(parts)
        return found
    ends = consumer.end_offsets(parts)
    by_time = consumer.offsets_for_times(dict.fromkeys(parts, max(0, since_ms)))
    return {part: by_time[part].offset if by_time.get(part) else ends[part] for part in parts}


def record_at(settings: BusSettings, topic: str, partition: int, offset: int) -> KafkaRecord | None:
    """Return the record at an offset of a topic; None if the topic has no such partition or no longer that record."""
    with open_reader(settings, topic) as consumer, broker_errors(settings, f"the topic {topic!r}"):
        part = next((each for each in consumer.assignment() if each.partition == partition), None)
        if part is None:
            return None
        consumer.assign([part])
        first, end = consumer.beginning_offsets([part])[part], consumer.end_offsets([part])[part]
        if not first <= offset < end:
            return None
        consumer.seek(part, offset)
        while consumer.position(part) <= offset:
            for records in consumer.poll(timeout_ms=POLL_MS, max_records=1).values():
                return next((record for record in records if record.offset == offset), None)
        return None


def follow(settings: BusSettings, topic: str) -> Iterator[KafkaRecord | None]:
    """Yield every record from the topic's beginning, then new ones as they come, until the iterator is closed.

    None is yielded once all that was there at the call has been read, and then after each POLL_MS or less, so that the
    reader can do something else meanwhile.
    """
    with open_reader(settings, topic) as consumer, broker_errors(settings, f"the topic {topic!r}"):
        behind = consumer.end_offsets(list(consumer.assignment()))
        consumer.seek_to_beginning(*consumer.assignment())
        while True:
            for records in consumer.poll(timeout_ms=POLL_MS).values():
                yield from records
            behind = {part: end for part, end in behind.items() if consumer.position(part) < end}
            if not behind:
                yield None
