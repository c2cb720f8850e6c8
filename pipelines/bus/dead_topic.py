"""The dead topic: listing its messages by tenant, time, stage and code, and sending them again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from foundry.errors import BadInput, FoundryError
from pipelines.bus.broker_errors import NoSuchTopic
from pipelines.bus.client import KafkaRecord
from pipelines.bus.dead import DeadMessage, read_dead_message
from pipelines.bus.messages import BusMessage
from pipelines.bus.producing import MessageWriter, SentMessage
from pipelines.bus.reading import all_records, record_at
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import BRIEFS, CHANGED, DEAD, tenant_of_topic

PLACE = re.compile(r"\d{1,9}:\d{1,18}")
AGE = re.compile(r"(\d{1,6})([smhd])")
SENT_TO = (BRIEFS, CHANGED)
"""The shared topics whose dead messages can be sent again; each tenant may have its own beside them."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class NoSuchDeadMessage(FoundryError):
    """There is no dead message at the given place."""

    code = "no_such_letter"

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place

    def __str__(self) -> str:
        return f"no dead message lies at {self.place!r}; places look like 3:17, and `foundry dead list` shows them"


class OriginGone(FoundryError):
    """The record of a dead message, which holds only its hash, is no longer where it was read, or is another one."""

    code = "origin_gone"

    def __init__(self, place: str, origin: str, wrong: str) -> None:
        super().__init__(place, origin, wrong)
        self.place, self.origin, self.wrong = place, origin, wrong

    def __str__(self) -> str:
        return (
            f"the dead message at {self.place} holds its record only in part, and the record at {self.origin} "
            f"{self.wrong}; ask its sender to send it again"
        )


@dataclass(frozen=True, kw_only=True)
class DeadFilter:
    """The dead messages that are wanted; an empty field wants all. `since_ms`: written at this time or later."""

    tenant: str = ""
    since_ms: int | None = None
    stage: str = ""
    code: str = ""

    def wants(self, dead: DeadMessage) -> bool:
        """Return whether a dead message is one of those that are wanted."""
        return (
            self.tenant in ("", dead.sender.tenant)
            and self.stage in ("", dead.stage)
            and self.code in ("", dead.code)
            and (self.since_ms is None or dead.at_ms >= self.since_ms)
        )


def moment_ms(text: str, now: datetime) -> int:
    """Return the time that `text` names, in ms since the epoch: an age such as 2h (s, m, h, d), or ISO 8601.

    A time without zone is in UTC. BadInput for other text.
    """
    if age := AGE.fullmatch(text):
        return int(1000 * (now.timestamp() - int(age[1]) * SECONDS[age[2]]))
    try:
        moment = datetime.fromisoformat(text)
        return int(1000 * (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError) as error:
        raise BadInput("since", f"{text[:40]!r} is no time; give an age such as 2h, or 2026-01-31T12:00") from error


def dead_messages(
    settings: BusSettings, wanted: DeadFilter | None = None, *, topic: str = DEAD
) -> Iterator[DeadMessage]:
    """Yield the wanted dead messages of a dead topic, the oldest first within a partition, as they are read.

    With `since_ms`, reading starts at the first message of that time.
    """
    chosen = wanted or DeadFilter()
    for record in all_records(settings, topic, chosen.since_ms):
        dead = read_dead_message(record)
        if chosen.wants(dead):
            yield dead


def dead_message_at(settings: BusSettings, place: str, *, topic: str = DEAD) -> DeadMessage:
    """Return the dead message at `partition:offset` of a dead topic; NoSuchDeadMessage if there is none."""
    if not PLACE.fullmatch(place):
        raise NoSuchDeadMessage(place)
    partition, offset = (int(part) for part in place.split(":"))
    record = record_at(settings, topic, partition, offset)
    if record is None:
        raise NoSuchDeadMessage(place)
    return read_dead_message(record)


def resend(settings: BusSettings, writer: MessageWriter, dead: DeadMessage) -> SentMessage:
    """Send the record of a dead message again, unchanged, to its topic; it also stays in the dead topic.

    A record that was too large to be kept is read again where it came from. OriginGone if it is no longer there.
    """
    topic = dead.origin.rsplit(":", 2)[0] or BRIEFS
    if topic not in SENT_TO and all(tenant_of_topic(topic, shared) is None for shared in SENT_TO):
        wrong = "which is no topic of briefs or of changed items; it is not sent again"
        raise BadInput(dead.place, f"came from {topic[:80]!r}, {wrong}")
    return writer.send(topic, _read_again(settings, dead) if dead.left_out else dead.message)


def _read_again(settings: BusSettings, dead: DeadMessage) -> BusMessage:
    topic, partition, offset = dead.origin.rsplit(":", 2)
    record: KafkaRecord | None = None
    if partition.isdecimal() and offset.isdecimal():
        try:
            record = record_at(settings, topic, int(partition), int(offset))
        except NoSuchTopic:
            record = None
    if record is None:
        raise OriginGone(dead.place, dead.origin, "is no longer in the topic")
    if hashlib.sha256(record.value or b"").hexdigest() != dead.sha256:
        raise OriginGone(dead.place, dead.origin, "is not the one that died: its hash differs")
    return BusMessage(record.key, record.value, tuple(record.headers))
