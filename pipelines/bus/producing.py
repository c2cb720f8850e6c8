"""Writing to topics without loss: acknowledged by all in-sync replicas, idempotent, with bounded waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from foundry.errors import Outage
from pipelines.bus.broker_errors import NotPermitted, broker_errors
from pipelines.bus.client import Producer, SendFuture
from pipelines.bus.messages import BusMessage
from pipelines.bus.settings import MAX_MESSAGE_BYTES, BusSettings
from pipelines.bus.signing_in import check_identity


class NotSent(Outage):
    """A message that the brokers did not take."""

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
    """The position of a message that the brokers acknowledged."""

    topic: str
    partition: int
    offset: int


class MessageWriter:
    """Sends messages: `send` waits for the acknowledgement of all in-sync replicas, `send_nowait` does not wait.

    kafka-python's idempotent producer takes no more messages after the brokers refused one for good, such as one whose
    clock is a day ahead. Then this writer makes a new producer for the next message.
    """

    def __init__(self, make: Callable[[], Producer], timeout_s: float, identity: str = "") -> None:
        self._make, self._timeout_s, self._identity = make, timeout_s, identity
        self._producer, self._unusable = make(), False
        self._renewing = threading.Lock()

    def send(self, topic: str, message: BusMessage) -> SentMessage:
        """Send one message and wait for its acknowledgement.

        NotPermitted if we may not write to the topic, NotSent if the brokers do not take it for another reason.
        """
        from kafka.errors import AuthorizationError, KafkaError

        try:
            position = self.send_nowait(topic, message).get(timeout=self._timeout_s)
        except AuthorizationError as error:
            raise NotPermitted(self._identity, f"the topic {topic!r}") from error
        except KafkaError as error:
            raise NotSent(topic, (message.key or b"").decode("utf-8", "replace"), _reason(error)) from error
        return SentMessage(position.topic, position.partition, position.offset)

    def send_nowait(self, topic: str, message: BusMessage) -> SendFuture:
        """Queue one message and return the future of its position; `flush` waits for all of them.

        kafka-python sends no null in headers and no record without key and value; both are sent as empty instead.
        """
        headers: list[tuple[str, bytes | None]] = [(name, value or b"") for name, value in message.headers]
        producer = self._usable_producer()
        nothing = message.key is None and message.value is None
        sent = producer.send(topic, key=b"" if nothing else message.key, value=message.value, headers=headers)
        return sent.add_errback(self._note_failure, producer)

    def flush(self) -> None:
        """Wait until the brokers have acknowledged all messages that were sent."""
        self._producer.flush(timeout=self._timeout_s)

    def close(self) -> None:
        """Send the queued messages and close the connections."""
        self._producer.close(timeout=self._timeout_s)

    def _note_failure(self, producer: Producer, error: Exception) -> None:
        from kafka.errors import RetriableError

        if producer is self._producer and not isinstance(error, RetriableError):
            self._unusable = True

    def _usable_producer(self) -> Producer:
        with self._renewing:
            if self._unusable:
                old, self._producer = self._producer, self._make()
                self._unusable = False
                old.close(timeout=0)
            return self._producer


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


@contextmanager
def open_writer(settings: BusSettings) -> Iterator[MessageWriter]:
    """Open a writer, and close it when the block ends.

    NoBroker if no broker answers, WrongIdentity if it refuses who we are.
    """
    from kafka import KafkaProducer

    def make_producer() -> Producer:
        producer: Producer = KafkaProducer(
            **settings.client(),
            acks="all",
            enable_idempotence=True,
            max_request_size=MAX_MESSAGE_BYTES,
            max_block_ms=1000 * settings.timeout_s,
            delivery_timeout_ms=1000 * max(settings.timeout_s, 31),
            allow_auto_create_topics=False,
        )
        return producer

    check_identity(settings)
    with broker_errors(settings):
        writer = MessageWriter(make_producer, settings.timeout_s + 1, settings.identity)
    try:
        yield writer
    finally:
        writer.close()
