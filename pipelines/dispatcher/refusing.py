"""Refusals of records: a dead letter, the sender's events, and then the record is settled, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from foundry.errors import FoundryError
from pipelines.bus.broker_errors import NotPermitted
from pipelines.bus.client import SendFuture
from pipelines.bus.dead import PREFIX, to_dead_message
from pipelines.bus.messages import BusMessage, Sender
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import DEAD, is_events_topic
from pipelines.dispatcher.audience import Audience, refusal_messages
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.order import TakenRecord
from pipelines.dispatcher.outage_budget import GivenUp, OutageBudget, refused_for_good
from pipelines.dispatcher.tracing import trace_id, traceparent_of

ACKNOWLEDGED_WITHIN_S = 30.0
SHORT = 200
"""Bytes of key and header that the smallest dead letter keeps."""
_Message = tuple[str, BusMessage]
"""A topic, and a message for it."""
log = logging.getLogger("foundry.serve")


class RecordTooLarge(FoundryError):
    """A record with more bytes than are read."""

    code = "record_too_large"

    def __init__(self, place: str, size: int, limit: int) -> None:
        super().__init__(place, size, limit)
        self.place, self.size, self.limit = place, size, limit

    def __str__(self) -> str:
        return f"message {self.place} has {self.size} bytes; the limit is {self.limit}. Split it into several briefs."


class _Pending(NamedTuple):
    taken: TakenRecord
    error: FoundryError
    stage: str
    sender: Sender | None
    messages: Sequence[_Message]
    sent: Sequence[SendFuture]


@dataclass
class Refuser:
    """Refuses records. `refuse` sends the messages, and `flush` waits until the brokers have them.

    Only an outage of the brokers that lasts too long leaves it, as GivenUp. A message that the brokers will never take
    is sent again in its smallest form; if they refuse that too, the record is settled with a line in the log.
    """

    writer: MessageWriter
    offsets: OffsetBook
    outage_budget: OutageBudget
    metrics: Metrics
    audience: Audience = field(default_factory=Audience)
    _pending: list[_Pending] = field(default_factory=list)

    def refuse(self, taken: TakenRecord, error: FoundryError, stage: str, sender: Sender | None = None) -> None:
        """Send a record to the dead topic and the refusal to its sender; `flush` settles it."""
        messages: list[_Message] = []
        sent: list[SendFuture] = []
        try:
            messages += _messages(taken, error, stage, sender, self.audience)
            sent += [self.writer.send_nowait(topic, message) for topic, message in messages]
        except Exception as fault:  # noqa: BLE001 - `flush` tries again and tells outages from faults
            log.warning("the refusal of %s was not sent at once: %s", taken.position, fault)
        self._pending.append(_Pending(taken, error, stage, sender, messages, sent))

    def flush(self) -> None:
        """Wait for the acknowledgements of all refusals, and settle their records."""
        pending, self._pending = self._pending, []
        for one in pending:
            if not self._acknowledged(one):
                self._insist(one)
            self._settle(one)

    def _acknowledged(self, one: _Pending) -> bool:
        if not one.messages or len(one.sent) < len(one.messages):
            return False
        try:
            for future in one.sent:
                future.get(timeout=ACKNOWLEDGED_WITHIN_S)
        except Exception as fault:  # noqa: BLE001 - `flush` tries again and tells outages from faults
            log.warning("the refusal of %s was not acknowledged: %s", one.taken.position, fault)
            return False
        return True

    def _insist(self, one: _Pending) -> None:
        """Send the messages again, one by one, through an outage; leave out what the brokers will never take."""
        for topic, forms in _forms(one):
            if not any(self._taken(topic, form, one) for form in forms):
                self.metrics.count_bug("announce")
                log.error("%s of %s: no form of the message was taken", topic, one.taken.position)

    def _taken(self, topic: str, form: Callable[[], BusMessage], one: _Pending) -> bool:
        """Return whether the brokers took this form of a message."""
        try:
            message = form()
            self.outage_budget.insist("the broker", lambda: self._send(topic, message))
        except GivenUp:
            raise
        except Exception as fault:
            foreseen = isinstance(fault, NotSent) and refused_for_good(fault)
            if not foreseen:
                self.metrics.count_bug("announce")
            log.log(
                logging.WARNING if foreseen else logging.ERROR,
                "%s of %s was not taken: %s", topic, one.taken.position, fault, exc_info=not foreseen,
            )  # fmt: skip
            return False
        return True

    def _send(self, topic: str, message: BusMessage) -> None:
        try:
            self.writer.send(topic, message)
        except NotPermitted as error:
            if not is_events_topic(topic):
                raise
            log.warning("a refusal is not sent to a tenant's own topic: %s", error)

    def _settle(self, one: _Pending) -> None:
        self.offsets.settle(one.taken.position)
        tenant = one.sender.tenant if one.sender else ""
        self.metrics.count_dead(one.stage, one.error.code, tenant)
        if one.stage != "run":  # the end of an order is counted with the order
            self.metrics.count_end(tenant, "refused")
        fields = {
            "code": one.error.code, "place": str(one.taken.position),
            "trace_id": trace_id(traceparent_of(one.taken.record)),
        }  # fmt: skip
        if one.sender:
            fields |= {"tenant": one.sender.tenant, "campaign": one.sender.campaign, "request": one.sender.request_id}
        log.warning("%s is refused: %.2000s", one.taken.position, one.error, extra=fields)


def _messages(
    one: TakenRecord, error: FoundryError, stage: str, sender: Sender | None, audience: Audience
) -> list[_Message]:
    """Return the messages that a refusal consists of, with their topics."""
    told = _to_sender(one, error, stage, sender, audience)
    return [(DEAD, _dead_message(one, error, stage, sender)), *told]


def _dead_message(taken: TakenRecord, error: FoundryError, stage: str, sender: Sender | None) -> BusMessage:
    return to_dead_message(taken.record, error, stage, trace_id(traceparent_of(taken.record)), sender)


def _to_sender(
    one: TakenRecord, error: FoundryError, stage: str, sender: Sender | None, audience: Audience
) -> Iterator[_Message]:
    """Yield the events for the sender of a brief that could be read, or that came on the tenant's own topic."""
    if sender is None or (stage == "read" and not sender.verified):
        return
    for shared, message in refusal_messages(sender, error, str(one.position), audience):
        for topic in audience.topics(shared, sender.tenant):
            yield topic, message


def _forms(one: _Pending) -> Iterator[tuple[str, list[Callable[[], BusMessage]]]]:
    """Yield the topics of a refusal's messages, each with the forms that the message may have, the smallest last."""
    whole = partial(_dead_message, one.taken, one.error, one.stage, one.sender)
    yield DEAD, [whole, partial(smallest_dead_message, one.taken, one.error, one.stage)]
    for topic, message in one.messages[1:]:
        yield topic, [lambda message=message: message]  # type: ignore[misc]


def smallest_dead_message(taken: TakenRecord, error: FoundryError, stage: str) -> BusMessage:
    """Return a dead letter without the record's contents: its place, the stage and the code, in plain ASCII."""
    fields = {
        "topic": taken.position.topic, "partition": str(taken.position.partition),
        "offset": str(taken.position.offset), "stage": stage, "exception.class.name": error.code,
        "exception.message": str(error),
    }  # fmt: skip
    headers = tuple((PREFIX + name, text.encode("ascii", "replace")[:SHORT]) for name, text in fields.items())
    return BusMessage((taken.record.key or b"")[:SHORT], b"", headers)
