"""The messages that the dispatcher sends: progress, a finished campaign's events, refusals and dead messages."""

from __future__ import annotations

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from foundry.errors import FoundryError
from foundry.event import ASSET_FAILED, ASSET_FINISHED, Event
from foundry.event import CAMPAIGN_FINISHED as FINISHED_EVENT
from foundry.manifest_index import index_name, read_index
from foundry.manifest_reading import each_event_line
from foundry.names import digest
from foundry.store.object_store import NoSuchObject, ObjectStore
from pipelines.bus.broker_errors import NotPermitted
from pipelines.bus.client import SendFuture
from pipelines.bus.messages import BusMessage, event_message
from pipelines.bus.order_progress import (
    PROGRESSED,
    REFUSED,
    OrderProgress,
    State,
    progress_event,
)
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import CAMPAIGN_FINISHED, FAILED, FINISHED, PROGRESS, is_events_topic
from pipelines.dispatcher.audience import Audience
from pipelines.dispatcher.order import Order

TOPIC_OF = {
    ASSET_FINISHED: FINISHED, ASSET_FAILED: FAILED, FINISHED_EVENT: CAMPAIGN_FINISHED, REFUSED: FAILED,
    PROGRESSED: PROGRESS,
}  # fmt: skip
MOST_IN_FLIGHT, PROGRESS_EVERY_S = 200, 1.0
ACKNOWLEDGED_WITHIN_S = 60
MOST_RECORDS = 100
log = logging.getLogger("foundry.serve")


class RunFailed(FoundryError):
    """An admitted campaign that could not be made."""

    code = "run_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the campaign could not be made ({self.reason}); after repair, send its brief again"


def as_refusal(error: Exception) -> FoundryError:
    """Return a FoundryError unchanged, and another error as a RunFailed that tells tenants only its type."""
    return error if isinstance(error, FoundryError) else RunFailed(type(error).__name__)


class Announcer:
    """Sends messages about orders. All wait for their acknowledgement, except live progress."""

    def __init__(
        self,
        writer: MessageWriter,
        clock: Callable[[], float] = time.monotonic,
        audience: Audience | None = None,
    ) -> None:
        self._writer, self._clock, self._audience = writer, clock, audience or Audience()
        self._last_live: dict[str, tuple[float, OrderProgress]] = {}

    def send_campaign_events(self, order: Order, store: ObjectStore) -> int:
        """Send all events of a campaign's manifest; return their number, once all are acknowledged.

        NotSent if one is not acknowledged. The events are read shard by shard.
        """
        own = store.for_tenant(order.tenant)
        index = read_index(own, order.campaign)
        if index is None:
            raise NoSuchObject(index_name(order.campaign))
        waiting: deque[tuple[str, SendFuture]] = deque()
        count = 0
        for line in each_event_line(own, index):
            topic, message = self._message_of_line(line, order, own)
            for each in self._audience.topics(topic, order.tenant):
                waiting.append((each, self._writer.send_nowait(each, message)))
            count += 1
            while len(waiting) >= MOST_IN_FLIGHT:
                self._await_acknowledgement(*waiting.popleft(), order)
        while waiting:
            self._await_acknowledgement(*waiting.popleft(), order)
        return count

    def send_progress(self, order: Order, state: State) -> None:
        """Send an order's progress to each of its requests; NotSent if it is not acknowledged."""
        for progress in self._progress(order, state, {}):
            event = progress_event(order.tenant, order.campaign, progress)
            self._send(PROGRESS, order.tenant, event_message(event, order.key))

    def send_live_progress(self, order: Order, state: State, live: Mapping[str, int]) -> None:
        """Send the progress of an unfinished order, without waiting for an acknowledgement.

        It is sent when a count has changed, and at most once a second. A lost message does no harm, because a newer one
        follows.
        """
        from kafka.errors import KafkaError

        now, key = self._clock(), order.work.key
        reports = self._progress(order, state, live)
        counts = replace(reports[0], mean_ms=None, left_ms=None)
        last = self._last_live.get(key)
        if last and (now - last[0] < PROGRESS_EVERY_S or last[1] == counts):
            return
        self._last_live[key] = (now, counts)
        try:
            for progress in reports:
                message = event_message(progress_event(order.tenant, order.campaign, progress), order.key)
                for topic in self._audience.topics(PROGRESS, order.tenant):
                    self._writer.send_nowait(topic, message)
        except KafkaError as error:
            log.warning("progress of %s was not sent: %s", order.key, error)

    def forget(self, order: Order) -> None:
        """Drop what is remembered about an order that has ended."""
        self._last_live.pop(order.work.key, None)

    def _progress(self, order: Order, state: State, live: Mapping[str, int]) -> list[OrderProgress]:
        """Return the reports on an order, one for each request."""
        records = tuple(str(taken.position) for taken in order.records[:MOST_RECORDS])
        return [
            replace(order.progress(state, request_id, live), records=records) for request_id in list(order.request_ids)
        ]

    def _send(self, shared: str, tenant: str, message: BusMessage) -> None:
        for topic in self._audience.topics(shared, tenant):
            try:
                self._writer.send(topic, message)
            except NotPermitted as error:
                if not is_events_topic(topic):
                    raise
                log.warning("the events of tenant %s are not sent to its own topic: %s", tenant, error)

    def _await_acknowledgement(self, topic: str, future: SendFuture, order: Order) -> None:
        from kafka.errors import AuthorizationError, KafkaError

        try:
            future.get(timeout=ACKNOWLEDGED_WITHIN_S)
        except KafkaError as error:
            if isinstance(error, AuthorizationError) and is_events_topic(topic):
                log.warning("an event of tenant %s is not sent to its own topic: %s", order.tenant, error)
                return
            raise NotSent(topic, order.key, str(error) or type(error).__name__) from error

    def _message_of_line(self, line: bytes, order: Order, own: ObjectStore) -> tuple[str, BusMessage]:
        """Return the topic and the message of one event.

        The event gets the address of its file, the ids of the requests, and an id that is this order's.
        """
        fields = json.loads(line)
        event = Event(fields["type"], fields["source"], fields["subject"], fields["data"])
        data = {**event.data, **located(event.data, own), "requests": list(order.request_ids), "order": order_id(order)}
        if "reason" in data:
            data["reason"] = self._audience.answer(data["reason"])
        message = event_message(replace(event, data=data), order.key, event_id=event.id_within(data["order"]))
        return TOPIC_OF[event.type], message


def order_id(order: Order) -> str:
    """Return 32 hex digits that tell an order from any other, also from an earlier one of the same plan.

    They are made of the record that ordered it, so that an order that is read again after a crash has the same ones.
    """
    first = order.records[0]
    return digest("order", record=str(first.position), timestamp=first.record.timestamp, plan=order.plan.digest)


def located(data: Mapping[str, Any], own: ObjectStore) -> dict[str, str]:
    """Return where the file or manifest of an event is: its URI, its bucket and the prefix of its name there."""
    name = data.get("address") or data.get("manifest")
    if not name:
        return {}
    address = own.address(name)
    if not address.startswith("gs://"):
        return {"uri": Path(address).as_uri(), "bucket": "", "prefix": ""}
    bucket, _, found = address.removeprefix("gs://").partition("/")
    return {"uri": address, "bucket": bucket, "prefix": found.removesuffix(name)}
