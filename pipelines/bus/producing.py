"""Writing to topics so that what was acknowledged is there: acks from all, idempotent, bounded waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from foundry.errors import FoundryError
from pipelines.bus.messages import BusMessage
from pipelines.bus.settings import MAX_MESSAGE_BYTES, BusSettings, NoBroker


class NotSent(FoundryError):
    """The brokers did not take a message."""

    code = "not_sent"

    def __init__(self, topic: str, key: str, reason: str) -> None:
        super().__init__(topic, key, reason)
        self.topic, self.key, self.reason = topic, key, reason

    def __str__(self) -> str:
        return (
            f"{self.topic}: the message of {self.key!r} was not taken ({self.reason}). Check that the topic exists "
            "(`foundry topics create`) and that these credentials may write to it, then send it again."
        )


@dataclass(frozen=True)
class SentMessage:
    """Where a message lies."""

    topic: str
    partition: int
    offset: int


class MessageWriter:
    """Sends messages. `send` returns once all replicas that are in sync have it; `later` returns at once.

    A message that the brokers refuse for good, such as one from a clock that is a day ahead, ends an idempotent
    producer of kafka-python: it takes nothing more. The next message after it is sent by a new one.
    """

    def __init__(self, make: Callable[[], Any], timeout_s: float) -> None:
        self._make, self._timeout_s = make, timeout_s
        self._producer, self._ended = make(), False
        self._renewing = threading.Lock()

    def send(self, topic: str, message: BusMessage) -> SentMessage:
        """Send one message and wait for it; NotSent if it was not taken."""
        from kafka.errors import KafkaError

        try:
            taken = self.send_nowait(topic, message).get(timeout=self._timeout_s)
        except KafkaError as error:
            raise NotSent(topic, message.key.decode("utf-8", "replace"), _reason(error)) from error
        return SentMessage(taken.topic, taken.partition, taken.offset)

    def send_nowait(self, topic: str, message: BusMessage) -> Any:
        """Send one message; the future tells where it lies. `flush` waits for all of them."""
        headers, producer = list(message.headers), self._sound()
        sent = producer.send(topic, key=message.key, value=message.value, headers=headers)
        return sent.add_errback(self._failed, producer)

    def flush(self) -> None:
        """Wait until everything that was sent is taken."""
        self._producer.flush(timeout=self._timeout_s)

    def close(self) -> None:
        """Send what is left, and leave."""
        self._producer.close(timeout=self._timeout_s)

    def _failed(self, producer: Any, error: Exception) -> None:
        from kafka.errors import RetriableError

        if producer is self._producer and not isinstance(error, RetriableError):
            self._ended = True

    def _sound(self) -> Any:
        """The producer, or a new one if it is at its end."""
        with self._renewing:
            if self._ended:
                old, self._producer = self._producer, self._make()
                self._ended = False
                old.close(timeout=0)
            return self._producer


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


@contextmanager
def open_writer(settings: BusSettings) -> Iterator[MessageWriter]:
    """A writer; NoBroker if no broker answers."""
    from kafka import KafkaProducer
    from kafka.errors import KafkaError

    def made() -> Any:
        return KafkaProducer(
            **settings.client(),
            acks="all",
            enable_idempotence=True,
            max_request_size=MAX_MESSAGE_BYTES,
            max_block_ms=1000 * settings.timeout_s,
            delivery_timeout_ms=1000 * max(settings.timeout_s, 31),
            allow_auto_create_topics=False,
        )

    try:
        out = MessageWriter(made, settings.timeout_s + 1)
    except KafkaError as error:
        raise NoBroker(settings.bootstrap, _reason(error)) from error
    try:
        yield out
    finally:
        out.close()
