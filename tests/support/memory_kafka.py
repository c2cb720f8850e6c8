"""A consumer and a producer of Kafka records without brokers, with the calls that the project uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from kafka.errors import KafkaError


@dataclass
class MemoryConsumer:
    """Returns the batches of records that it was given, one a poll; remembers commits and pauses."""

    batches: list[list[Any]] = field(default_factory=list)
    refusals: int = 0
    """How many commits are still refused."""
    committed: list[dict[Any, int]] = field(default_factory=list)
    stopped: set[Any] = field(default_factory=set)

    def poll(self, timeout_ms: int = 0) -> dict[Any, list[Any]]:
        return {"records": self.batches.pop(0)} if self.batches else {}

    def commit(self, offsets: dict[Any, Any], timeout_ms: int) -> None:
        if self.refusals:
            self.refusals -= 1
            raise KafkaError("no coordinator")
        self.committed.append({part: told.offset for part, told in offsets.items()})

    def pause(self, *partitions: Any) -> None:
        self.stopped.update(partitions)

    def resume(self, *partitions: Any) -> None:
        self.stopped.difference_update(partitions)

    def paused(self) -> Iterable[Any]:
        return set(self.stopped)

    def highwater(self, partition: Any) -> int | None:
        return None

    def close(self, autocommit: bool = True, timeout_ms: int | None = None) -> None:
        """Nothing is open."""


@dataclass
class Acknowledgement:
    """The future of a record that was sent: its position, or the error that the brokers gave."""

    position: Any
    error: Exception | None = None

    def get(self, timeout: float | None = None) -> Any:
        if self.error:
            raise self.error
        return self.position

    def add_errback(self, act: Callable[..., Any], *arguments: Any) -> Acknowledgement:
        if self.error:
            act(*arguments, self.error)
        return self


@dataclass
class MemoryProducer:
    """Keeps the records that it was sent, or refuses them with its next error."""

    errors: list[Exception] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    closed: bool = False

    def send(
        self, topic: str, *, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]
    ) -> Acknowledgement:
        if self.errors:
            return Acknowledgement(None, self.errors.pop(0))
        record = SimpleNamespace(
            topic=topic, partition=0, offset=len(self.sent), key=key, value=value, headers=headers, timestamp=0
        )
        self.sent.append(record)
        return Acknowledgement(record)

    def flush(self, timeout: float | None = None) -> None:
        """Nothing waits."""

    def close(self, timeout: float | None = None) -> None:
        self.closed = True
