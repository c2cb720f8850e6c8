"""Dead messages: records that could not be read or run, kept unchanged, with the reason in Kafka Connect's headers.

The header names are those of `org.apache.kafka.connect.runtime.errors.DeadLetterQueueReporter`. There is no stack trace
among them, because tenants can read the topic.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from foundry.errors import FoundryError
from pipelines.bus.client import KafkaRecord
from pipelines.bus.messages import BusMessage
from pipelines.bus.producing import SentMessage, open_writer
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import BRIEFS, DEAD

PREFIX = "__connect.errors."
CONNECTOR = "campaign-foundry"


class NoSuchDeadMessage(FoundryError):
    """There is no dead message at the given place."""

    code = "no_such_letter"

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place

    def __str__(self) -> str:
        return f"no dead message lies at {self.place!r}; places look like 3:17, and `foundry dead list` shows them"


@dataclass(frozen=True)
class DeadMessage:
    """One dead message.

    place: its `partition:offset` in the dead topic. origin: the `topic:partition:offset` that it was read from.
    code, reason: the error that it was refused with. message: the record as it was sent.
    """

    place: str
    origin: str
    code: str
    reason: str
    message: BusMessage

    def as_json(self) -> str:
        """Return all fields in JSON, key and value of the message as text."""
        key, value = (part.decode("utf-8", "replace") for part in (self.message.key, self.message.value))
        fields = {"place": self.place, "origin": self.origin, "code": self.code, "reason": self.reason}
        return json.dumps({**fields, "key": key, "value": value}, ensure_ascii=False)


def to_dead_message(record: KafkaRecord, error: Exception, stage: str) -> BusMessage:
    """Return the message for the dead topic: the record unchanged, and headers for its position, stage and error."""
    fields = {
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "connector.name": CONNECTOR,
        "task.id": "0",
        "stage": stage,
        "class.name": type(error).__module__,
        "exception.class.name": getattr(error, "code", type(error).__name__),
        "exception.message": str(error)[:2000],
    }
    own = [(name, bytes(value)) for name, value in record.headers if not name.startswith(PREFIX)]
    reasons = [(PREFIX + name, text.encode()) for name, text in fields.items()]
    return BusMessage(bytes(record.key or b""), bytes(record.value or b""), tuple(own + reasons))


def dead_messages(settings: BusSettings) -> Iterator[DeadMessage]:
    """Yield all dead messages, the oldest first within a partition."""
    from pipelines.bus.reading import all_records

    for record in all_records(settings, DEAD):
        yield read_dead_message(record)


def read_dead_message(record: KafkaRecord) -> DeadMessage:
    """Return the dead message that a record of the dead topic holds."""
    headers = {name: bytes(value).decode("utf-8", "replace") for name, value in record.headers}
    topic, partition, offset = (headers.get(PREFIX + name, "") for name in ("topic", "partition", "offset"))
    own = tuple((name, bytes(value)) for name, value in record.headers if not name.startswith(PREFIX))
    return DeadMessage(
        place=f"{record.partition}:{record.offset}",
        origin=f"{topic}:{partition}:{offset}",
        code=headers.get(PREFIX + "exception.class.name", ""),
        reason=headers.get(PREFIX + "exception.message", ""),
        message=BusMessage(bytes(record.key or b""), bytes(record.value or b""), own),
    )


def dead_message_at(settings: BusSettings, place: str) -> DeadMessage:
    """Return the dead message at `partition:offset`; NoSuchDeadMessage if there is none."""
    found = next((message for message in dead_messages(settings) if message.place == place), None)
    if found is None:
        raise NoSuchDeadMessage(place)
    return found


def resend(settings: BusSettings, place: str) -> SentMessage:
    """Send a dead message again, unchanged, to the topic that it came from; it also stays in the dead topic."""
    dead = dead_message_at(settings, place)
    topic = dead.origin.rsplit(":", 2)[0] or BRIEFS
    with open_writer(settings) as writer:
        return writer.send(topic, dead.message)
