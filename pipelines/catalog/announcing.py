"""Runs of catalogs, announced on topics: their events, and those of the files that they made; each run once or more.

A run's events lie in its folder of the store. Once the brokers have all of them, an object beside the run's record says
so. A run that was made without brokers, or whose process died, is announced later from there; a reader keeps the first
event of each id.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from foundry.catalog.catalog import Catalog
from foundry.catalog.events import ASSET_RESTORED, ASSET_WITHDRAWN, CATALOG_REFRESHED, CATALOG_STOPPED
from foundry.catalog.run_book import read_run
from foundry.catalog.runs import RunRecord, catalog_folder, run_folder
from foundry.event import ASSET_FAILED, ASSET_FINISHED, CAMPAIGN_FINISHED, Event
from foundry.manifest_index import read_index
from foundry.manifest_reading import each_event_line
from foundry.names import digest
from foundry.store.object_store import NoSuchObject, ObjectStore
from pipelines.bus import topics
from pipelines.bus.catalog_changes import change_key
from pipelines.bus.client import SendFuture
from pipelines.bus.messages import BusMessage, event_message
from pipelines.bus.order_progress import campaign_key
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.catalog.due_runs import ENDED
from pipelines.catalog.schedule import run_at
from pipelines.catalog.setting import CatalogSetting
from pipelines.dispatcher.announcing import located
from pipelines.dispatcher.audience import Audience

TOPIC_OF = {
    ASSET_FINISHED: topics.FINISHED, ASSET_FAILED: topics.FAILED, CAMPAIGN_FINISHED: topics.CAMPAIGN_FINISHED,
    ASSET_WITHDRAWN: topics.REFRESHED, ASSET_RESTORED: topics.REFRESHED,
    CATALOG_REFRESHED: topics.REFRESHED, CATALOG_STOPPED: topics.REFRESHED,
}  # fmt: skip
MOST_IN_FLIGHT, ACKNOWLEDGED_WITHIN_S = 200, 60
SWEPT = timedelta(days=3)
"""Runs of earlier days that were never announced are left."""
log = logging.getLogger("foundry.catalog")


class RunAnnouncer:
    """Sends the events of runs. NotSent, and the run is announced again later, if the brokers do not take one."""

    def __init__(self, writer: MessageWriter, setting: CatalogSetting, audience: Audience | None = None) -> None:
        self._writer, self._setting, self._audience = writer, setting, audience or Audience()

    def __call__(self, catalog: Catalog, run: str) -> int:
        """Announce a run of a catalog, or with "" all that were not announced; return the number of events."""
        own = self._setting.own(catalog.tenant)
        runs = [run] if run else unannounced(own, catalog.id, self._setting.now())
        return sum(self._announce(own, catalog, each) for each in runs)

    def _announce(self, own: ObjectStore, catalog: Catalog, run: str) -> int:
        record = read_run(own, catalog.id, run)
        if record.state not in ENDED or own.exists(_mark_of(catalog.id, run)):
            return 0
        waiting: deque[tuple[str, SendFuture]] = deque()
        count = 0
        for shared, message in self._messages(own, record):
            for topic in self._audience.topics(shared, catalog.tenant):
                waiting.append((topic, self._writer.send_nowait(topic, message)))
            count += 1
            while len(waiting) >= MOST_IN_FLIGHT:
                _await(*waiting.popleft(), catalog)
        while waiting:
            _await(*waiting.popleft(), catalog)
        own.put_once(_mark_of(catalog.id, run), b"")
        log.info("run %s of catalog %s/%s: %d event(s) sent", run, catalog.tenant, catalog.id, count)
        return count

    def _messages(self, own: ObjectStore, record: RunRecord) -> Iterator[tuple[str, BusMessage]]:
        """Yield the messages of a run with their shared topics: of its campaigns' files first, its own end last."""
        order = digest("order", catalog=f"{record.tenant}/{record.catalog}", run=record.run)
        for campaign in record.campaigns:
            index = read_index(own, campaign)
            for line in each_event_line(own, index) if index else ():
                event = _event(line)
                told = {**event.data, **located(event.data, own), "requests": [record.run], "order": order}
                if "reason" in told:
                    told["reason"] = self._audience.answer(told["reason"])
                message = event_message(
                    replace(event, data=told), campaign_key(record.tenant, campaign), event_id=event.id_within(order)
                )
                yield TOPIC_OF[event.type], message
        key = change_key(record.tenant, record.catalog)
        for line in _lines(own, record):
            event = _event(line)
            yield TOPIC_OF[event.type], event_message(event, key)


def unannounced(own: ObjectStore, catalog: str, now: datetime) -> list[str]:
    """Return the runs of the last days that nobody has announced, the oldest first."""
    folder = f"{catalog_folder(catalog)}/runs"
    runs = [name.split("/")[-2] for name in own.matching(f"{folder}/*/run.json")]
    recent = sorted(run for run in runs if run >= run_at(now - SWEPT))
    told = own.present([_mark_of(catalog, run) for run in recent])
    return [run for run, done in zip(recent, told, strict=True) if not done]


def _lines(own: ObjectStore, record: RunRecord) -> Iterator[bytes]:
    try:
        yield from own.lines(record.objects.get("events") or f"{run_folder(record.catalog, record.run)}/events.jsonl")
    except NoSuchObject:
        return


def _event(line: bytes) -> Event:
    fields = json.loads(line)
    return Event(fields["type"], fields["source"], fields["subject"], fields["data"])


def _mark_of(catalog: str, run: str) -> str:
    return f"{run_folder(catalog, run)}/announced"


def _await(topic: str, future: SendFuture, catalog: Catalog) -> None:
    from kafka.errors import AuthorizationError, KafkaError

    try:
        future.get(timeout=ACKNOWLEDGED_WITHIN_S)
    except KafkaError as error:
        if isinstance(error, AuthorizationError) and topics.is_events_topic(topic):
            log.warning("an event of tenant %s is not sent to its own topic: %s", catalog.tenant, error)
            return
        raise NotSent(topic, change_key(catalog.tenant, catalog.id), str(error) or type(error).__name__) from error
