"""What the dispatcher says on topics: progress at most once a second, and a campaign's events once it is finished."""

from __future__ import annotations

import json
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from foundry.errors import FoundryError
from foundry.event import ASSET_FAILED, ASSET_FINISHED, Event
from foundry.event import CAMPAIGN_FINISHED as FINISHED_EVENT
from foundry.names import campaign_folder
from foundry.store.object_store import ObjectStore
from pipelines.bus.dead import to_dead_message
from pipelines.bus.messages import BusMessage, event_message
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.progress import (
    PROGRESSED,
    REFUSED,
    OrderProgress,
    State,
    campaign_key,
    progress_event,
    refusal_event,
)
from pipelines.bus.topics import CAMPAIGN_FINISHED, DEAD, FAILED, FINISHED, PROGRESS
from pipelines.dispatcher.order import Order, TakenRecord

TOPIC_OF = {
    ASSET_FINISHED: FINISHED, ASSET_FAILED: FAILED, FINISHED_EVENT: CAMPAIGN_FINISHED, REFUSED: FAILED,
    PROGRESSED: PROGRESS,
}  # fmt: skip
IN_FLIGHT, EVERY_S = 200, 1.0
log = logging.getLogger("foundry.serve")


class RunFailed(FoundryError):
    """Why a campaign was given up that had been admitted."""

    code = "run_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the campaign could not be made ({self.reason}); after repair, send its brief again"


def as_refusal(error: Exception) -> FoundryError:
    """The error itself if it is a refusal, or one that tells its kind and no more: tenants read it."""
    return error if isinstance(error, FoundryError) else RunFailed(type(error).__name__)


class Announcer:
    """Sends events. What matters waits for its acknowledgement; progress that can be told again does not."""

    def __init__(self, writer: MessageWriter, clock: Callable[[], float] = time.monotonic) -> None:
        self._writer, self._clock = writer, clock
        self._told: dict[str, float] = {}

    def campaign(self, order: Order, store: ObjectStore) -> int:
        """All events that the manifest brought, streamed from the store; how many, once all are acknowledged."""
        own = store.for_tenant(order.tenant)
        waiting: deque[Any] = deque()
        count = 0
        for line in own.lines(f"{campaign_folder(order.campaign)}/events.jsonl"):
            topic, message = _as_told(line, order.key)
            waiting.append((topic, self._writer.send_nowait(topic, message)))
            count += 1
            if len(waiting) >= IN_FLIGHT:
                self._wait(waiting.popleft(), order)
        while waiting:
            self._wait(waiting.popleft(), order)
        return count

    def _wait(self, sent: tuple[str, Any], order: Order) -> None:
        from kafka.errors import KafkaError

        topic, future = sent
        try:
            future.get(timeout=60)
        except KafkaError as error:
            raise NotSent(topic, order.key, str(error) or type(error).__name__) from error

    def progress(self, order: Order, state: State, live: dict[str, int] | None = None, reason: str = "") -> None:
        """How far an order is, to each of its requests; sure to be there once this returns."""
        for request in list(order.requests):
            told = progress_event(order.tenant, order.campaign, order.progress(state, request, live or {}, reason))
            self._writer.send(PROGRESS, event_message(told, order.key))

    def send_live_progress(self, order: Order, state: State, live: dict[str, int]) -> None:
        """The same of an order that goes on, at most once a second, without waiting; one that gets lost is no loss."""
        from kafka.errors import KafkaError

        now, name = self._clock(), order.job.key
        if now - self._told.get(name, now - EVERY_S) < EVERY_S:
            return
        self._told[name] = now
        try:
            for request in list(order.requests):
                told = progress_event(order.tenant, order.campaign, order.progress(state, request, live))
                self._writer.send_nowait(PROGRESS, event_message(told, order.key))
        except KafkaError as error:
            log.warning("progress of %s was not sent: %s", order.key, error)

    def forget(self, order: Order) -> None:
        """The order has ended."""
        self._told.pop(order.job.key, None)

    def refusal(self, tenant: str, campaign: str, request: str, error: FoundryError) -> None:
        """A brief that is not run."""
        key = campaign_key(tenant, campaign)
        self._writer.send(FAILED, event_message(refusal_event(tenant, campaign, request, error), key))
        ended = OrderProgress(request, "", "refused", reason=str(error))
        self._writer.send(PROGRESS, event_message(progress_event(tenant, campaign, ended), key))

    def dead(self, taken: TakenRecord, error: Exception, stage: str) -> None:
        """The record as it came goes to the dead topic."""
        self._writer.send(DEAD, to_dead_message(taken.record, error, stage))


def _as_told(line: bytes, key: str) -> tuple[str, BusMessage]:
    """A line of events.jsonl as a record, with its own id, and the topic that it belongs on."""
    said = json.loads(line)
    event = Event(said["type"], said["source"], said["subject"], said["data"])
    return TOPIC_OF[event.type], event_message(event, key, event_id=said["id"])
