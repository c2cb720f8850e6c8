"""The part of kafka-python's interface that this project uses, as types; the library has none of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

Headers = Sequence[tuple[str, bytes | None]]
"""Names and values; Kafka allows null as a value, and a name more than once."""


class TopicPartition(Protocol):
    """A partition of a topic (`kafka.TopicPartition`)."""

    topic: str
    partition: int


class SentRecord(Protocol):
    """The position that the brokers gave to a record that was sent."""

    topic: str
    partition: int
    offset: int


class KafkaRecord(Protocol):
    """A record that was read from a topic; `timestamp` is in milliseconds since the epoch."""

    @property
    def topic(self) -> str:
        """Return the topic that it lies in."""

    @property
    def partition(self) -> int:
        """Return the number of its partition."""

    @property
    def offset(self) -> int:
        """Return its offset."""

    @property
    def key(self) -> bytes | None:
        """Return its key."""

    @property
    def value(self) -> bytes | None:
        """Return its value; None for a tombstone."""

    @property
    def headers(self) -> Headers:
        """Return its headers."""

    @property
    def timestamp(self) -> int:
        """Return the time when it was sent."""


class Consumer(Protocol):
    """A consumer of a group (`kafka.KafkaConsumer`); partitions are `kafka.TopicPartition`."""

    def poll(self, timeout_ms: int = 0) -> Mapping[Any, Sequence[KafkaRecord]]:
        """Return the records that have come, by partition; wait for some at most this long."""

    def commit(self, offsets: Mapping[Any, Any], timeout_ms: int) -> None:
        """Commit an offset for each of these partitions."""

    def pause(self, *partitions: Any) -> None:
        """Return no more records of these partitions."""

    def resume(self, *partitions: Any) -> None:
        """Return records of these partitions again."""

    def paused(self) -> Iterable[TopicPartition]:
        """Return the paused partitions."""

    def highwater(self, partition: Any) -> int | None:
        """Return the offset of the next record that will be written; None if it is not known."""

    def close(self, autocommit: bool = True, timeout_ms: int | None = None) -> None:
        """Leave the group and close the connections."""


class SendFuture(Protocol):
    """The pending acknowledgement of a record that was sent."""

    def get(self, timeout: float | None = None) -> SentRecord:
        """Wait for the acknowledgement and return the record's position; the error if there is none."""

    def add_errback(self, act: Callable[..., Any], *arguments: Any) -> SendFuture:
        """Call `act` with these arguments and the error if the record is not taken."""


class Producer(Protocol):
    """A producer (`kafka.KafkaProducer`)."""

    def send(
        self, topic: str, *, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]
    ) -> SendFuture:
        """Queue a record."""

    def flush(self, timeout: float | None = None) -> None:
        """Wait until all queued records are acknowledged."""

    def close(self, timeout: float | None = None) -> None:
        """Send the queued records and close the connections."""
