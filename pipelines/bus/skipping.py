"""Committing past a record that a stopped group of dispatchers cannot get over; the record becomes a dead message."""

from __future__ import annotations

from typing import Any

from foundry.errors import FoundryError
from pipelines.bus.broker_errors import broker_errors
from pipelines.bus.dead import to_dead_message
from pipelines.bus.producing import open_writer
from pipelines.bus.reading import record_at
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import BRIEFS, DEAD, open_admin, tenant_of_topic

STAGE = "skip"


class NotSkipped(FoundryError):
    """A record that cannot be skipped, and why."""

    code = "not_skipped"

    def __init__(self, place: str, wrong: str, remedy: str) -> None:
        super().__init__(place, wrong, remedy)
        self.place, self.wrong, self.remedy = place, wrong, remedy

    def __str__(self) -> str:
        return f"the record at {self.place} is not skipped: {self.wrong}; {self.remedy}"


class Skipped(FoundryError):
    """The reason of the dead message of a record that was skipped by hand."""

    code = "skipped"

    def __init__(self, group: str) -> None:
        super().__init__(group)
        self.group = group

    def __str__(self) -> str:
        return f"an operator moved the group {self.group!r} past this record; nothing was made of it"


def skip_record(settings: BusSettings, group: str, topic: str, partition: int, offset: int) -> int:
    """Move a stopped group past the record that it would read next; return the offset that it reads then.

    The record is sent to the dead topic first, so that it is not lost. NotSkipped if the group has members, if it is at
    another record, or if the topic is none of briefs.
    """
    from kafka import OffsetAndMetadata, TopicPartition

    place, part = f"{topic}:{partition}:{offset}", TopicPartition(topic, partition)
    if topic != BRIEFS and tenant_of_topic(topic) is None:
        raise NotSkipped(place, f"{topic!r} is no topic of briefs", f"name {BRIEFS} or {BRIEFS}.TENANT")
    with open_admin(settings) as admin:
        _check_stopped(admin, group, place)
        _check_next(admin, group, part, offset, place)
        record = record_at(settings, topic, partition, offset)
        if record is not None:
            with open_writer(settings) as writer:
                writer.send(DEAD, to_dead_message(record, Skipped(group), STAGE))
        with broker_errors(settings, f"the group {group!r}"):
            outcome = admin.alter_group_offsets(group, {part: OffsetAndMetadata(offset + 1, "", -1)})[part]
            if outcome.errno:
                raise outcome()
    return offset + 1


def _check_stopped(admin: Any, group: str, place: str) -> None:
    described = admin.describe_groups([group])[group]
    if members := described.get("members"):
        raise NotSkipped(
            place,
            f"the group {group!r} has {len(members)} active member(s)",
            "stop every `foundry serve` of the group, wait until its session has ended (45 s), and call this again",
        )


def _check_next(admin: Any, group: str, part: Any, offset: int, place: str) -> None:
    committed = admin.list_group_offsets({group: [part]})[group].get(part)
    if committed is None or committed.offset < 0:
        return  # the group has committed nothing yet, and would begin with the first record
    if committed.offset > offset:
        raise NotSkipped(place, f"the group {group!r} is past it, at {committed.offset}", "nothing is to be done")
    if committed.offset < offset:
        raise NotSkipped(
            place,
            f"the group {group!r} reads {committed.offset} next, and would lose the records between",
            f"skip {committed.offset} first, if it is the one that cannot be read",
        )
