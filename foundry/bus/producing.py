"""Writing to topics so that what was acknowledged is there: acks from all, idempotent, bounded waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from foundry.bus.messages import Message
from foundry.bus.settings import MAX_MESSAGE_BYTES, BusSettings, NoBroker
from foundry.errors import FoundryError


class NotSent(FoundryError):
    """The brokers did not take a message."""

    code = "not_sent"

    def __init__(self, topic: str, key: str, reason: str):
        super().__init__(topic, key, reason)
        self.topic, self.key, self.reason = topic, key, reason

    def __str__(self) -> str:
        return (
            f"{self.topic}: the message of {self.key!r} was not taken ({self.reason}). Check that the topic exists "
            "(`foundry topics create`) and that these credentials may write to it, then send it again."
        )


@dataclass(frozen=True)
class Sent:
    """Where a message lies."""

    topic: str
    partition: int
    offset: int


class Writer:
    """Sends messages. `send` returns once all replicas that are in sync have it; `later` returns at once."""

    def __init__(self, producer: Any, timeout_s: float):
        self._producer, self._timeout_s = producer, timeout_s

    def send(self, topic: str, message: Message) -> Sent:
        """Send one message and wait for it; NotSent if it was not taken."""
        from kafka.errors import KafkaError

        try:
            taken = self.later(topic, message).get(timeout=self._timeout_s)
        except KafkaError as error:
            raise NotSent(topic, message.key.decode("utf-8", "replace"), _said(error)) from error
        return Sent(taken.topic, taken.partition, taken.offset)

    def later(self, topic: str, message: Message) -> Any:
        """Send one message; the future tells where it lies. `flush` waits for all of them."""
        headers = list(message.headers)
        return self._producer.send(topic, key=message.key, value=message.value, headers=headers)

    def flush(self) -> None:
        """Wait until everything that was sent is taken."""
        self._producer.flush(timeout=self._timeout_s)


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


@contextmanager
def writer(settings: BusSettings) -> Iterator[Writer]:
    """A writer; NoBroker if no broker answers."""
    from kafka import KafkaProducer
    from kafka.errors import KafkaError

    try:
        producer = KafkaProducer(
            **settings.client(),
            acks="all",
            enable_idempotence=True,
            max_request_size=MAX_MESSAGE_BYTES,
            max_block_ms=1000 * settings.timeout_s,
            delivery_timeout_ms=1000 * max(settings.timeout_s, 31),
            allow_auto_create_topics=False,
        )
    except KafkaError as error:
        raise NoBroker(settings.bootstrap, _said(error)) from error
    try:
        yield Writer(producer, settings.timeout_s + 1)
    finally:
        producer.close(timeout=settings.timeout_s)
