"""What a delivery did, told on the topic `assets.delivered`; each thing once or more, with one id.

The events of a run are collected in a file of this machine and sent when the run has ended, so no target waits for the
brokers. If the brokers do not take them, the run is made again, in which nothing is left to be sent, and tells all that
happened since it was asked for.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from foundry.delivery.receipt import Delivered, State
from foundry.event import Event
from pipelines.bus.client import SendFuture
from pipelines.bus.messages import event_message
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import DELIVERED, is_events_topic
from pipelines.delivery.events import delivery_event, scope_key
from pipelines.delivery.scopes import Scope
from pipelines.dispatcher.audience import Audience

MOST_IN_FLIGHT, ACKNOWLEDGED_WITHIN_S = 200, 60
MOST_REMEMBERED = 50_000
SLACK = timedelta(minutes=10)
"""Clocks of machines differ: what was delivered shortly before it was asked for is told as well."""
log = logging.getLogger("foundry.delivery")


class ToldBefore:
    """The ids of events that this process has sent; the oldest are forgotten, and may then be sent again."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, event_id: str) -> None:
        """Note an event that the brokers have."""
        self._ids[event_id] = None
        while len(self._ids) > self._most:
            self._ids.popitem(last=False)


@dataclass
class EventSpool:
    """The events of one run, one a line in a file. `since`: what was done before it was told by an earlier run."""

    file: Path
    since: datetime
    audience: Audience = field(default_factory=Audience)
    told: ToldBefore = field(default_factory=ToldBefore)

    def add(self, record: Delivered) -> None:
        """Collect what a record says, if that may not have been told yet."""
        moment = _moment_of(record)
        if moment and datetime.fromisoformat(moment) < self.since - SLACK:
            return
        event = delivery_event(record, self.audience.answer(record.why))
        if event is not None and event.id not in self.told:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(event.as_json() + "\n")

    def events(self) -> Iterator[Event]:
        """Yield what was collected."""
        if not self.file.exists():
            return
        with self.file.open(encoding="utf-8") as stream:
            for line in stream:
                fields = json.loads(line)
                yield Event(fields["type"], fields["source"], fields["subject"], fields["data"])


class DeliveryAnnouncer:
    """Sends the events of runs to the shared topic, and to the tenant's own if it has one."""

    def __init__(self, writer: MessageWriter, audience: Audience | None = None) -> None:
        self._writer, self.audience = writer, audience or Audience()

    def send(self, scope: Scope, spool: EventSpool) -> int:
        """Send what a run collected; return its number once all is acknowledged. NotSent if something is not."""
        waiting: deque[tuple[str, str, SendFuture]] = deque()
        count = 0
        for event in spool.events():
            message = event_message(event, scope_key(scope.tenant, scope.text))
            topics = self.audience.topics(DELIVERED, scope.tenant)
            for topic in topics:  # with the last of them, all have it
                told = event.id if topic == topics[-1] else ""
                waiting.append((told, topic, self._writer.send_nowait(topic, message)))
            count += 1
            while len(waiting) >= MOST_IN_FLIGHT:
                self._await(*waiting.popleft(), scope, spool)
        while waiting:
            self._await(*waiting.popleft(), scope, spool)
        return count

    def _await(self, event_id: str, topic: str, future: SendFuture, scope: Scope, spool: EventSpool) -> None:
        from kafka.errors import AuthorizationError, KafkaError

        try:
            future.get(timeout=ACKNOWLEDGED_WITHIN_S)
        except KafkaError as error:
            if not (isinstance(error, AuthorizationError) and is_events_topic(topic)):
                raise NotSent(topic, scope_key(scope.tenant, scope.text), str(error) or type(error).__name__) from error
            log.warning("an event of tenant %s is not sent to its own topic: %s", scope.tenant, error)
        if event_id:
            spool.told.add(event_id)


def _moment_of(record: Delivered) -> str:
    """Return when a file was delivered or expired, ISO 8601; "" where that is not known."""
    if not record.receipts or record.state not in (State.DELIVERED, State.EXPIRED):
        return ""
    receipt = record.receipts[0]
    return receipt.delivered_at if record.state is State.DELIVERED else receipt.expired_at
