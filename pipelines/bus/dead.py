"""Messages that could not be read or run: kept as they came, with Kafka Connect's header names for why.

Names: `org.apache.kafka.connect.runtime.errors.DeadLetterQueueReporter`. No stack trace: tenants can read the topic.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from foundry.errors import FoundryError
from pipelines.bus.messages import BusMessage
from pipelines.bus.producing import SentMessage, open_writer
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import BRIEFS, DEAD

PREFIX = "__connect.errors."
CONNECTOR = "campaign-foundry"


class NoSuchDeadMessage(FoundryError):
    """There is no dead message at this place."""

    code = "no_such_letter"

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place

    def __str__(self) -> str:
        return f"no dead message lies at {self.place!r}; places look like 3:17, and `foundry dead list` shows them"


@dataclass(frozen=True)
class DeadMessage:
    """One dead message, where it lies, where it came from, and why it died."""

    place: str
    origin: str
    code: str
    reason: str
    message: BusMessage

    def as_json(self) -> str:
        """All but the message's bytes, which follow as text."""
        told = {"place": self.place, "origin": self.origin, "code": self.code, "reason": self.reason}
        key, value = (part.decode("utf-8", "replace") for part in (self.message.key, self.message.value))
        return json.dumps({**told, "key": key, "value": value}, ensure_ascii=False)


def to_dead_message(record: Any, error: Exception, stage: str) -> BusMessage:
    """The record as it came, with headers that say where it was, at which stage it died, of what, in which words."""
    told = {
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
    why = [(PREFIX + name, text.encode()) for name, text in told.items()]
    return BusMessage(bytes(record.key or b""), bytes(record.value or b""), tuple(own + why))


def dead_messages(settings: BusSettings) -> Iterator[DeadMessage]:
    """All dead messages, oldest first within a partition."""
    from pipelines.bus.reading import all_records

    for record in all_records(settings, DEAD):
        yield _read_dead_message(record)


def _read_dead_message(record: Any) -> DeadMessage:
    headers = {name: bytes(value).decode("utf-8", "replace") for name, value in record.headers}
    said = {name: headers.get(PREFIX + name, "") for name in ("topic", "partition", "offset")}
    kept = tuple((name, bytes(value)) for name, value in record.headers if not name.startswith(PREFIX))
    return DeadMessage(
        f"{record.partition}:{record.offset}",
        f"{said['topic']}:{said['partition']}:{said['offset']}",
        headers.get(PREFIX + "exception.class.name", ""),
        headers.get(PREFIX + "exception.message", ""),
        BusMessage(bytes(record.key or b""), bytes(record.value or b""), kept),
    )


def dead_message_at(settings: BusSettings, place: str) -> DeadMessage:
    """The dead message at `partition:offset`; NoSuchLetter if there is none."""
    found = next((letter for letter in dead_messages(settings) if letter.place == place), None)
    if found is None:
        raise NoSuchDeadMessage(place)
    return found


def resend(settings: BusSettings, place: str) -> SentMessage:
    """Send a dead message again, as it was, to the topic that it came from; it stays in the dead topic, as a record."""
    letter = dead_message_at(settings, place)
    topic = letter.origin.rsplit(":", 2)[0] or BRIEFS
    with open_writer(settings) as out:
        return out.send(topic, letter.message)
