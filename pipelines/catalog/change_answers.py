"""What a record of changed items is answered with: a dead message, and the refusal for its sender."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from foundry.errors import FoundryError
from pipelines.bus.broker_errors import NotPermitted
from pipelines.bus.catalog_changes import ChangeRequest, change_key, change_refusal
from pipelines.bus.dead import to_dead_message
from pipelines.bus.messages import BusMessage, Sender, event_message
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import CHANGED_DEAD, REFRESHED, is_events_topic
from pipelines.dispatcher.audience import Audience
from pipelines.dispatcher.order import TakenRecord
from pipelines.dispatcher.outage_budget import refused_for_good
from pipelines.dispatcher.refusing import smallest_dead_message
from pipelines.dispatcher.tracing import trace_id, traceparent_of

log = logging.getLogger("foundry.catalog")


@dataclass
class ChangeAnswers:
    """Sends dead messages and refusals; each waits for its acknowledgement."""

    writer: MessageWriter
    audience: Audience = field(default_factory=Audience)

    def refuse(
        self, taken: TakenRecord, error: FoundryError, stage: str, sender: Sender, request: ChangeRequest | None
    ) -> None:
        """Send a record to the dead topic, and tell its sender why, if the record could be read.

        NotSent while the brokers are away. A message that they will never take is sent in its smallest form.
        """
        trace = trace_id(traceparent_of(taken.record))
        try:
            self.writer.send(CHANGED_DEAD, to_dead_message(taken.record, error, stage, trace, sender))
        except NotSent as fault:
            if not refused_for_good(fault):
                raise
            self.writer.send(CHANGED_DEAD, smallest_dead_message(taken, error, stage))
        if request:
            event = change_refusal(request, error, str(taken.position), self.audience.answer(str(error)))
            message = event_message(event, change_key(request.change.tenant, request.change.catalog))
            for topic in self.audience.topics(REFRESHED, request.change.tenant):
                self._tell(topic, request.change.tenant, message)

    def _tell(self, topic: str, tenant: str, message: BusMessage) -> None:
        try:
            self.writer.send(topic, message)
        except NotPermitted as error:
            if not is_events_topic(topic):
                raise
            log.warning("an event of tenant %s is not sent to its own topic: %s", tenant, error)
