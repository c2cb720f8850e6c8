"""The messages that the dispatcher sends: progress, a finished campaign's events, refusals and dead messages."""

from __future__ import annotations

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping

from foundry.errors import FoundryError
from foundry.event import ASSET_FAILED, ASSET_FINISHED, Event
from foundry.event import CAMPAIGN_FINISHED as FINISHED_EVENT
from foundry.names import campaign_folder
from foundry.store.object_store import ObjectStore
from pipelines.bus.client import SendFuture
from pipelines.bus.dead import to_dead_message
from pipelines.bus.messages import BusMessage, event_message
from pipelines.bus.order_progress import (
    PROGRESSED,
    REFUSED,
    OrderProgress,
    State,
    campaign_key,
    progress_event,
    refusal_event,
)
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import CAMPAIGN_FINISHED, DEAD, FAILED, FINISHED, PROGRESS
from pipelines.dispatcher.order import Order, TakenRecord
from pipelines.dispatcher.tracing import trace_id, traceparent_of

TOPIC_OF = {
    ASSET_FINISHED: FINISHED, ASSET_FAILED: FAILED, FINISHED_EVENT: CAMPAIGN_FINISHED, REFUSED: FAILED,
    PROGRESSED: PROGRESS,
}  # fmt: skip
MOST_IN_FLIGHT, PROGRESS_EVERY_S = 200, 1.0
ACKNOWLEDGED_WITHIN_S = 60
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

    def __init__(self, writer: MessageWriter, clock: Callable[[], float] = time.monotonic) -> None:
        self._writer, self._clock = writer, clock
        self._last_live: dict[str, float] = {}

    def send_campaign_events(self, order: Order, store: ObjectStore) -> int:
        """Send all events that the manifest stage wrote for a campaign; return their number, once all are acknowledged.

        NotSent if one is not acknowledged. The events are streamed from the store.
        """
        own = store.for_tenant(order.tenant)
        waiting: deque[tuple[str, SendFuture]] = deque()
        count = 0
        for line in own.lines(f"{campaign_folder(order.campaign)}/events.jsonl"):
            topic, message = _message_of_line(line, order.key)
            waiting.append((topic, self._writer.send_nowait(topic, message)))
            count += 1
            if len(waiting) >= MOST_IN_FLIGHT:
                _await_acknowledgement(*waiting.popleft(), order)
        while waiting:
            _await_acknowledgement(*waiting.popleft(), order)
        return count

    def send_progress(self, order: Order, state: State) -> None:
        """Send an order's progress to each of its requests; NotSent if it is not acknowledged."""
        for request_id in list(order.request_ids):
            event = progress_event(order.tenant, order.campaign, order.progress(state, request_id, {}))
            self._writer.send(PROGRESS, event_message(event, order.key))

    def send_live_progress(self, order: Order, state: State, live: Mapping[str, int]) -> None:
        """Send the progress of an unfinished order at most once a second, without waiting for an acknowledgement.

        A lost message does no harm, because a newer one follows.
        """
        from kafka.errors import KafkaError

        now, key = self._clock(), order.work.key
        if now - self._last_live.get(key, now - PROGRESS_EVERY_S) < PROGRESS_EVERY_S:
            return
        self._last_live[key] = now
        try:
            for request_id in list(order.request_ids):
                event = progress_event(order.tenant, order.campaign, order.progress(state, request_id, live))
                self._writer.send_nowait(PROGRESS, event_message(event, order.key))
        except KafkaError as error:
            log.warning("progress of %s was not sent: %s", order.key, error)

    def forget(self, order: Order) -> None:
        """Drop what is remembered about an order that has ended."""
        self._last_live.pop(order.work.key, None)

    def send_refusal(self, tenant: str, campaign: str, request_id: str, error: FoundryError) -> None:
        """Send the refusal of a brief, as an event and as its final progress."""
        key = campaign_key(tenant, campaign)
        self._writer.send(FAILED, event_message(refusal_event(tenant, campaign, request_id, error), key))
        ended = OrderProgress(request=request_id, plan="", state="refused", reason=str(error))
        self._writer.send(PROGRESS, event_message(progress_event(tenant, campaign, ended), key))

    def send_dead_message(self, taken: TakenRecord, error: Exception, stage: str) -> None:
        """Send a record to the dead topic, with the error, the stage that refused it and the id of its trace."""
        self._writer.send(DEAD, to_dead_message(taken.record, error, stage, trace_id(traceparent_of(taken.record))))


def _await_acknowledgement(topic: str, future: SendFuture, order: Order) -> None:
    from kafka.errors import KafkaError

    try:
        future.get(timeout=ACKNOWLEDGED_WITHIN_S)
    except KafkaError as error:
        raise NotSent(topic, order.key, str(error) or type(error).__name__) from error


def _message_of_line(line: bytes, key: str) -> tuple[str, BusMessage]:
    """Return the topic and the message of one line of events.jsonl; the message keeps the id in the line."""
    fields = json.loads(line)
    event = Event(fields["type"], fields["source"], fields["subject"], fields["data"])
    return TOPIC_OF[event.type], event_message(event, key, event_id=fields["id"])
